"""Mandates and their uses, kept for ever; requests by code, kept as long as they count.

A mandate's row is written once and ended once: a trigger refuses any other change.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from juzhu.modules.vault.fields import SealedTextField


class Mandate(models.Model):
    """That a holder lets a helper act. The helper may not be in the register yet."""

    holder = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    helper_digest = models.BinaryField(max_length=32)
    helper_name = SealedTextField()
    helper_number = SealedTextField()
    tasks = ArrayField(models.CharField(max_length=8))
    since = models.DateField()
    through = models.DateField()
    way = models.CharField(max_length=8)
    proof = models.JSONField()  # no personal data
    wording = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=8, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["holder"], name="mandates_of_holder"),
            models.Index(fields=["helper_digest"], name="mandates_of_helper"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tasks__len__gt=0), name="mandates_for_something"),
            models.CheckConstraint(
                condition=Q(through__gte=F("since")), name="mandates_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | Q(ended_at__gte=F("given_at")) & ~Q(ended_by=""),
                name="mandates_given_before_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}"


class Use(models.Model):
    """An act done under a mandate. Append-only by trigger."""

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="uses")
    task = models.CharField(max_length=8)
    occasion = models.CharField(max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"use {self.pk}"


class Request(models.Model):
    """A helper asks for a mandate by code.

    It is written for any name and number alike; only the sending job looks whether they are
    somebody's, so that asking tells nothing.
    """

    helper = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    holder_digest = models.BinaryField(max_length=32)
    holder_name = SealedTextField()
    tasks = ArrayField(models.CharField(max_length=8))
    through = models.DateField()
    code = SealedTextField()
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)  # null: it went to nobody
    sent_to = models.BinaryField(max_length=32, null=True)  # digest of the phone
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["helper", "asked_at"], name="mandates_request_helper"),
            models.Index(fields=["holder_digest", "asked_at"], name="mandates_request_holder"),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"
