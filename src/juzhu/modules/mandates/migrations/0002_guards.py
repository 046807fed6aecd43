"""A mandate is given once and ended once; one for a pair of people on any day; uses stay."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mandates", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        # Holder and helper are written as ranges of one number so that plain GiST can compare them.
        migrations.RunSQL(
            """
            ALTER TABLE mandates_mandate ADD CONSTRAINT mandates_one_for_a_pair EXCLUDE USING gist (
                int8range(holder_id, holder_id, '[]') WITH &&,
                int8range(
                    hashtextextended(encode(helper_digest, 'hex'), 0) >> 1,
                    hashtextextended(encode(helper_digest, 'hex'), 0) >> 1, '[]'
                ) WITH &&,
                daterange(since, through, '[]') WITH &&
            ) WHERE (ended_at IS NULL);
            """,
            "ALTER TABLE mandates_mandate DROP CONSTRAINT mandates_one_for_a_pair;",
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION mandates_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL
                   AND to_jsonb(NEW) - 'ended_at' - 'ended_by'
                     = to_jsonb(OLD) - 'ended_at' - 'ended_by' THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'a mandate is written once and ended once'
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$;
            CREATE TRIGGER mandates_mandate_rows_stay BEFORE UPDATE OR DELETE ON mandates_mandate
                FOR EACH ROW EXECUTE FUNCTION mandates_refuse_change();
            CREATE TRIGGER mandates_mandate_table_stays BEFORE TRUNCATE ON mandates_mandate
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER mandates_use_rows_stay BEFORE UPDATE OR DELETE ON mandates_use
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER mandates_use_table_stays BEFORE TRUNCATE ON mandates_use
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER mandates_use_table_stays ON mandates_use;
            DROP TRIGGER mandates_use_rows_stay ON mandates_use;
            DROP TRIGGER mandates_mandate_table_stays ON mandates_mandate;
            DROP TRIGGER mandates_mandate_rows_stay ON mandates_mandate;
            DROP FUNCTION mandates_refuse_change();
            """,
        ),
    ]
