"""What may leave the notices module, and what comes in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Occasion(StrEnum):
    """Why a message is written; each has its texts in `notices.texts`."""

    ISSUED = "issued"
    ENDORSED = "endorsed"
    ENDORSED_FOR_YOU = "endorsed_for_you"  # by the standing consent, without asking
    ENDORSEMENT_UNDONE = "endorsement_undone"
    NOT_ENDORSED_YET = "not_endorsed_yet"  # a consent is there, the conditions are not
    EXTENDED = "extended"  # a fault that was not theirs
    REFUSED = "refused"
    WAITING = "waiting"  # a department is silent; the case is kept
    IN_REVIEW = "in_review"
    WITHDRAWN = "withdrawn"
    BEING_CORRECTED = "being_corrected"  # corrected data: officers look at a refusal again
    CORRECTED = "corrected"  # and it is granted after all
    # The ladder (提醒): what the calendar makes true of a permit, from the window to the end.
    WINDOW_OPENED = "window_opened"
    DAYS_30 = "days_30"  # days left to endorse, the day of writing not counted
    DAYS_7 = "days_7"
    DAYS_1 = "days_1"
    SUSPENDED = "suspended"
    STILL_SUSPENDED = "still_suspended"  # on each anniversary of the suspension
    ENDS_IN_60 = "ends_in_60"  # days left before the cancellation by two years
    ENDS_IN_30 = "ends_in_30"
    ENDS_IN_7 = "ends_in_7"
    CANCELLED = "cancelled"
    CANCELLED_HUKOU = "cancelled_hukou"  # a register told it; the person may say it is wrong
    END_ANNULLED = "end_annulled"  # the holder had not asked for the cancellation
    END_STANDS = "end_stands"  # they say so, and it stands all the same
    RESTORED = "restored"  # a cancellation that should never have been
    NUMBER_CORRECTED = "number_corrected"  # everything stays the person's
    FRAUD_NOTICE = "fraud_notice"  # heard before anything is decided
    FRAUD_DROPPED = "fraud_dropped"
    FRAUD_CANCELLED = "fraud_cancelled"
    COPY_READY = "copy_ready"  # of everything held about the person
    SHEET_READY = "sheet_ready"
    SHEET_HELD = "sheet_held"  # a rare character: an officer makes it
    SHEET_PHOTO = "sheet_photo"  # the photograph held cannot be read: likewise
    SHARE_USED = "share_used"
    DATA_ANSWERED = "data_answered"  # data the person said are wrong
    DISPUTE_ANSWERED = "dispute_answered"  # a look the person did not accept
    PHONE_CHANGED = "phone_changed"  # at a counter; the old number is told by itself
    AGENT_CHANGED = "agent_changed"
    HELPER_NAMED = "helper_named"  # a relative or friend may act for the person
    HELPER_APPLIED = "helper_applied"
    HELPER_PAYS = "helper_pays"
    HELPER_SHEET = "helper_sheet"
    HELPER_ENDED = "helper_ended"
    PAYMENT_RETURNED = "payment_returned"  # paid late, twice or another amount: gone back
    FEE_REFUNDED = "fee_refunded"  # given back by officers
    MAY_APPLY_NOW = "may_apply_now"  # the reminder asked for after a refusal
    FEE_DUE = "fee_due"  # granted; the card is made once the fee is paid
    FEE_LAPSED = "fee_lapsed"  # not paid in time: the procedure has ended
    CARD_ORDERED = "card_ordered"  # paid, or nothing to pay: it is being made
    CARD_READY = "card_ready"  # at the acceptance point
    CARD_POSTED = "card_posted"
    CARD_CAME_BACK = "card_came_back"  # the post could not deliver it; it lies at a point
    CARD_FETCHED = "card_fetched"  # by the agent
    CARD_DELIVERED = "card_delivered"  # by the post
    CARD_REFUSED = "card_refused"  # somebody came for it and did not get it
    CARD_WAITS = "card_waits"  # nobody has fetched it for long
    CARD_DESTROYED = "card_destroyed"  # nobody has fetched it for too long
    WECHAT_BOUND = "wechat_bound"
    WECHAT_LEFT = "wechat_left"  # a bound account was given up or taken over
    PHONE_DOUBTED = "phone_doubted"  # nothing is sent to the number any more; inbox only


BEFORE_SUSPENSION = (Occasion.WINDOW_OPENED, Occasion.DAYS_30, Occasion.DAYS_7, Occasion.DAYS_1)
"""The part of the ladder that asks for an endorsement on time, in order."""

BEFORE_END = (
    Occasion.SUSPENDED,
    Occasion.STILL_SUSPENDED,
    Occasion.ENDS_IN_60,
    Occasion.ENDS_IN_30,
    Occasion.ENDS_IN_7,
)
"""The part that asks for a late endorsement before the permit ends, in order."""


LADDER_ENDS = (Occasion.DAYS_1, Occasion.SUSPENDED, Occasion.ENDS_IN_7, Occasion.CANCELLED)
"""The last words before something is lost, and the news of it."""


class Delivery(StrEnum):
    """Where a message's SMS stands."""

    SCHEDULED = "scheduled"  # for a later day; not yet in the inbox
    POSTPONED = "postponed"  # for a later hour: night, a limit reached, or the next attempt
    QUEUED = "queued"  # to be handed over now
    SENDING = "sending"  # in the hands of a worker
    HANDED_OVER = "handed_over"  # the provider has taken it
    DELIVERED = "delivered"  # on the phone
    HELD = "held"  # it may have been sent: asked about, never sent again
    FAILED = "failed"  # it will not arrive; `Failure` says why
    NO_PHONE = "no_phone"  # shown in the inbox only
    NEEDLESS = "needless"  # no longer true when it was to be sent; not shown


class Failure(StrEnum):
    """Why an SMS did not arrive."""

    REFUSED = "refused"  # the provider will never take it
    UNREACHABLE = "unreachable"  # the phone was off or full for too long
    NO_SUBSCRIBER = "no_subscriber"  # the number is nobody's or somebody else's now
    NEVER_TAKEN = "never_taken"  # no provider took it before its last useful day
    NO_ANSWER = "no_answer"  # taken, but no receipt came


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to be written in bulk; the phone is looked up when it is sent.

    Attributes:
        person_id: to whom.
        occasion: which text.
        subject: what makes it once for this person and occasion.
        values: what the text is filled with; days as ISO text; no identifier.
        due_on: the legal day it belongs to, not the day on which it happens to be written.
        deadline: the last day on which the person can still act; the sending goes by it.
        permit_number: the permit it is about; its condition is checked again before sending.
        useful: False records that it fell due while nothing ran and would not help any more.

    """

    person_id: int
    occasion: Occasion
    subject: str
    values: Mapping[str, str | int]
    due_on: date
    deadline: date
    permit_number: str = ""
    useful: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message in the hands of this worker, for its next attempt.

    Attributes:
        provider: who has to carry it.
        attempts: which attempt this is, from 1.
        pinned: an earlier attempt may have reached the provider.

    """

    id: int
    person_id: int
    occasion: Occasion
    edition: int
    values: Mapping[str, str | int]
    case_number: str
    permit_number: str
    due_on: date
    deadline: date
    at_screen: bool
    provider: str
    attempts: int
    pinned: bool = False

    @property
    def key(self) -> str:
        """The key under which a provider knows it; the same at every attempt."""
        return f"message-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What becomes of a claimed message.

    Attributes:
        delivery: its next state.
        number: the provider's number of it, when it has taken it.
        phone_digest: keyed digest of the number it was sent to, None when it was not tried.
        not_before: when its next step is due.
        pinned: only the provider just tried may go on with it.
        failure: why it will not arrive.

    """

    id: int
    delivery: Delivery
    number: str = ""
    phone_digest: bytes | None = None
    not_before: datetime | None = None
    pinned: bool = False
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Unreached:
    """A person whom the last message of a ladder did not reach, for the community officer.

    Attributes:
        message_id: of that message; the key of the next page.
        permit_number: the permit it is about.
        occasion: what was to be said.
        deadline: the last day on which the person can act.
        why: state or reason, as `Failure` or `Delivery` has it.

    """

    message_id: int
    person_id: int
    permit_number: str
    occasion: Occasion
    deadline: date
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A message whose fate is to be asked for."""

    id: int
    key: str
    person_id: int
    provider: str
    number: str
    phone_digest: bytes
    tried_at: datetime


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message in a person's inbox.

    Attributes:
        text: Chinese text, as sent.
        text_en: the same in English.
        case_number: the case it is about, "" when none.
        dispute: the dispute it answers, None when none.

    """

    occasion: Occasion
    text: str
    text_en: str
    written_at: datetime
    due_on: date
    delivery: Delivery
    case_number: str
    dispute: int | None
