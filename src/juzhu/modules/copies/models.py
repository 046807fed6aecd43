"""Copies; their files are sealed, and deleted after a week."""

from django.db import models

from juzhu.modules.vault.fields import SealedBytesField


class Copy(models.Model):
    """A copy of everything held about one person."""

    person_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    language = models.CharField(max_length=8, default="zh", db_default="zh")  # of the page
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    document = SealedBytesField(null=True)
    page = SealedBytesField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id"],
                condition=models.Q(made_at__isnull=True),
                name="copies_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(made_at__isnull=True, expires_at__isnull=True)
                | models.Q(made_at__isnull=False, expires_at__isnull=False),
                name="copies_made_whole",
            ),
        ]
        indexes = [models.Index(fields=["person_id", "asked_at"], name="copies_copy_person")]

    def __str__(self) -> str:
        return f"copy {self.pk}"
