"""Decisions stay as they were given; acceptance numbers come from a sequence."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE cases_number_seq;", "DROP SEQUENCE cases_number_seq;"),
        migrations.RunSQL(
            """
            CREATE TRIGGER cases_decision_rows_stay BEFORE UPDATE OR DELETE ON cases_decision
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER cases_decision_table_stays BEFORE TRUNCATE ON cases_decision
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER cases_decision_rows_stay ON cases_decision;
            DROP TRIGGER cases_decision_table_stays ON cases_decision;
            """,
        ),
    ]
