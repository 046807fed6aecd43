"""Receipts, signs of life, alerts about those who ask too often, and jobs of many questions."""

from django.db import models

from juzhu.modules.vault.fields import SealedBytesField


class Receipt(models.Model):
    """An answer as it was given, signed; for the same partner, two years.

    The number begins with the time, so that the newest stand together and the oldest can be
    cleared by number.
    """

    id = models.UUIDField(primary_key=True)
    partner_id = models.BigIntegerField()
    content = SealedBytesField()

    def __str__(self) -> str:
        return str(self.pk)


class Beat(models.Model):
    """The primary's last sign of life, one row: what a replica shows of it tells its age."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at}"


class Alert(models.Model):
    """A partner has asked about one person more often in a day than its purpose explains."""

    at = models.DateTimeField(db_index=True)
    partner_id = models.BigIntegerField()
    purpose = models.CharField(max_length=32)
    person_id = models.BigIntegerField()
    receipt = models.UUIDField()
    limit = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.purpose} {self.person_id}"


class Job(models.Model):
    """Up to 100,000 questions that are answered in the background."""

    id = models.UUIDField(primary_key=True)
    partner_id = models.BigIntegerField()
    purpose = models.CharField(max_length=32)
    asked_at = models.DateTimeField(db_index=True)
    request_sha256 = models.BinaryField(max_length=32)
    lines = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)  # lines answered so far
    finished_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=400, blank=True)
    stopped = models.CharField(max_length=40, blank=True)  # why it will not be finished

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True)
                | models.Q(done=models.F("lines")) & ~models.Q(receipt="")
                | ~models.Q(stopped=""),
                name="verifications_finished_is_whole",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Part(models.Model):
    """A thousand questions of a job, and their answers once there are some."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    questions = SealedBytesField(null=True)  # cleared when answered
    answers = SealedBytesField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="verifications_part_once"),
            models.CheckConstraint(
                condition=models.Q(questions__isnull=False) ^ models.Q(answers__isnull=False),
                name="verifications_asked_or_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.number}"
