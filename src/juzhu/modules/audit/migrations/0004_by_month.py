"""The ledger in partitions, one a month of Shenzhen; a default partition so that no insert fails.

What was written before becomes the first partition as it is; nothing is copied. The number of an
entry comes from a sequence of its own: identity columns cannot be attached before PostgreSQL 17.
"""

from django.db import migrations

MAKE_MONTH = """
CREATE FUNCTION audit_make_month(first date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    part text := 'audit_entry_' || to_char(first, 'YYYY_MM');
    lower timestamptz := first::timestamp AT TIME ZONE 'Asia/Shanghai';
    upper timestamptz := (first + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_make_month'));
    IF to_regclass(part) IS NOT NULL
        OR EXISTS (SELECT FROM audit_entry_default WHERE at >= lower AND at < upper)
    THEN
        RETURN false;  -- there already, or the month began in the default partition and stays there
    END IF;
    EXECUTE format(
        'CREATE TABLE %I (LIKE audit_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    EXECUTE format(
        'CREATE TRIGGER audit_entry_table_stays BEFORE TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change()', part);
    EXECUTE format(
        'ALTER TABLE audit_entry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        part, lower, upper);
    RETURN true;
EXCEPTION WHEN invalid_object_definition THEN
    RETURN false;  -- a month of before: it lies in audit_entry_before
END $$;
"""

TABLE = """
ALTER TABLE audit_entry RENAME TO audit_entry_before;
ALTER INDEX audit_entry_person RENAME TO audit_entry_before_person;
ALTER INDEX audit_entry_subject RENAME TO audit_entry_before_subject;
ALTER TABLE audit_entry_before ALTER COLUMN id DROP IDENTITY;
ALTER TABLE audit_entry_before DROP CONSTRAINT audit_entry_pkey;
DROP TRIGGER audit_entry_rows_stay ON audit_entry_before;
CREATE SEQUENCE audit_entry_id_seq AS bigint;
SELECT setval('audit_entry_id_seq', max(id)) FROM audit_entry_before HAVING max(id) IS NOT NULL;
CREATE TABLE audit_entry (
    id bigint NOT NULL DEFAULT nextval('audit_entry_id_seq'),
    at timestamptz NOT NULL,
    person_id bigint,
    subject bytea,
    actor varchar(64) NOT NULL,
    purpose varchar(32) NOT NULL,
    fields varchar(200) NOT NULL,
    occasion varchar(40) NOT NULL,
    note varchar(200) NOT NULL,
    basis varchar(200) NOT NULL DEFAULT '',
    visible_from timestamptz,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (id, at),
    CONSTRAINT audit_entry_about_somebody CHECK (person_id IS NOT NULL OR subject IS NOT NULL)
) PARTITION BY RANGE (at);
ALTER SEQUENCE audit_entry_id_seq OWNED BY audit_entry.id;
CREATE INDEX audit_entry_person ON audit_entry (person_id, at DESC);
CREATE INDEX audit_entry_subject ON audit_entry (subject, at DESC) WHERE subject IS NOT NULL;
CREATE TRIGGER audit_entry_rows_stay BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
CREATE TRIGGER audit_entry_table_stays BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
CREATE TABLE audit_entry_default PARTITION OF audit_entry DEFAULT;
CREATE TRIGGER audit_entry_table_stays BEFORE TRUNCATE ON audit_entry_default
    FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
DO $$
DECLARE latest timestamptz;
BEGIN
    SELECT max(at) INTO latest FROM audit_entry_before;
    IF latest IS NULL THEN
        DROP TABLE audit_entry_before;
    ELSE
        EXECUTE format(
            'ALTER TABLE audit_entry ATTACH PARTITION audit_entry_before'
            ' FOR VALUES FROM (MINVALUE) TO (%L)',
            (date_trunc('month', latest AT TIME ZONE 'Asia/Shanghai') + interval '1 month')
                AT TIME ZONE 'Asia/Shanghai');
    END IF;
    PERFORM audit_make_month(
        (date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') + n * interval '1 month')::date)
        FROM generate_series(0, 3) n;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_exchange")]

    operations = [
        migrations.RunSQL(MAKE_MONTH, migrations.RunSQL.noop),
        migrations.RunSQL(TABLE, migrations.RunSQL.noop),
    ]
