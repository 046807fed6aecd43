"""Faults, append-only, and the last sign of life."""

from django.db import models


class Fault(models.Model):
    """Something was down on these days. A trigger refuses UPDATE and DELETE."""

    part = models.CharField(max_length=16)
    first = models.DateField()
    last = models.DateField()
    reason = models.CharField(max_length=200)
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="faults_first_before_last"
            ),
            models.UniqueConstraint(fields=["part", "first", "last"], name="faults_recorded_once"),
        ]

    def __str__(self) -> str:
        return f"fault {self.pk}"


class Heartbeat(models.Model):
    """One row: when this service last said that it works, by the database's own clock."""

    beat_at = models.DateTimeField()
    day = models.DateField()  # the civil day it was

    def __str__(self) -> str:
        return f"{self.beat_at}"
