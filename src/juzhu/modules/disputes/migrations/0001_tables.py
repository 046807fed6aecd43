"""Disputes; one that has its answer is never changed, and none is deleted."""

from django.db import migrations, models

import juzhu.modules.vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                ("entry_id", models.BigIntegerField()),
                ("looked_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                ("purpose", models.CharField(max_length=32)),
                ("fields", models.CharField(blank=True, max_length=200)),
                ("occasion", models.CharField(blank=True, max_length=40)),
                ("basis", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(max_length=16)),
                ("words", juzhu.modules.vault.fields.SealedTextField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("answer_by", models.DateField()),
                ("officer", models.CharField(blank=True, max_length=64)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("verdict", models.CharField(blank=True, max_length=16)),
                ("answer", juzhu.modules.vault.fields.SealedTextField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=["answer_by", "opened_at"],
                        name="disputes_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_id", "entry_id"), name="disputes_one_for_each_look"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", True), ("officer", "")),
                            models.Q(
                                ("claimed_at__isnull", False),
                                models.Q(("officer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="disputes_claimed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer__isnull", True),
                                ("answered_at__isnull", True),
                                ("verdict", ""),
                            ),
                            models.Q(
                                ("answer__isnull", False),
                                ("answered_at__isnull", False),
                                ("claimed_at__isnull", False),
                                models.Q(("verdict", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="disputes_answered_wholly",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION disputes_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND OLD.answered_at IS NULL THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'an answered dispute is final: % is refused', TG_OP
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$;
            CREATE TRIGGER disputes_dispute_rows_stay BEFORE UPDATE OR DELETE ON disputes_dispute
                FOR EACH ROW EXECUTE FUNCTION disputes_refuse_change();
            CREATE TRIGGER disputes_dispute_table_stays BEFORE TRUNCATE ON disputes_dispute
                FOR EACH STATEMENT EXECUTE FUNCTION disputes_refuse_change();
            """,
            """
            DROP TRIGGER disputes_dispute_rows_stay ON disputes_dispute;
            DROP TRIGGER disputes_dispute_table_stays ON disputes_dispute;
            DROP FUNCTION disputes_refuse_change;
            """,
        ),
    ]
