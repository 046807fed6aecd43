"""How far work over the whole register has got. Each row commits with the work it notes."""

from django.db import models


class Load(models.Model):
    """A file of legacy permits, known by the digest of its bytes."""

    file_digest = models.BinaryField(max_length=32, unique=True)
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"load {self.pk}"


class LoadPart(models.Model):
    """A part of such a file that has been taken over; what is not here is still to be done."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="+")
    first_byte = models.BigIntegerField()
    first_line = models.BigIntegerField(null=True)  # null of loads from before it was kept
    taken = models.IntegerField()
    known = models.IntegerField()
    refused = models.JSONField()  # [line, what to mend]; no identifier
    aside = models.JSONField(default=list)  # lines still to be taken over, with every guard on
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["load", "first_byte"], name="rounds_part_once")
        ]

    def __str__(self) -> str:
        return f"part from byte {self.first_byte}"


class Closing(models.Model):
    """Tables filled by one load without their guards, and closed to everybody else meanwhile."""

    load = models.OneToOneField(Load, on_delete=models.PROTECT, related_name="+")
    after_id = models.BigIntegerField()  # the rows of line n have the number after_id + n
    tables = models.JSONField()
    guards = models.JSONField()  # what was taken off, as it is built again
    closed_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(opened_at__isnull=True),
                name="rounds_one_closing_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"closed at {self.closed_at}"


class Night(models.Model):
    """One round over the register: every day since the last one, split into stretches."""

    first_day = models.DateField()  # after `through` when no day has passed since the last round
    through = models.DateField()
    since = models.DateTimeField()  # acts recorded from here on are looked at one by one
    at = models.DateTimeField()  # when it was planned, by Juzhu's clock
    after_id = models.BigIntegerField()  # permits behind this number were unknown last time
    last_id = models.BigIntegerField()
    counts = models.JSONField(default=dict)  # what it brought, once it is finished
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(finished_at__isnull=True),
                name="rounds_one_night_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.through}"


class Stretch(models.Model):
    """Permits whose numbers follow each other: what one process does in one transaction."""

    night = models.ForeignKey(Night, on_delete=models.CASCADE, related_name="stretches")
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    counts = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["night", "first_id"], name="rounds_stretch_once")
        ]
        indexes = [
            models.Index(
                fields=["night", "first_id"],
                condition=models.Q(done_at__isnull=True),
                name="rounds_stretch_to_do",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_id} to {self.last_id}"


class Forecast(models.Model):
    """What one coming day will bring if nothing happens until then."""

    day = models.DateField(primary_key=True)
    windows = models.IntegerField()  # windows that open
    last_days = models.IntegerField()  # permits for which it is the last day to endorse in time
    ends = models.IntegerField()  # permits that end by two years of suspension
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}"
