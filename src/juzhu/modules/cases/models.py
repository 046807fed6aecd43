"""Cases and decisions. Decisions are append-only by trigger."""

from django.db import models

from juzhu.modules.cases.contracts import LIVE
from juzhu.modules.vault.fields import SealedTextField


class Case(models.Model):
    """An application (业务申请) from acceptance (受理) to its end."""

    number = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    business = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    key = models.CharField(max_length=64)  # idempotency key, unique per person
    state = models.CharField(max_length=16)
    accepted_at = models.DateTimeField()
    accepted_on = models.DateField()  # civil day in Asia/Shanghai; decisive for time limits
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    permit = models.ForeignKey(
        "permits.Permit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    phone = SealedTextField()
    delivery = models.CharField(max_length=8)
    point = models.CharField(max_length=32, blank=True)
    agent = SealedTextField(null=True)  # JSON of the collecting agent (代领人)
    review_asked_at = models.DateTimeField(null=True)
    remind_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="cases_one_case_per_key"),
            models.UniqueConstraint(
                fields=["person", "business"],
                condition=models.Q(state__in=[state.value for state in LIVE]),
                name="cases_one_live_case",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[state.value for state in LIVE], closed_at__isnull=True
                )
                | ~models.Q(state__in=[state.value for state in LIVE])
                & models.Q(closed_at__isnull=False),
                name="cases_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Decision(models.Model):
    """One evaluation of a case, replayable: rule-set, facts, receipts, findings, in one record."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    attempt = models.PositiveSmallIntegerField()
    decided_at = models.DateTimeField()
    outcome = models.CharField(max_length=8)
    route = models.CharField(max_length=8, blank=True)
    ruleset = models.CharField(max_length=64)
    findings = models.JSONField()  # numbers, days and articles only; no identifier
    earliest_day = models.DateField(null=True)
    facts = models.BinaryField()  # canonical JSON of the facts, sealed
    digest = models.BinaryField(max_length=32)  # SHA-256 over facts, receipts and result

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "attempt"], name="cases_one_decision_per_try")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} ({self.attempt})"
