"""Accounts, their sessions, attempts to sign in, and what was done to accounts."""

from django.db import models

from juzhu.modules.vault.fields import SealedTextField


class Account(models.Model):
    """One person's account. It is never deleted: what the person did names it."""

    username = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    role = models.CharField(max_length=16)
    point = models.CharField(max_length=32, blank=True)
    password = models.CharField(max_length=128)  # hashed
    totp_secret = SealedTextField()
    totp_step = models.BigIntegerField(default=0)  # the last code used: none is good twice
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.username


class Session(models.Model):
    """A session, bound to a device by a token that turns, and to the address it began at."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sessions")
    token = models.BinaryField(max_length=32)  # SHA-256 of the token in use
    former = models.BinaryField(max_length=32, null=True)  # of the one before it
    turned_at = models.DateTimeField()
    source = models.CharField(max_length=45)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account"],
                condition=models.Q(ended_at__isnull=True),
                name="staff_session_open",
            )
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"


class Attempt(models.Model):
    """One attempt to sign in; kept a day, then cleared."""

    at = models.DateTimeField()
    username = models.CharField(max_length=32)
    source = models.CharField(max_length=45)
    succeeded = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["username", "at"], name="staff_attempt_username"),
            models.Index(fields=["source", "at"], name="staff_attempt_source"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Event(models.Model):
    """Something done to an account or a session. Append-only by trigger."""

    at = models.DateTimeField()
    username = models.CharField(max_length=32)
    by = models.CharField(max_length=64)
    what = models.CharField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["username", "-at"], name="staff_event_username")]

    def __str__(self) -> str:
        return f"{self.username} {self.what}"
