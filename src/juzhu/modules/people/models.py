"""Persons and their attempts to sign in."""

from django.db import models

from juzhu.modules.people.contracts import Door
from juzhu.modules.vault.fields import SealedTextField


class Person(models.Model):
    """A person, found by the keyed digest of the citizen number, never by name."""

    id_digest = models.BinaryField(max_length=32, unique=True)
    id_number = SealedTextField()
    # Of the number the person was first known by, once that was corrected: departments know the
    # person by a pseudonym made from it. Null: the number never changed.
    subject_digest = models.BinaryField(max_length=32, null=True)
    name = SealedTextField()
    phone = SealedTextField(null=True)
    phone_digest = models.BinaryField(max_length=32, null=True)
    phone_doubted_at = models.DateTimeField(null=True)  # perhaps somebody else's by now
    phone_proven_at = models.DateTimeField(null=True)  # a code sent to it last came back
    died_on = models.DateField(null=True)  # as a register of persons told, until it is taken back
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["phone_digest"], name="people_person_phone")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(phone__isnull=True, phone_digest__isnull=True)
                | models.Q(phone__isnull=False, phone_digest__isnull=False),
                name="people_phone_and_digest_together",
            )
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class FormerNumber(models.Model):
    """A citizen number that was corrected (号码更正): it leads to the same person for good."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    id_digest = models.BinaryField(max_length=32, unique=True)
    id_number = SealedTextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"former number {self.pk}"


class FormerPhone(models.Model):
    """A number that was the reserved phone until now; kept until it has been told."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    phone = SealedTextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"former phone {self.pk}"


class PhoneCode(models.Model):
    """A code sent to a number that is to become the reserved phone; kept a day, then cleared."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    phone = SealedTextField()
    phone_digest = models.BinaryField(max_length=32)
    code = SealedTextField()
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["person", "asked_at"], name="people_phonecode_person"),
            models.Index(fields=["phone_digest", "asked_at"], name="people_phonecode_phone"),
        ]

    def __str__(self) -> str:
        return f"phone code {self.pk}"


class CallCode(models.Model):
    """A code to the reserved phone of somebody who calls an officer; kept a day, then cleared."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=32)  # the officer who asked for it
    code = SealedTextField()
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"call code {self.pk}"


class SignInAttempt(models.Model):
    """One attempt to sign in, by digest of the number tried; kept a day, then cleared."""

    at = models.DateTimeField()
    id_digest = models.BinaryField(max_length=32)
    ip = models.CharField(max_length=45)
    door = models.CharField(max_length=4, db_default=Door.FACE.value)
    succeeded = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["id_digest", "at"], name="people_attempt_number"),
            models.Index(fields=["ip", "at"], name="people_attempt_ip"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class SignInCode(models.Model):
    """A code asked for: good for five minutes, five tries and one use.

    It is written for any number and phone alike; only the sending job looks whether they belong
    to a person, so that asking tells nothing.
    """

    id_digest = models.BinaryField(max_length=32, unique=True)
    phone_digest = models.BinaryField(max_length=32)
    code = SealedTextField()
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"code {self.pk}"
