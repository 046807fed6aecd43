"""How a cancellation on request was asked for stays as it was; an answer to it is final."""

from django.db import migrations, models

import juzhu.modules.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("lives", "0003_proceedings"),
    ]

    operations = [
        migrations.CreateModel(
            name="AskedEnd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("occasion", models.CharField(max_length=40, unique=True)),
                ("person_id", models.BigIntegerField()),
                ("permit_id", models.BigIntegerField()),
                ("on", models.DateField(db_column="effective_on")),
                ("asked_at", models.DateTimeField()),
                ("channel", models.CharField(blank=True, max_length=16)),
                ("proofs", models.CharField(blank=True, max_length=64)),
                ("officer", models.CharField(blank=True, max_length=32)),
                ("point", models.CharField(blank=True, max_length=32)),
                ("identified", models.CharField(blank=True, max_length=8)),
                ("cases", models.JSONField(default=list)),
                ("said", juzhu.modules.vault.fields.SealedTextField(null=True)),
                ("said_at", models.DateTimeField(null=True)),
                ("heard_by", models.CharField(blank=True, max_length=32)),
                ("answer_by", models.DateField(null=True)),
                ("words", juzhu.modules.vault.fields.SealedTextField(null=True)),
                ("proposed_by", models.CharField(blank=True, max_length=32)),
                ("outcome", models.CharField(blank=True, max_length=10)),
                ("answered_by", models.CharField(blank=True, max_length=32)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person_id"], name="lives_asked_person"),
                    models.Index(
                        condition=models.Q(("outcome", ""), ("said_at__isnull", False)),
                        fields=["answer_by"],
                        name="lives_asked_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "restored"), _negated=True),
                            models.Q(
                                models.Q(("proposed_by", ""), _negated=True),
                                models.Q(("answered_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="lives_restored_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("officer", ""),
                            models.Q(
                                models.Q(("answered_by", models.F("officer")), _negated=True),
                                models.Q(("proposed_by", models.F("officer")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="lives_not_judged_by_its_officer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("said_at__isnull", False),
                            models.Q(("outcome", ""), ("proposed_by", "")),
                            _connector="OR",
                        ),
                        name="lives_answered_what_was_said",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER lives_askedend_rows_stay BEFORE DELETE ON lives_askedend
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER lives_askedend_table_stays BEFORE TRUNCATE ON lives_askedend
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER lives_askedend_asking_stays
                BEFORE UPDATE OF occasion, person_id, permit_id, effective_on, asked_at, channel,
                    proofs, officer, point, identified, cases ON lives_askedend
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER lives_askedend_answer_stays BEFORE UPDATE ON lives_askedend
                FOR EACH ROW WHEN (OLD.outcome <> '') EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER lives_askedend_rows_stay ON lives_askedend;
            DROP TRIGGER lives_askedend_table_stays ON lives_askedend;
            DROP TRIGGER lives_askedend_asking_stays ON lives_askedend;
            DROP TRIGGER lives_askedend_answer_stays ON lives_askedend;
            """,
        ),
    ]
