"""Sheets, their files, and share codes."""

from django.db import models

from juzhu.modules.vault.fields import SealedBytesField, SealedTextField


class Sheet(models.Model):
    """One information sheet, from the wish to the sealed file.

    `list_number` and `list_index` place it in a status list; the place is drawn at random, so that
    neighbours in the list say nothing about each other.
    """

    number = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    permit = models.ForeignKey("permits.Permit", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)  # idempotency key, unique per person
    state = models.CharField(max_length=8)
    purpose = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64, blank=True)  # the officer; "" for the holder
    basis = models.CharField(max_length=200, blank=True)  # the officer's legal occasion
    check_code = SealedTextField()
    check_digest = models.BinaryField(max_length=32, unique=True)
    list_number = models.PositiveIntegerField()
    list_index = models.PositiveIntegerField()
    made_at = models.DateTimeField(null=True)
    printed = SealedTextField(null=True)  # JSON of what the page says, to compare with
    standing = models.CharField(max_length=12, blank=True)
    valid_through = models.DateField(null=True)
    sha256 = models.BinaryField(max_length=32, null=True, unique=True)
    hold = models.CharField(max_length=8, blank=True)  # why, while held
    held_for = SealedTextField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="sheets_one_sheet_per_key"),
            models.UniqueConstraint(
                fields=["list_number", "list_index"], name="sheets_one_sheet_per_place"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="made")
                | models.Q(made_at__isnull=False, sha256__isnull=False),
                name="sheets_made_is_sealed",
            ),
            models.CheckConstraint(
                condition=models.Q(state="held", hold__in=["glyph", "photo"])
                | (~models.Q(state="held") & models.Q(hold="")),
                name="sheets_held_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-asked_at"], name="sheets_sheet_person"),
            models.Index(
                fields=["asked_at"], condition=models.Q(state="held"), name="sheets_sheet_held"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SheetFile(models.Model):
    """The sealed file, kept encrypted for some weeks so that the holder can fetch it again."""

    sheet = models.OneToOneField(
        Sheet, on_delete=models.PROTECT, primary_key=True, related_name="file"
    )
    pdf = SealedBytesField()
    until = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"file of {self.sheet_id}"


class Share(models.Model):
    """A code by which somebody whom the holder chose may see exactly the listed fields."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    code = SealedTextField()
    digest = models.BinaryField(max_length=32, unique=True)
    key = models.CharField(max_length=64, blank=True)  # idempotency key, unique per person
    purpose = models.CharField(max_length=40)
    fields = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    expires_on = models.DateField()  # last day on which it opens
    revoked_at = models.DateTimeField(null=True)
    uses = models.PositiveIntegerField(default=0)
    tell_me = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"],
                condition=~models.Q(key=""),
                name="sheets_one_share_per_key",
            )
        ]
        indexes = [models.Index(fields=["person", "-made_at"], name="sheets_share_person")]

    def __str__(self) -> str:
        return f"share {self.pk}"


class PublicMiss(models.Model):
    """One public check that found nothing, by where it came from; kept a day, then cleared."""

    at = models.DateTimeField()
    source = models.CharField(max_length=45)

    class Meta:
        indexes = [models.Index(fields=["source", "at"], name="sheets_miss_source")]

    def __str__(self) -> str:
        return f"miss {self.pk}"
