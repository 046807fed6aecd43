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


class ServiceDay(models.Model):
    """What one day was like: minutes of our own silence, and pages that failed."""

    day = models.DateField(primary_key=True)
    silent_minutes = models.PositiveIntegerField(default=0, db_default=0)
    errors = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.day}"


class Sounding(models.Model):
    """How a register answered within one minute, over all processes."""

    part = models.CharField(max_length=16)
    minute = models.DateTimeField()
    answered = models.PositiveIntegerField()
    silent = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minute", "part"], name="faults_one_sounding_a_minute")
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.minute}"


class Proposal(models.Model):
    """A day on which a register was silent for some time, and what was said to it."""

    part = models.CharField(max_length=16)
    day = models.DateField()
    minutes = models.PositiveIntegerField()
    questions = models.PositiveIntegerField()
    noticed_at = models.DateTimeField()
    answered_by = models.CharField(max_length=32, blank=True)
    answered_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "day"], name="faults_proposed_once"),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, accepted__isnull=True, answered_by="")
                | models.Q(answered_at__isnull=False, accepted__isnull=False)
                & ~models.Q(answered_by=""),
                name="faults_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.day}"
