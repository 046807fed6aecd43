"""The register: permits and what happened to them.

The database refuses the impossible: two permits of one person never overlap (an exclusion
constraint over the days in force), actions are append-only (a trigger). Both are in the
migration, in plain SQL, because they are the last guard and must be readable as such.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Coalesce

from juzhu.domain.permit import Action, ActionKind, CancelReason

_TOLD = Coalesce("told_through", "known_since")


class Permit(models.Model):
    """A permit (居住证) with the projection of its actions for indexes and constraints.

    The truth is the fold of the actions; the columns after `person` are its present result, kept
    in the same transaction, and none of them says "suspended" or "cancelled by two years": those
    follow from the dates.
    """

    number = models.CharField(max_length=18)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField()
    known_since = models.DateField()  # day this register learnt of it
    ends_on = models.DateField(null=True)  # legal day of cancellation; null while a case holds it
    window_opens = models.DateField()
    suspended_from = models.DateField()
    # Suspension and cancellation are in the events if their day is not after this one; from the
    # beginning, null, the day on which the register learnt of the permit.
    told_through = models.DateField(null=True)
    turns_on = models.GeneratedField(  # the next day that makes an event with no act
        expression=models.Case(
            models.When(
                models.Q(suspended_from__gt=_TOLD)
                & (models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("suspended_from"))),
                then="suspended_from",
            ),
            models.When(ends_on__gt=_TOLD, then="ends_on"),
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            # Not `unique` on the field: Django would add a second index for searches by prefix.
            models.UniqueConstraint(fields=["number"], name="permits_number_once"),
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
            # With the number behind the day: a round reads one day's permits stretch by stretch.
            models.Index(fields=["window_opens", "id"], name="permits_permit_opens"),
            models.Index(fields=["suspended_from", "id"], name="permits_permit_lapses"),
            models.Index(fields=["ends_on", "id"], name="permits_permit_end"),
            models.Index(
                fields=["turns_on"],
                name="permits_permit_turns",
                condition=models.Q(turns_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PermitAction(models.Model):
    """One act on a permit. Append-only; corrections are further actions."""

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=32)
    on = models.DateField(db_column="effective_on")
    reason = models.CharField(max_length=32, blank=True)
    until = models.DateField(null=True)  # of an extension: the new last day of the window
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
        # Rows lie in the order of recording, so a few bytes for each block find the latest.
        indexes = [
            BrinIndex(fields=["recorded_at"], name="permits_action_recorded", autosummarize=True)
        ]

    @property
    def act(self) -> Action:
        """The act as the law knows it."""
        reason = CancelReason(self.reason) if self.reason else None
        return Action(ActionKind(self.kind), self.on, reason, self.until)

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Event(models.Model):
    """One thing for the departments to know, written with the act that made it true.

    It gets its `position` in the feed after its transaction has committed, once, in one line with
    all others (see `services.number_events`): a place that is read is never filled later.
    """

    key = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))
    permit_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    undoes = models.CharField(max_length=16, blank=True)
    on = models.DateField(db_column="effective_on")
    recorded_at = models.DateTimeField()
    position = models.BigIntegerField(null=True)
    numbered_at = models.DateTimeField(null=True)  # by the database's clock
    only_for = models.BigIntegerField(null=True)  # said again to this partner, under the same key

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position"],
                name="permits_event_position",
                condition=models.Q(position__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(position__isnull=True, numbered_at__isnull=True)
                | models.Q(position__gt=0, numbered_at__isnull=False),
                name="permits_event_numbered_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="permits_event_unnumbered",
                condition=models.Q(position__isnull=True),
            ),
            models.Index(
                fields=["numbered_at"],
                name="permits_event_numbered",
                condition=models.Q(position__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"
