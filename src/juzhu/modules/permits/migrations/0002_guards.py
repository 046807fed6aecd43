"""The last guards of the register: no overlapping permits, and actions that stay."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("permits", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        # One person, one permit on any day (一人一证). A held permit (ends_on null) has no end. The
        # person is written as a range of one number so that plain GiST can compare it: no
        # extension is needed.
        migrations.RunSQL(
            """
            ALTER TABLE permits_permit ADD CONSTRAINT permits_no_overlap EXCLUDE USING gist (
                int8range(person_id, person_id, '[]') WITH &&,
                daterange(issued_on, ends_on, '[)') WITH &&
            );
            """,
            "ALTER TABLE permits_permit DROP CONSTRAINT permits_no_overlap;",
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER permits_permit_rows_stay BEFORE DELETE ON permits_permit
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            """,
            "DROP TRIGGER permits_permit_rows_stay ON permits_permit;",
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER permits_permitaction_rows_stay BEFORE UPDATE OR DELETE ON permits_permitaction
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER permits_permitaction_table_stays BEFORE TRUNCATE ON permits_permitaction
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER permits_permitaction_rows_stay ON permits_permitaction;
            DROP TRIGGER permits_permitaction_table_stays ON permits_permitaction;
            """,
        ),
    ]
