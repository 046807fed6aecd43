"""What was done to partners stays written; a partner that the ledger names stays known."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER partners_change_rows_stay BEFORE UPDATE OR DELETE ON partners_partnerchange
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER partners_change_table_stays BEFORE TRUNCATE ON partners_partnerchange
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER partners_partner_rows_stay BEFORE DELETE ON partners_partner
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER partners_partner_table_stays BEFORE TRUNCATE ON partners_partner
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER partners_change_rows_stay ON partners_partnerchange;
            DROP TRIGGER partners_change_table_stays ON partners_partnerchange;
            DROP TRIGGER partners_partner_rows_stay ON partners_partner;
            DROP TRIGGER partners_partner_table_stays ON partners_partner;
            """,
        ),
    ]
