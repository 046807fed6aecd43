"""What officers did stays as it was written."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER desk_act_rows_stay BEFORE UPDATE OR DELETE ON desk_act
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER desk_act_table_stays BEFORE TRUNCATE ON desk_act
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER desk_act_rows_stay ON desk_act;
            DROP TRIGGER desk_act_table_stays ON desk_act;
            """,
        )
    ]
