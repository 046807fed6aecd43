"""Sheet numbers come from a sequence; a made sheet's digest and place never change."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sheets", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE sheets_number_seq;", "DROP SEQUENCE sheets_number_seq;"),
        migrations.RunSQL(
            """
            CREATE FUNCTION sheets_proof_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF (OLD.sha256 IS NOT NULL AND NEW.sha256 IS DISTINCT FROM OLD.sha256)
                    OR (NEW.list_number, NEW.list_index) <> (OLD.list_number, OLD.list_index)
                    OR NEW.check_digest <> OLD.check_digest
                    OR (OLD.withdrawn_at IS NOT NULL
                        AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
                    RAISE EXCEPTION 'the proof of a sheet does not change'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER sheets_sheet_proof_stays BEFORE UPDATE ON sheets_sheet
                FOR EACH ROW EXECUTE FUNCTION sheets_proof_stays();
            CREATE TRIGGER sheets_sheet_rows_stay BEFORE DELETE ON sheets_sheet
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER sheets_sheet_rows_stay ON sheets_sheet;
            DROP TRIGGER sheets_sheet_proof_stays ON sheets_sheet;
            DROP FUNCTION sheets_proof_stays;
            """,
        ),
    ]
