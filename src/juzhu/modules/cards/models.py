"""Cards, what happened to them, and the production files. Events are append-only by trigger."""

from django.db import models

from juzhu.domain.card import CardState
from juzhu.modules.vault.fields import SealedTextField

NOT_READY = (
    CardState.ORDERED.value,
    CardState.IN_PRODUCTION.value,
    CardState.MADE.value,
    CardState.ON_WAY.value,
)
"""The law's limit runs on for these."""
GONE = (CardState.VOID.value, CardState.DESTROYED.value)


class Batch(models.Model):
    """A production file (制证文件), kept until the factory has acknowledged every line of it."""

    number = models.CharField(max_length=20, unique=True)
    made_at = models.DateTimeField()
    lines = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.BinaryField(null=True)  # sealed; forgotten when it is acknowledged
    receipt = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)  # every line acknowledged or given up

    class Meta:
        indexes = [
            models.Index(
                fields=["made_at"], condition=models.Q(done_at__isnull=True), name="cards_open"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Card(models.Model):
    """A card; what stands beside its events is their present result."""

    number = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, related_name="+")
    case_number = models.CharField(max_length=20, unique=True)
    ground = models.CharField(max_length=12)
    delivery = models.CharField(max_length=8)
    point = models.CharField(max_length=32, blank=True)
    printed_on = models.DateField()
    due_on = models.DateField()
    ordered_at = models.DateTimeField()
    state = models.CharField(max_length=16)
    state_at = models.DateTimeField()
    making = models.PositiveSmallIntegerField(default=1)
    patience = models.PositiveSmallIntegerField(default=5)  # so many makings go by themselves
    taken = models.BooleanField(default=False)  # the factory acknowledged the present line
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")
    serial = models.CharField(max_length=32, blank=True)
    tracking = models.CharField(max_length=32, blank=True)
    pickup_code = SealedTextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["permit"],
                condition=~models.Q(state__in=GONE),
                name="cards_one_good_card",
            )
        ]
        indexes = [
            models.Index(fields=["state", "point"], name="cards_stock"),
            models.Index(fields=["person"], name="cards_person"),
            models.Index(
                fields=["due_on", "id"],
                condition=models.Q(state__in=NOT_READY),
                name="cards_not_ready",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Event(models.Model):
    """One thing that happened to a card."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    making = models.PositiveSmallIntegerField()
    actor = models.CharField(max_length=48)
    detail = models.JSONField(default=dict)  # reason, point, tracking: never personal data

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["card", "making"],
                condition=models.Q(kind="made"),
                name="cards_made_once_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.making})"


class FactoryCursor(models.Model):
    """Up to which line the factory's news have been taken in; one row."""

    taken = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.taken)
