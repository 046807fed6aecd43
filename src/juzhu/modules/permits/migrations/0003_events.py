"""The change feed: events, and which calendar days each permit still has to tell."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_tables"),
        ("permits", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(db_default=models.Func(function="gen_random_uuid"))),
                ("permit_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("undoes", models.CharField(blank=True, max_length=16)),
                ("on", models.DateField(db_column="effective_on")),
                ("recorded_at", models.DateTimeField()),
                ("position", models.BigIntegerField(null=True)),
                ("numbered_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="permit",
            name="told_through",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("position__isnull", True)),
                fields=["id"],
                name="permits_event_unnumbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                condition=models.Q(("position__isnull", False)),
                fields=("position",),
                name="permits_event_position",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("numbered_at__isnull", True), ("position__isnull", True)),
                    models.Q(("numbered_at__isnull", False), ("position__gt", 0)),
                    _connector="OR",
                ),
                name="permits_event_numbered_whole",
            ),
        ),
        migrations.AddField(
            model_name="permit",
            name="turns_on",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            (
                                "suspended_from__gt",
                                django.db.models.functions.comparison.Coalesce(
                                    "told_through", "known_since"
                                ),
                            ),
                            models.Q(
                                ("ends_on", None),
                                ("ends_on__gt", models.F("suspended_from")),
                                _connector="OR",
                            ),
                        ),
                        then="suspended_from",
                    ),
                    models.When(
                        ends_on__gt=django.db.models.functions.comparison.Coalesce(
                            "told_through", "known_since"
                        ),
                        then="ends_on",
                    ),
                ),
                output_field=models.DateField(null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(
                condition=models.Q(("turns_on__isnull", False)),
                fields=["turns_on"],
                name="permits_permit_turns",
            ),
        ),
        # An event gets its place in the feed, once; nothing else of it ever changes. Old ones may be
        # deleted: the feed is kept 400 days.
        migrations.RunSQL(
            """
            CREATE FUNCTION permits_event_only_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.position IS NOT NULL OR NEW.position IS NULL
                    OR (OLD.id, OLD.key, OLD.permit_id, OLD.person_id, OLD.kind, OLD.undoes,
                        OLD.effective_on, OLD.recorded_at)
                    IS DISTINCT FROM (NEW.id, NEW.key, NEW.permit_id, NEW.person_id, NEW.kind,
                        NEW.undoes, NEW.effective_on, NEW.recorded_at)
                THEN
                    RAISE EXCEPTION 'permits_event is append-only: UPDATE is refused'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER permits_event_rows_stay BEFORE UPDATE ON permits_event
                FOR EACH ROW EXECUTE FUNCTION permits_event_only_numbered();
            CREATE TRIGGER permits_event_table_stays BEFORE TRUNCATE ON permits_event
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER permits_event_rows_stay ON permits_event;
            DROP TRIGGER permits_event_table_stays ON permits_event;
            DROP FUNCTION permits_event_only_numbered();
            """,
        ),
    ]
