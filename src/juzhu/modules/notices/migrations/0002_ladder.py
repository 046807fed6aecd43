"""The ladder of reminders: deadlines, editions of texts, and the steps of a delivery."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="message",
            name="phone",
        ),
        migrations.AddField(
            model_name="message",
            name="at_screen",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="attempts",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="message",
            name="deadline",
            field=models.DateField(null=True),
        ),
        migrations.RunSQL("UPDATE notices_message SET deadline = due_on", migrations.RunSQL.noop),
        migrations.RunSQL(
            "UPDATE notices_message SET delivery = 'handed_over' WHERE delivery = 'sent'",
            "UPDATE notices_message SET delivery = 'sent' WHERE delivery = 'handed_over'",
        ),
        migrations.AlterField(
            model_name="message",
            name="deadline",
            field=models.DateField(),
        ),
        migrations.AddField(
            model_name="message",
            name="delivered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="edition",
            field=models.PositiveSmallIntegerField(db_default=1),
        ),
        migrations.AddField(
            model_name="message",
            name="failure",
            field=models.CharField(blank=True, db_default="", max_length=16),
        ),
        migrations.AddField(
            model_name="message",
            name="not_before",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="permit_number",
            field=models.CharField(blank=True, db_default="", max_length=18),
        ),
        migrations.AddField(
            model_name="message",
            name="phone_digest",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="provider",
            field=models.CharField(blank=True, db_default="", max_length=16),
        ),
        migrations.AddField(
            model_name="message",
            name="tried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="case_number",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="message",
            name="gateway_number",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.OrderBy(models.F("at_screen"), descending=True),
                models.F("deadline"),
                models.F("id"),
                condition=models.Q(("delivery", "queued")),
                name="notices_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(
                    ("delivery__in", ["postponed", "sending", "held", "handed_over"]),
                    ("not_before__isnull", False),
                ),
                fields=["delivery", "not_before"],
                name="notices_next_step",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("gateway_number", ""), _negated=True),
                fields=["provider", "gateway_number"],
                name="notices_by_gateway_number",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False)),
                fields=["phone_digest", "sent_at"],
                name="notices_by_phone",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("tried_at__isnull", False)),
                fields=["tried_at"],
                name="notices_by_attempt",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delivery__in", ["postponed", "held"]), _negated=True),
                    ("not_before__isnull", False),
                    _connector="OR",
                ),
                name="notices_later_says_when",
            ),
        ),
    ]
