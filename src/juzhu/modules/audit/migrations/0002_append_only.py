"""The ledger is append-only; the function serves every append-only table of the register."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION juzhu_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_tables")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION juzhu_refuse_change"),
        migrations.RunSQL(
            """
            CREATE TRIGGER audit_entry_rows_stay BEFORE UPDATE OR DELETE ON audit_entry
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER audit_entry_table_stays BEFORE TRUNCATE ON audit_entry
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER audit_entry_rows_stay ON audit_entry;
            DROP TRIGGER audit_entry_table_stays ON audit_entry;
            """,
        ),
    ]
