"""The register: permits and what happened to them.

The database refuses the impossible: two permits of one person never overlap (an exclusion
constraint over the days in force), actions are append-only (a trigger). Both are in the
migration, in plain SQL, because they are the last guard and must be readable as such.
"""

from django.db import models


class Permit(models.Model):
    """A permit (居住证) with the projection of its actions for indexes and constraints.

    The truth is the fold of the actions; the columns after `person` are its present result, kept
    in the same transaction, and none of them says "suspended" or "cancelled by two years": those
    follow from the dates.
    """

    number = models.CharField(max_length=18, unique=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField()
    known_since = models.DateField()  # day this register learnt of it
    ends_on = models.DateField(null=True)  # legal day of cancellation; null while a case holds it
    window_opens = models.DateField()
    suspended_from = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("issued_on")),
                name="permits_ends_after_issue",
            ),
            models.CheckConstraint(
                condition=models.Q(window_opens__lt=models.F("suspended_from")),
                name="permits_window_before_suspension",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="permits_permit_person"),
            models.Index(fields=["window_opens"], name="permits_permit_window"),
            models.Index(fields=["suspended_from"], name="permits_permit_suspended"),
            models.Index(fields=["ends_on"], name="permits_permit_ends"),
        ]

    def __str__(self) -> str:
        return self.number


class PermitAction(models.Model):
    """One act on a permit. Append-only; corrections are further actions."""

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=32)
    on = models.DateField(db_column="effective_on")
    reason = models.CharField(max_length=32, blank=True)
    recorded_at = models.DateTimeField()
    occasion = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["permit", "kind", "occasion"],
                condition=~models.Q(occasion=""),
                name="permits_action_once_per_occasion",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"
