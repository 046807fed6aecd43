"""Partners, what they are granted, their keys, and what must not happen twice."""

from django.db import models
from django.db.models.functions import Now

from juzhu.modules.vault.fields import SealedBytesField


class Partner(models.Model):
    """A department that asks. It is never deleted: the ledger names it for ever."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    contact = models.CharField(max_length=120)
    jwks_uri = models.CharField(max_length=200, blank=True)
    dpop = models.BooleanField(default=False)
    calls_per_minute = models.PositiveIntegerField(default=6000)
    pseudonym_key = SealedBytesField()
    registered_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "使用部门"

    def __str__(self) -> str:
        return self.code


class PartnerGrant(models.Model):
    """Leave to ask for one purpose; one row per purpose, its history is in `PartnerChange`."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="grants")
    scope = models.CharField(max_length=32)
    legal_basis = models.CharField(max_length=200)
    fields = models.CharField(max_length=120, blank=True)
    confidential_days = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    per_subject_per_day = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "用途授权"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "scope"], name="partners_one_grant_per_scope"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="partners_grant_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(legal_basis=""), name="partners_grant_has_legal_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.scope


class PartnerKey(models.Model):
    """A public key by which a partner proves itself; it ends, it is never taken away."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys")
    kid = models.CharField(max_length=64)
    jwk = models.JSONField()
    thumbprint = models.CharField(max_length=43)  # RFC 7638, SHA-256
    added_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "公钥"
        constraints = [
            models.UniqueConstraint(fields=["partner", "kid"], name="partners_one_key_per_kid"),
            # One key, one partner: else one could speak in another's name.
            models.UniqueConstraint(fields=["thumbprint"], name="partners_one_owner_per_key"),
        ]

    def __str__(self) -> str:
        return self.kid


class PartnerChange(models.Model):
    """What was done to a partner's entry, by whom. Append-only."""

    at = models.DateTimeField()
    code = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    what = models.CharField(max_length=32)
    detail = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = "操作记录"

    def __str__(self) -> str:
        return f"{self.code} {self.what}"


class SpentToken(models.Model):
    """The `jti` of an assertion or proof that was used; kept while a replay could pass."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "digest"], name="partners_token_spent_once")
        ]

    def __str__(self) -> str:
        return f"spent {self.pk}"


class StoredAnswer(models.Model):
    """The answer to a creating request, by its idempotency key: given again for seven days."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    request = models.BinaryField(max_length=32)  # SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField()
    body = SealedBytesField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "key"], name="partners_one_answer_per_key")
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class Known(models.Model):
    """A person whom a partner has asked about, under the pseudonym it was told."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    pseudonym = models.CharField(max_length=32)
    since = models.DateTimeField()
    noted_at = models.DateTimeField(db_default=Now())  # by the database's clock, as events are
    follows_from = models.BigIntegerField(null=True)  # place in the feed; null: it does not yet

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "person"], name="partners_known_once"),
            models.UniqueConstraint(
                fields=["partner", "pseudonym"], name="partners_pseudonym_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner"],
                name="partners_known_new",
                condition=models.Q(follows_from__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.pseudonym


class Allowance(models.Model):
    """When a partner's whole allowance of calls will be back, over all processes."""

    partner = models.OneToOneField(
        Partner, on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    full_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"allowance {self.pk}"


class Warned(models.Model):
    """A warning that a partner's contact was given, or could not be given."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120, unique=True)
    text = models.CharField(max_length=200)
    how = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "给联系人的警示"

    def __str__(self) -> str:
        return self.key


class Usage(models.Model):
    """How often a partner called on a day, by operation and outcome."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    operation = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    calls = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "调用量"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "day", "operation", "status"], name="partners_usage_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.day}"
