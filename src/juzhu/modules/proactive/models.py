"""Consents, kept for ever, and watches, kept while they are of use."""

from django.db import models


class Consent(models.Model):
    """A standing consent. Taking it back ends the row; giving it again makes another."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    wording = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="proactive_one_consent_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="proactive_given_before_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class Watch(models.Model):
    """A look to be taken on a day at what a person may have."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    business = models.CharField(max_length=16)
    look_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "business"], name="proactive_one_watch_per_business"
            )
        ]
        indexes = [models.Index(fields=["look_on"], name="proactive_watch_day")]

    def __str__(self) -> str:
        return f"watch {self.pk}"
