"""Signals of the registers of persons, and how far the feed has been read."""

from django.db import models

from juzhu.modules.lives.contracts import Outcome
from juzhu.modules.vault.fields import SealedTextField


class Signal(models.Model):
    """One event of the feed; kept for good, since it is why a permit ended.

    A trigger lets nothing of what the source said be changed, and nothing be deleted.
    """

    key = models.CharField(max_length=40, unique=True)
    source = models.CharField(max_length=16)
    kind = models.CharField(max_length=20)
    on = models.DateField(db_column="effective_on")
    undoes = models.CharField(max_length=40, blank=True)
    person_id = models.BigIntegerField(null=True)
    new_number = SealedTextField(null=True)
    former_number = SealedTextField(null=True)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    why = models.CharField(max_length=20, blank=True)
    cases = models.JSONField(default=list)
    words = SealedTextField(null=True)
    proposed_by = models.CharField(max_length=32, blank=True)
    proposed_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=32, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(proposed_by="")
                | models.Q(answered_by="")
                | ~models.Q(answered_by=models.F("proposed_by")),
                name="lives_second_is_another",
            )
        ]
        indexes = [
            models.Index(fields=["person_id"], name="lives_signal_person"),
            models.Index(
                fields=["received_at"],
                name="lives_signal_waiting",
                condition=models.Q(outcome=Outcome.REVIEW.value)
                | models.Q(proposed_at__isnull=False, answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Reading(models.Model):
    """One row: the place of the feed up to which everything has been taken in, and its silence."""

    position = models.BigIntegerField()
    silent_since = models.DateTimeField(null=True)
    silence = models.CharField(max_length=80, blank=True, db_default="")  # what it answered, if so
    failures = models.BigIntegerField(db_default=0)  # tries without an answer, ever

    def __str__(self) -> str:
        return str(self.position)


class Proceeding(models.Model):
    """That a permit may have been obtained by false statements; decided by another officer."""

    person_id = models.BigIntegerField()
    permit_id = models.BigIntegerField()
    opened_by = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    ground = SealedTextField()
    hear_by = models.DateField()
    said = SealedTextField(null=True)
    said_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    words = SealedTextField(null=True)
    decided_by = models.CharField(max_length=32, blank=True)
    decided_at = models.DateTimeField(null=True)
    cases = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["permit_id"],
                condition=models.Q(outcome=""),
                name="lives_one_open_proceeding",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("opened_by")),
                name="lives_decided_by_another",
            ),
        ]
        indexes = [models.Index(fields=["person_id"], name="lives_proceeding_person")]

    def __str__(self) -> str:
        return f"proceeding {self.pk}"


class AskedEnd(models.Model):
    """A cancellation on the holder's request: how it was asked for, and whether it was theirs.

    A trigger lets nothing of how it was asked for be changed, and nothing be deleted.
    """

    occasion = models.CharField(max_length=40, unique=True)
    person_id = models.BigIntegerField()
    permit_id = models.BigIntegerField()
    on = models.DateField(db_column="effective_on")
    asked_at = models.DateTimeField()
    channel = models.CharField(max_length=16, blank=True)  # "" where it was not written down
    proofs = models.CharField(max_length=64, blank=True)  # ways of the fresh proofs, comma between
    officer = models.CharField(max_length=32, blank=True)
    point = models.CharField(max_length=32, blank=True)
    identified = models.CharField(max_length=8, blank=True)
    cases = models.JSONField(default=list)
    said = SealedTextField(null=True)
    said_at = models.DateTimeField(null=True)
    heard_by = models.CharField(max_length=32, blank=True)  # the officer who took it down
    answer_by = models.DateField(null=True)
    words = SealedTextField(null=True)
    proposed_by = models.CharField(max_length=32, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    answered_by = models.CharField(max_length=32, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(outcome="restored")
                | (~models.Q(proposed_by="") & ~models.Q(answered_by=models.F("proposed_by"))),
                name="lives_restored_by_two",
            ),
            models.CheckConstraint(
                condition=models.Q(officer="")
                | (
                    ~models.Q(answered_by=models.F("officer"))
                    & ~models.Q(proposed_by=models.F("officer"))
                ),
                name="lives_not_judged_by_its_officer",
            ),
            models.CheckConstraint(
                condition=models.Q(said_at__isnull=False) | models.Q(proposed_by="", outcome=""),
                name="lives_answered_what_was_said",
            ),
        ]
        indexes = [
            models.Index(fields=["person_id"], name="lives_asked_person"),
            models.Index(
                fields=["answer_by"],
                name="lives_asked_waiting",
                condition=models.Q(said_at__isnull=False, outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return self.occasion
