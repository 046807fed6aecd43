"""A fault stays as it was recorded: windows were extended for it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("faults", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER faults_fault_rows_stay BEFORE UPDATE OR DELETE ON faults_fault
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER faults_fault_table_stays BEFORE TRUNCATE ON faults_fault
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER faults_fault_rows_stay ON faults_fault;
            DROP TRIGGER faults_fault_table_stays ON faults_fault;
            """,
        ),
    ]
