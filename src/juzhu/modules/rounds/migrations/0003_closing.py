"""Tables that one load fills without their guards, closed to everybody else meanwhile."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0002_nights"),
    ]

    operations = [
        migrations.AddField(
            model_name="loadpart",
            name="aside",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("after_id", models.BigIntegerField()),
                ("tables", models.JSONField()),
                ("guards", models.JSONField()),
                ("closed_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                (
                    "load",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rounds.load",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("opened_at__isnull", True)),
                        name="rounds_one_closing_at_a_time",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION rounds_refuse_others() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF current_setting('juzhu.load', true) IS DISTINCT FROM TG_ARGV[0] THEN
                    RAISE EXCEPTION 'a legacy register is being taken over: % is refused until then',
                        TG_OP USING ERRCODE = 'object_in_use',
                        HINT = 'juzhu doctor tells how to end it.';
                END IF;
                RETURN NULL;
            END $$;
            """,
            "DROP FUNCTION rounds_refuse_others;",
        ),
    ]
