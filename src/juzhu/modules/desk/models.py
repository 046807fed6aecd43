"""Shifts, tickets, and acts."""

from django.db import models


class Shift(models.Model):
    """A shift of one officer at one window, from beginning to hand-over (交班)."""

    username = models.CharField(max_length=32)
    point = models.CharField(max_length=32)
    window = models.CharField(max_length=8)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["username"],
                condition=models.Q(ended_at__isnull=True),
                name="desk_one_open_shift",
            )
        ]
        indexes = [models.Index(fields=["point", "-began_at"], name="desk_shift_point")]

    def __str__(self) -> str:
        return f"{self.username} {self.point}/{self.window}"


class Ticket(models.Model):
    """A number in the line of a point (叫号). It names nobody."""

    point = models.CharField(max_length=32)
    on = models.DateField(db_column="taken_on")
    serial = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    called_by = models.CharField(max_length=32, blank=True)
    window = models.CharField(max_length=8, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "on", "serial"], name="desk_one_ticket")
        ]

    def __str__(self) -> str:
        return f"A{self.serial:03d}"


class Act(models.Model):
    """Something an officer did, with both identities. Append-only by trigger."""

    at = models.DateTimeField()
    on = models.DateField(db_column="done_on")
    username = models.CharField(max_length=32)
    point = models.CharField(max_length=32, blank=True)
    window = models.CharField(max_length=8, blank=True)
    shift_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    identified = models.CharField(max_length=8)
    kind = models.CharField(max_length=16)
    occasion = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["username", "on"], name="desk_act_officer"),
            models.Index(fields=["point", "on"], name="desk_act_point"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.kind}"
