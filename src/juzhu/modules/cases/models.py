"""Cases and decisions. Decisions are append-only by trigger."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from juzhu.modules.cases.contracts import LIVE, CaseState
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
    reviewed_at = models.DateTimeField(null=True)
    corrected_at = models.DateTimeField(null=True)  # corrected data met the conditions after all
    officer = models.CharField(max_length=32, blank=True)  # who applied for the person
    identified = models.CharField(max_length=8, blank=True)  # how the officer knew the person
    sampled = models.BooleanField(default=False)  # drawn for a second look
    remind_on = models.DateField(null=True)
    mandate = models.ForeignKey(  # under which a relative or friend applied
        "mandates.Mandate", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ground = models.CharField(max_length=12, blank=True)  # why a card is made anew

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
        indexes = [
            models.Index(
                fields=["accepted_at"],
                condition=models.Q(state=CaseState.IN_REVIEW.value)
                | models.Q(
                    state=CaseState.REFUSED.value,
                    review_asked_at__isnull=False,
                    reviewed_at__isnull=True,
                ),
                name="cases_to_review",
            ),
            models.Index(
                fields=["closed_at"], condition=models.Q(sampled=True), name="cases_sampled"
            ),
            BrinIndex(fields=["accepted_on"], name="cases_case_time", autosummarize=True),
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
    decided_by = models.CharField(max_length=64, default="system:decision")
    second_by = models.CharField(max_length=64, blank=True)  # the second signature
    reason = models.CharField(max_length=32, blank=True)  # of an officer's ruling
    words = SealedTextField(null=True)
    evidence_attempt = models.PositiveSmallIntegerField(null=True)  # whose answers it rests on

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "attempt"], name="cases_one_decision_per_try")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} ({self.attempt})"


class Claim(models.Model):
    """That an officer works on a case; it lapses by itself (see `cases.reviews`)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="claim")
    username = models.CharField(max_length=32)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.username}: {self.case_id}"


class ProposedRuling(models.Model):
    """A ruling that changes a given decision: it takes effect with a second signature only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=32)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=32)
    words = SealedTextField()
    answered_by = models.CharField(max_length=32, blank=True)
    answered_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(answered_at__isnull=True),
                name="cases_one_open_proposal",
            ),
            models.CheckConstraint(
                condition=~models.Q(answered_by=models.F("username")),
                name="cases_second_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.username}"


class SecondLook(models.Model):
    """What an officer found at a second look at an automatic approval."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="second_look")
    username = models.CharField(max_length=32)
    at = models.DateTimeField()
    in_order = models.BooleanField()
    words = SealedTextField(null=True)

    def __str__(self) -> str:
        return f"{self.username}: {'in order' if self.in_order else 'not in order'}"


class Recheck(models.Model):
    """A refused case about which the departments are asked again; gone once it is settled."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="recheck")
    next_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["next_on"], name="cases_recheck_day")]

    def __str__(self) -> str:
        return f"{self.case_id} on {self.next_on}"
