"""Tokens that were used, passes that may be used once, secrets that WeChat lends."""

from django.db import models

from juzhu.modules.vault.fields import SealedTextField


class UsedToken(models.Model):
    """A token or callback that had its effect; kept until no copy of it could still be believed."""

    issuer = models.CharField(max_length=64)
    jti = models.CharField(max_length=128)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "jti"], name="channels_token_used_once")
        ]
        indexes = [models.Index(fields=["until"], name="channels_token_until")]

    def __str__(self) -> str:
        return f"token {self.pk}"


class Pass(models.Model):
    """A one-time pass of one person; only the digest of its secret is kept."""

    secret_digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=16)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    content = SealedTextField()  # JSON: what was typed, or what may be fetched
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["until"], name="channels_pass_until")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class LentSecret(models.Model):
    """What WeChat lends for two hours, shared by all processes; one of them fetches it."""

    kind = models.CharField(max_length=16, unique=True)
    value = SealedTextField(null=True)
    good_until = models.DateTimeField(null=True)
    fetching_until = models.DateTimeField(null=True)  # somebody is on the way to WeChat

    def __str__(self) -> str:
        return self.kind
