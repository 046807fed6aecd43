"""Orders and what happened to them. All rows stay as written (triggers, see migrations)."""

from django.db import models

from juzhu.modules.vault.fields import SealedTextField


class Order(models.Model):
    """A fee of one case; another one only after the order before it was called off by mistake."""

    number = models.CharField(max_length=20, unique=True)
    case_id = models.BigIntegerField()
    turn = models.PositiveSmallIntegerField(default=1, db_default=1)
    case_number = models.CharField(max_length=20)
    person_id = models.BigIntegerField(db_index=True)
    fee = models.CharField(max_length=16)
    amount_fen = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    pay_by = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_id", "turn"], name="payments_one_order_of_a_case"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="payments_order_costs_something"
            ),
            models.CheckConstraint(
                condition=models.Q(pay_by__gt=models.F("opened_at")), name="payments_time_to_pay"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderEnd(models.Model):
    """Nothing is to be paid any more: it lapsed, or was called off."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="end")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_id}"


class Attempt(models.Model):
    """One attempt to pay an order by one gateway; on disk before the gateway hears of it."""

    number = models.CharField(max_length=32, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attempts")
    gateway = models.CharField(max_length=16)
    way = models.CharField(max_length=16)
    amount_fen = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class AttemptStep(models.Model):
    """What the gateway said of an attempt other than that it was paid."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8)  # ready, closed
    at = models.DateTimeField()
    link = SealedTextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "kind"], name="payments_step_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["ready", "closed"]), name="payments_known_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of attempt {self.attempt_id}"


class Settlement(models.Model):
    """Money that came for an attempt; at most one of an order counts."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="settlement")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="settlements")
    gateway = models.CharField(max_length=16)
    transaction = models.CharField(max_length=64)
    amount_fen = models.PositiveIntegerField()
    paid_at = models.DateTimeField()
    settled_at = models.DateTimeField()
    surplus = models.CharField(max_length=16, blank=True)
    receipt_number = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "transaction"], name="payments_transaction_once"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(surplus=""), name="payments_paid_once"
            ),
            models.UniqueConstraint(
                fields=["receipt_number"],
                condition=models.Q(surplus=""),
                name="payments_receipt_once",
            ),
            models.CheckConstraint(
                condition=models.Q(surplus="") & ~models.Q(receipt_number="")
                | ~models.Q(surplus="") & models.Q(receipt_number=""),
                name="payments_receipt_of_what_counts",
            ),
        ]
        indexes = [models.Index(fields=["gateway", "paid_at"], name="payments_by_day")]

    def __str__(self) -> str:
        return f"settlement of attempt {self.attempt_id}"


class RefundProposal(models.Model):
    """A refund by hand waits for a second officer; answered once."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="proposals")
    amount_fen = models.PositiveIntegerField()
    words = SealedTextField()
    proposed_by = models.CharField(max_length=32)
    proposed_at = models.DateTimeField()
    answered_by = models.CharField(max_length=32, blank=True)
    answered_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement"],
                condition=models.Q(answered_at__isnull=True),
                name="payments_one_open_proposal",
            ),
            models.CheckConstraint(
                condition=~models.Q(answered_by=models.F("proposed_by")),
                name="payments_second_is_another",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_by="", answered_at__isnull=True, accepted__isnull=True)
                | ~models.Q(answered_by="")
                & models.Q(answered_at__isnull=False, accepted__isnull=False),
                name="payments_answered_wholly",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class Refund(models.Model):
    """Money of a settlement going back; never more than came (trigger)."""

    number = models.CharField(max_length=40, unique=True)
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="refunds")
    proposal = models.OneToOneField(
        RefundProposal, null=True, on_delete=models.PROTECT, related_name="refund"
    )
    amount_fen = models.PositiveIntegerField()
    reason = models.CharField(max_length=16)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="payments_refund_of_something"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="by_hand")
                | models.Q(proposal__isnull=False) & ~models.Q(approved_by=""),
                name="payments_by_hand_has_two",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RefundStep(models.Model):
    """What the gateway said of a refund; one that failed can still be done later."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8)  # done, failed
    at = models.DateTimeField()
    detail = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "kind"], name="payments_refund_step_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["done", "failed"]), name="payments_known_refund_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of refund {self.refund_id}"


class Callback(models.Model):
    """A callback that was taken in: its nonce is taken once."""

    gateway = models.CharField(max_length=16)
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField()
    attempt_number = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "nonce"], name="payments_nonce_once")
        ]

    def __str__(self) -> str:
        return f"callback {self.pk}"


class Bill(models.Model):
    """A gateway's bill of one day, as read."""

    gateway = models.CharField(max_length=16)
    day = models.DateField()
    read_at = models.DateTimeField()
    payments = models.PositiveIntegerField()
    payments_fen = models.PositiveBigIntegerField()
    refunds = models.PositiveIntegerField()
    refunds_fen = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "day"], name="payments_bill_once")
        ]

    def __str__(self) -> str:
        return f"bill of {self.gateway} {self.day}"


class BillLine(models.Model):
    """One payment or refund in a bill."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="lines")
    number = models.CharField(max_length=64, db_index=True)
    transaction = models.CharField(max_length=64)
    amount_fen = models.PositiveIntegerField()
    is_refund = models.BooleanField()

    def __str__(self) -> str:
        return self.number


class Difference(models.Model):
    """Where bill and record differ; an officer answers it, once."""

    gateway = models.CharField(max_length=16)
    day = models.DateField()
    kind = models.CharField(max_length=24)
    number = models.CharField(max_length=64)
    transaction = models.CharField(max_length=64)
    ours_fen = models.PositiveIntegerField(null=True)
    theirs_fen = models.PositiveIntegerField(null=True)
    found_at = models.DateTimeField()
    answered_by = models.CharField(max_length=32, blank=True)
    answered_at = models.DateTimeField(null=True)
    words = SealedTextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "kind", "number"], name="payments_difference_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_by="", answered_at__isnull=True, words__isnull=True)
                | ~models.Q(answered_by="")
                & models.Q(answered_at__isnull=False, words__isnull=False),
                name="payments_difference_answered_wholly",
            ),
        ]
        indexes = [
            models.Index(
                fields=["day"],
                name="payments_open_differences",
                condition=models.Q(answered_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"difference {self.pk}"
