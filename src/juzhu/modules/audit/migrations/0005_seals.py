"""Seals over the ledger, append-only like the entries."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_by_month")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("after_id", models.BigIntegerField()),
                ("upto_id", models.BigIntegerField()),
                ("entries", models.IntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("key_id", models.BinaryField(max_length=8)),
                ("signature", models.BinaryField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["sealed_at"], name="audit_seal_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("upto_id__gt", models.F("after_id"))),
                        name="audit_seal_forward",
                    ),
                    models.UniqueConstraint(fields=("after_id",), name="audit_seal_follows_once"),
                ],
            },
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER audit_seal_rows_stay BEFORE UPDATE OR DELETE ON audit_seal
                FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
            CREATE TRIGGER audit_seal_table_stays BEFORE TRUNCATE ON audit_seal
                FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
            """,
            """
            DROP TRIGGER audit_seal_rows_stay ON audit_seal;
            DROP TRIGGER audit_seal_table_stays ON audit_seal;
            """,
        ),
    ]
