"""Messages to people, and which provider carries them."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from juzhu.modules.vault.fields import SealedTextField


class Message(models.Model):
    """One message: written once per person and subject, sent once, kept in the inbox.

    It is its own place in the queue: `delivery` says where it stands. No phone number is kept
    here; where to send is looked up when it is sent, and its keyed digest is noted then.
    """

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=24)
    edition = models.PositiveSmallIntegerField(db_default=1)  # of the text: what was said stays
    subject = models.CharField(max_length=60)  # what makes it once: acceptance number, permit/day
    case_number = models.CharField(max_length=20, blank=True, db_default="")
    permit_number = models.CharField(max_length=18, blank=True, db_default="")
    values = models.JSONField()  # what the text is filled with; no identifier, no secret
    secret = SealedTextField(null=True)  # JSON of those that are secret (`notices.secrets`)
    written_at = models.DateTimeField()
    due_on = models.DateField()
    deadline = models.DateField()  # last day on which the person can still act
    at_screen = models.BooleanField(db_default=False)  # the person waits for it: rings at any hour
    delivery = models.CharField(max_length=12)
    not_before = models.DateTimeField(
        null=True
    )  # next step of a postponed, held or handed-over one
    provider = models.CharField(max_length=16, blank=True, db_default="")  # the last one tried
    pinned = models.BooleanField(db_default=False)  # that one perhaps has it: no other may send it
    attempts = models.PositiveSmallIntegerField(db_default=0)
    phone_digest = models.BinaryField(max_length=32, null=True)
    tried_at = models.DateTimeField(null=True)  # first handing over
    sent_at = models.DateTimeField(null=True)  # taken by the provider
    delivered_at = models.DateTimeField(null=True)
    gateway_number = models.CharField(max_length=64, blank=True, db_default="")
    failure = models.CharField(max_length=16, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "occasion", "subject"], name="notices_said_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(delivery__in=["postponed", "sending"])
                | models.Q(not_before__isnull=False),
                name="notices_later_says_when",
            ),
        ]
        indexes = [
            BrinIndex(fields=["written_at"], name="notices_message_time", autosummarize=True),
            models.Index(
                fields=["due_on"],
                condition=models.Q(delivery="scheduled"),
                name="notices_scheduled",
            ),
            models.Index(
                models.F("at_screen").desc(),
                "deadline",
                "id",
                condition=models.Q(delivery="queued"),
                name="notices_queue",
            ),
            models.Index(
                fields=["delivery", "not_before"],
                condition=models.Q(
                    delivery__in=["postponed", "sending", "held", "handed_over"],
                    not_before__isnull=False,
                ),
                name="notices_next_step",
            ),
            models.Index(
                fields=["provider", "gateway_number"],
                condition=~models.Q(gateway_number=""),
                name="notices_by_gateway_number",
            ),
            models.Index(
                fields=["phone_digest", "sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="notices_by_phone",
            ),
            models.Index(
                fields=["person", "due_on"],
                condition=models.Q(
                    delivery__in=["failed", "held", "no_phone"],
                    occasion__in=["days_1", "suspended", "ends_in_7", "cancelled"],
                ),
                name="notices_unreached",
            ),
            models.Index(
                fields=["tried_at"],
                condition=models.Q(tried_at__isnull=False),
                name="notices_by_attempt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occasion} {self.subject}"


class Carrier(models.Model):
    """A change of the provider that carries messages; the latest row says who does."""

    at = models.DateTimeField()
    provider = models.CharField(max_length=16)
    before = models.CharField(max_length=16, blank=True)
    messages = models.PositiveIntegerField()  # of the one before, in the last 15 minutes
    slow = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.before} to {self.provider}"


class CalendarFeed(models.Model):
    """The address under which a person's phone reads the days to come; one a person.

    Only the digest of its secret part is kept: whoever reads the table cannot read the calendar.
    """

    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="+")
    secret_digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"


class WechatBinding(models.Model):
    """A WeChat account that belongs to a person; a row that ended is kept."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    openid = SealedTextField()
    openid_digest = models.BinaryField(max_length=32)
    bound_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why_ended = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ended_at__isnull=True),
                name="notices_one_wechat_of_a_person",
            ),
            models.UniqueConstraint(
                fields=["openid_digest"],
                condition=models.Q(ended_at__isnull=True),
                name="notices_one_person_of_a_wechat",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, why_ended="")
                | models.Q(ended_at__isnull=False) & ~models.Q(why_ended=""),
                name="notices_binding_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"binding {self.pk}"


class WechatNote(models.Model):
    """A message on its way to WeChat, beside its SMS or instead of it; like it, its own queue."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="wechat")
    binding = models.ForeignKey(WechatBinding, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    not_before = models.DateTimeField(null=True)  # next attempt, or the end of a worker's claim
    attempts = models.PositiveSmallIntegerField(db_default=0)
    tried_at = models.DateTimeField(null=True)  # when WeChat may first have taken it
    number = models.CharField(max_length=32, blank=True, db_default="")
    why = models.CharField(max_length=40, blank=True, db_default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["queued", "sending"])
                | models.Q(not_before__isnull=False),
                name="notices_wechat_says_when",
            )
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="notices_wechat_queue",
            ),
            models.Index(
                fields=["number"], condition=~models.Q(number=""), name="notices_wechat_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.message_id}"


class FollowUp(models.Model):
    """Somebody of the community tells a person what no message could; one for each message."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="follow_up")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    district = models.CharField(max_length=6, blank=True)
    address = SealedTextField(null=True)  # until it is settled
    why = models.CharField(max_length=16)
    opened_at = models.DateTimeField()
    taken_by = models.CharField(max_length=32, blank=True)
    taken_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(result="", settled_at__isnull=True)
                | ~models.Q(result="")
                & ~models.Q(taken_by="")
                & models.Q(settled_at__isnull=False, address__isnull=True),
                name="notices_followed_up_whole",
            )
        ]
        indexes = [
            models.Index(
                fields=["district"], condition=models.Q(result=""), name="notices_followup_open"
            )
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
