"""Disputes. An answered one is never changed again (trigger, see migrations)."""

from django.db import models

from juzhu.modules.vault.fields import SealedTextField


class Dispute(models.Model):
    """A look that its subject does not accept, or data of theirs that they say are wrong."""

    person_id = models.BigIntegerField()
    entry_id = models.BigIntegerField(null=True)
    item = models.CharField(max_length=16, blank=True)  # data that are said to be wrong
    shown = SealedTextField(null=True)
    looked_at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    purpose = models.CharField(max_length=32)
    fields = models.CharField(max_length=200, blank=True)
    occasion = models.CharField(max_length=40, blank=True)
    basis = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=16)
    words = SealedTextField(null=True)
    opened_at = models.DateTimeField()
    answer_by = models.DateField()
    officer = models.CharField(max_length=64, blank=True)
    claimed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=16, blank=True)
    answer = SealedTextField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "entry_id"], name="disputes_one_for_each_look"
            ),
            models.CheckConstraint(
                condition=models.Q(entry_id__isnull=False, item="")
                | (models.Q(entry_id__isnull=True) & ~models.Q(item="")),
                name="disputes_of_a_look_or_of_data",
            ),
            models.UniqueConstraint(
                fields=["person_id", "item"],
                condition=models.Q(answered_at__isnull=True) & ~models.Q(item=""),
                name="disputes_one_waiting_for_each_item",
            ),
            models.CheckConstraint(
                condition=models.Q(claimed_at__isnull=True, officer="")
                | (models.Q(claimed_at__isnull=False) & ~models.Q(officer="")),
                name="disputes_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, verdict="", answer__isnull=True)
                | (
                    models.Q(answered_at__isnull=False, answer__isnull=False)
                    & models.Q(claimed_at__isnull=False)
                    & ~models.Q(verdict="")
                ),
                name="disputes_answered_wholly",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by", "opened_at"],
                name="disputes_waiting",
                condition=models.Q(answered_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"dispute {self.pk}"
