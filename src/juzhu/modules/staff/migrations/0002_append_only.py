"""What was done to accounts stays as it was written."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER staff_event_rows_stay BEFORE UPDATE OR DELETE ON staff_event
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER staff_event_table_stays BEFORE TRUNCATE ON staff_event
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER staff_event_rows_stay ON staff_event;
            DROP TRIGGER staff_event_table_stays ON staff_event;
            """,
        )
    ]
