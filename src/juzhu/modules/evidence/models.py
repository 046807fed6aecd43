"""What departments answered. Append-only by trigger."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Answer(models.Model):
    """One department's answer in one attempt at one case; the body is sealed as received."""

    case_id = models.BigIntegerField()
    attempt = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=16)
    status = models.CharField(max_length=16)
    asked_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    receipt = models.CharField(max_length=64, blank=True)
    body = models.BinaryField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_id", "attempt", "source"], name="evidence_one_answer_per_attempt"
            )
        ]
        indexes = [BrinIndex(fields=["asked_at"], name="evidence_answer_time", autosummarize=True)]

    def __str__(self) -> str:
        return f"{self.source} {self.status}"
