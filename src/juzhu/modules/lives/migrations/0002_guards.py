"""What a source said stays as it was said; what became of it is added."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lives", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER lives_signal_rows_stay BEFORE DELETE ON lives_signal
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER lives_signal_table_stays BEFORE TRUNCATE ON lives_signal
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER lives_signal_words_stay
                BEFORE UPDATE OF key, source, kind, effective_on, undoes, person_id, new_number,
                    former_number, received_at ON lives_signal
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER lives_signal_rows_stay ON lives_signal;
            DROP TRIGGER lives_signal_table_stays ON lives_signal;
            DROP TRIGGER lives_signal_words_stay ON lives_signal;
            """,
        )
    ]
