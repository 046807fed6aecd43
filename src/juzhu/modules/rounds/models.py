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
    taken = models.IntegerField()
    known = models.IntegerField()
    refused = models.JSONField()  # [line, what to mend]; no identifier
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["load", "first_byte"], name="rounds_part_once")
        ]

    def __str__(self) -> str:
        return f"part from byte {self.first_byte}"
