"""What happened to a card stays as it was written; numbers come from sequences."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cards", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE cards_number_seq; CREATE SEQUENCE cards_batch_seq;",
            "DROP SEQUENCE cards_number_seq; DROP SEQUENCE cards_batch_seq;",
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER cards_event_rows_stay BEFORE UPDATE OR DELETE ON cards_event
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER cards_event_table_stays BEFORE TRUNCATE ON cards_event
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER cards_event_rows_stay ON cards_event;
            DROP TRIGGER cards_event_table_stays ON cards_event;
            """,
        ),
    ]
