"""Targets, their keys, what was sent to them, what their owners must know."""

import uuid

from django.db import models

from juzhu.modules.vault.fields import SealedBytesField


class Target(models.Model):
    """An address of a partner that is nudged when the feed has something for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=80, blank=True)
    failures = models.PositiveIntegerField(default=0)
    told_through = models.BigIntegerField()  # place in the feed through which nothing is missing

    class Meta:
        verbose_name = verbose_name_plural = "接收地址"
        constraints = [
            models.UniqueConstraint(fields=["partner", "url"], name="webhooks_one_target_per_url")
        ]

    def __str__(self) -> str:
        return self.url


class TargetKey(models.Model):
    """A key that signs for one target: another target's owner cannot pass its hints on."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="keys")
    private = SealedBytesField()
    public = models.BinaryField(max_length=32)
    since = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"key {self.pk}"


class Delivery(models.Model):
    """One nudge, the same bytes at every try."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="deliveries")
    body = models.BinaryField()
    made_at = models.DateTimeField()
    replayed = models.BooleanField(default=False)
    state = models.CharField(max_length=10)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=120, blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "推送提醒"
        constraints = [
            # A nudge that has not arrived says all that a second one would.
            models.UniqueConstraint(
                fields=["target"],
                name="webhooks_one_on_its_way",
                condition=models.Q(state="pending", replayed=False),
            ),
            models.CheckConstraint(
                condition=models.Q(state="pending", next_try_at__isnull=False)
                | (~models.Q(state="pending") & models.Q(next_try_at__isnull=True)),
                name="webhooks_pending_is_tried",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="webhooks_delivery_due",
                condition=models.Q(state="pending"),
            ),
            models.Index(fields=["target", "made_at"], name="webhooks_delivery_made"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Alert(models.Model):
    """Something the partner's contact must know."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="alerts")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    outcome = models.CharField(max_length=120, blank=True)
    told = models.CharField(max_length=8)

    class Meta:
        indexes = [
            models.Index(fields=["target", "at"], name="webhooks_alert_target"),
            models.Index(
                fields=["at"], name="webhooks_alert_open", condition=models.Q(told="open")
            ),
        ]

    def __str__(self) -> str:
        return self.kind
