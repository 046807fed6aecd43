"""A bill stays as read; a difference is answered once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_bills")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER payments_bill_rows_stay BEFORE UPDATE OR DELETE ON payments_bill
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER payments_billline_rows_stay BEFORE UPDATE OR DELETE ON payments_billline
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE FUNCTION payments_check_difference() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL
                    OR (NEW.gateway, NEW.day, NEW.kind, NEW.number, NEW.ours_fen, NEW.theirs_fen)
                        IS DISTINCT FROM
                       (OLD.gateway, OLD.day, OLD.kind, OLD.number, OLD.ours_fen, OLD.theirs_fen)
                THEN
                    PERFORM payments_refuse('a difference is answered once and never changed');
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER payments_difference_answered_once
                BEFORE UPDATE OR DELETE ON payments_difference
                FOR EACH ROW EXECUTE FUNCTION payments_check_difference();
            """,
            """
            DROP TRIGGER payments_bill_rows_stay ON payments_bill;
            DROP TRIGGER payments_billline_rows_stay ON payments_billline;
            DROP TRIGGER payments_difference_answered_once ON payments_difference;
            DROP FUNCTION payments_check_difference;
            """,
        ),
    ]
