"""What may leave the cases module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from juzhu.domain.findings import Finding
from juzhu.domain.vocabulary import Business, Route, Source
from juzhu.modules.evidence.contracts import AnswerView


class CaseState(StrEnum):
    """Where a case stands. The first three are live: one such case per person and business."""

    ACCEPTED = "accepted"  # 已受理, the departments are being asked
    WAITING = "waiting"  # a source is silent; it is asked again by itself
    IN_REVIEW = "in_review"  # an officer decides (人工复核)
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"  # nothing left to decide, e.g. Shenzhen hukou obtained meanwhile


LIVE = (CaseState.ACCEPTED, CaseState.WAITING, CaseState.IN_REVIEW)


class CardDelivery(StrEnum):
    """How the holder wants the card. The permit is in force before any card."""

    NONE = "none"
    POINT = "point"  # collect at an acceptance point (受理点)
    POST = "post"  # to the registered address, postage paid by the applicant


class Channel(StrEnum):
    """Where an application came from."""

    WEB = "web"


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
        still_living_here: for an endorsement, the person's own statement.

    """

    business: Business
    key: str
    phone: str
    delivery: CardDelivery = CardDelivery.NONE
    point: str = ""
    agent: Agent | None = None
    channel: Channel = Channel.WEB


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
