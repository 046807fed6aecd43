"""What may leave the cases module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from juzhu.domain.card import CardGround
from juzhu.domain.findings import Finding
from juzhu.domain.vocabulary import Business, Outcome, Route, Source
from juzhu.modules.desk.contracts import Hand
from juzhu.modules.evidence.contracts import AnswerView


class CaseState(StrEnum):
    """Where a case stands. The first four are live: one such case per person and business."""

    ACCEPTED = "accepted"  # 已受理, the departments are being asked
    WAITING = "waiting"  # a source is silent; it is asked again by itself
    IN_REVIEW = "in_review"  # an officer decides (人工复核)
    TO_PAY = "to_pay"  # granted; takes effect when the fee is paid (待缴费)
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNPAID = "unpaid"  # the fee was not paid in time: the procedure has ended
    UNDONE = "undone"  # endorsed without asking and taken back by the holder
    ENDED = "ended"  # nothing left to decide, e.g. Shenzhen hukou obtained meanwhile


UNDECIDED = (CaseState.ACCEPTED, CaseState.WAITING, CaseState.IN_REVIEW)
LIVE = (*UNDECIDED, CaseState.TO_PAY)


class CardDelivery(StrEnum):
    """How the holder wants the card. The permit is in force before any card."""

    NONE = "none"
    POINT = "point"  # collect at an acceptance point (受理点)
    POST = "post"  # to the registered address, postage paid by the applicant


class Channel(StrEnum):
    """Where an application came from; a statement of the person's own device, proof of nothing."""

    WEB = "web"  # the portal, in any browser
    WECHAT = "wechat"  # the official account (公众号)
    MINI_PROGRAM = "mini_program"  # 小程序
    APP = "app"  # the police app
    COUNTER = "counter"  # an officer acted for the person: both are on the record
    PROACTIVE = "proactive"  # 无感智办: nobody asked; a standing consent did


@dataclass(frozen=True, slots=True)
class Agent:
    """A collecting agent (代领人): may fetch the card with both persons' identity cards."""

    name: str
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What the applicant gives; everything else is already known to the state.

    Attributes:
        key: idempotency key from the form; the same key is the same application.
        phone: mobile number for the result, 11 digits.
        delivery: how to receive the card.
        point: code of the acceptance point when delivery is POINT, else "".
        agent: collecting agent, if one is named.
        hand: the officer who acts for the person, and how the person was identified.
        ground: why a card is made anew; None for first issue and endorsement.
        mandate_id: the mandate under which a relative or friend applies, None when nobody does.

    """

    business: Business
    key: str
    phone: str
    delivery: CardDelivery = CardDelivery.NONE
    point: str = ""
    agent: Agent | None = None
    channel: Channel = Channel.WEB
    hand: Hand | None = None
    ground: CardGround | None = None
    mandate_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case as its owner may see it.

    Attributes:
        number: acceptance number (受理号), e.g. SL20261123004518.
        accepted_on: acceptance day, decisive for every time limit.
        decided_at: when the present outcome was given; None while live.
        took_ms: milliseconds from acceptance to decision, None while live.
        findings: of the latest decision; while WAITING those of the attempt that found a silence.
        earliest_day: first day on which it would pass if things stay as they are.
        answers: what each department answered at the latest attempt.
        silent: the sources that did not answer at the latest attempt.
        next_try_at: when the system asks again by itself.
        answer_by: last day of the statutory limit for a reasoned answer.
        phone_tail: last four digits of the phone that gets the result.
        agent_name: collecting agent, "" when none.
        permit_number: the permit issued or endorsed, "" when none.
        review_asked_at: when the person asked for a human review.
        remind_on: day of the reminder the person asked for.
        reviewed_at: when an officer answered the human review.
        corrected_at: when a department's corrected data turned out to meet the conditions.
        officer: staff number of the officer who applied for the person, "" when they did.
        helper: masked name of the relative or friend who applied under a mandate, "" for nobody.
        ruling: the officer's decision, None when the machine decided.
        channel: where it came from.
        ground: why a card is made anew; None for first issue and endorsement.
        undo_by: last day to take back an endorsement made without asking; None for any other case.

    """

    number: str
    person_id: int
    business: Business
    state: CaseState
    accepted_at: datetime
    accepted_on: date
    decided_at: datetime | None
    took_ms: int | None
    route: Route | None
    findings: tuple[Finding, ...]
    earliest_day: date | None
    answers: tuple[AnswerView, ...]
    silent: tuple[Source, ...]
    next_try_at: datetime | None
    answer_by: date
    phone_tail: str
    delivery: CardDelivery
    point: str
    agent_name: str
    permit_number: str
    review_asked_at: datetime | None
    remind_on: date | None
    reviewed_at: datetime | None
    corrected_at: datetime | None
    officer: str
    helper: str
    ruling: "Ruling | None"
    channel: Channel
    ground: CardGround | None
    undo_by: date | None


class RulingReason(StrEnum):
    """Why an officer decides so; each belongs to one outcome (see `cases.rulings`)."""

    SAME_PERSON = "same_person"  # the name is written differently, the person is the same
    RECORD_CORRECTED = "record_corrected"  # the department has corrected its register
    DOCUMENTS_SEEN = "documents_seen"  # the originals show that the condition is met
    NOT_SAME_PERSON = "not_same_person"
    NOT_MET = "not_met"  # the condition is not met on what was seen
    NOT_SHOWN = "not_shown"  # asked for once, and not brought


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """An officer's decision on a case (人工复核), with its reason in the person's words.

    Attributes:
        words: what the person reads beside the reason.
        citation: instrument and article.
        by: staff number of the officer; "" before it is given.
        second_by: staff number of the one who gave the second signature, "" when none was needed.

    """

    outcome: Outcome
    reason: RulingReason
    words: str
    citation: str
    by: str = ""
    second_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A ruling that changes a given decision and waits for a second signature."""

    ruling: Ruling
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """A case before the officers.

    Attributes:
        asked: the person asked for the review of a refusal; else the machine could not decide.
        due: last day for a reasoned answer.
        issue_by: last day to issue what is granted; None when nothing was left open.
        days_left: working days until `due`, 0 on the day itself, below 0 after it.
        claimed_by: staff number of whoever works on it, "" for nobody.
        proposal: the ruling that waits for a second signature.

    """

    case: CaseView
    asked: bool
    due: date
    issue_by: date | None
    days_left: int
    claimed_by: str
    claimed_at: datetime | None
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class DayOfCases:
    """Applications of one day through one channel."""

    day: date
    channel: Channel
    count: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast cases were answered.

    Attributes:
        answered: cases with an answer, whatever it was.
        at_once: of those, answered within a minute and by no officer (秒批).
        median_seconds: half took no longer.
        slow_seconds: 95 % took no longer.

    """

    answered: int
    at_once: int
    median_seconds: float
    slow_seconds: float
