"""Messages to people."""

from django.db import models

from juzhu.modules.vault.fields import SealedTextField


class Message(models.Model):
    """One message: written once per person and subject, sent once, kept in the inbox."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=24)
    subject = models.CharField(max_length=60)  # what makes it once: acceptance number, permit/day
    case_number = models.CharField(max_length=20, blank=True)
    values = models.JSONField()  # what the text is filled with; no identifier
    written_at = models.DateTimeField()
    due_on = models.DateField()
    delivery = models.CharField(max_length=12)
    phone = SealedTextField(null=True)
    sent_at = models.DateTimeField(null=True)
    gateway_number = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "occasion", "subject"], name="notices_said_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=models.Q(delivery="scheduled"),
                name="notices_scheduled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.subject}"
