"""What a department answered stays as it was received."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER evidence_answer_rows_stay BEFORE UPDATE OR DELETE ON evidence_answer
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER evidence_answer_table_stays BEFORE TRUNCATE ON evidence_answer
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER evidence_answer_rows_stay ON evidence_answer;
            DROP TRIGGER evidence_answer_table_stays ON evidence_answer;
            """,
        ),
    ]
