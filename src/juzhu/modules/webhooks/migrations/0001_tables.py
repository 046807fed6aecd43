"""The tables of the webhooks module."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import juzhu.modules.vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0003_noted_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField()),
                ("state", models.CharField(max_length=10)),
                ("why", models.CharField(blank=True, max_length=80)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("told_through", models.BigIntegerField()),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("body", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("replayed", models.BooleanField(default=False)),
                ("state", models.CharField(max_length=10)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=120)),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.target",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=12)),
                ("outcome", models.CharField(blank=True, max_length=120)),
                ("told", models.CharField(max_length=8)),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="webhooks.target",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TargetKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("private", juzhu.modules.vault.fields.SealedBytesField()),
                ("public", models.BinaryField(max_length=32)),
                ("since", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="webhooks.target",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                fields=("partner", "url"), name="webhooks_one_target_per_url"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["next_try_at"],
                name="webhooks_delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["target", "made_at"], name="webhooks_delivery_made"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replayed", False), ("state", "pending")),
                fields=("target",),
                name="webhooks_one_on_its_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_try_at__isnull", False), ("state", "pending")),
                    models.Q(
                        models.Q(("state", "pending"), _negated=True), ("next_try_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="webhooks_pending_is_tried",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["target", "at"], name="webhooks_alert_target"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("told", "open")), fields=["at"], name="webhooks_alert_open"
            ),
        ),
    ]
