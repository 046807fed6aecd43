"""What may leave the cards module, and what comes in."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from juzhu.domain.card import CardEvent, CardGround, CardState


class CardNotFoundError(LookupError):
    """There is no such card, or it is not this person's."""


class VoidReason(StrEnum):
    """Why a card is void."""

    REPORTED_LOST = "reported_lost"
    REPLACED = "replaced"
    PERMIT_ENDED = "permit_ended"
    HOLDER_DIED = "holder_died"


class By(StrEnum):
    """Against what a card was handed over."""

    HOLDER = "holder"  # the holder, identity card read
    AGENT = "agent"  # the named agent, both identity cards read


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """A card to be made.

    Attributes:
        case_number: the case it comes from; one card per case.
        delivery: `point` or `post`.
        point: code of the acceptance point, "" when posted.
        printed_on: the day of issue that the card shows (签发日期); of a reissued card a new one.
        due_on: last day by which the law wants it made and ready.

    """

    person_id: int
    permit_id: int
    case_number: str
    ground: CardGround
    delivery: str
    point: str
    printed_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened to a card.

    Attributes:
        making: which making of the card it belongs to, from 1.
        detail: short words, e.g. reason, point, tracking number; never personal data.
        actor: `officer:…`, `factory`, `system:…`.

    """

    kind: CardEvent
    at: datetime
    making: int
    actor: str
    detail: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card as it stands.

    Attributes:
        number: production number (制证号), known to the factory.
        making: how many times it has been started; above 1 an earlier one was spoiled or lost.
        serial: chip number of the card made last, "" before.
        tracking: the carrier's number, "" before it is on its way.
        pickup_code: for the carrier's messenger, "" unless it is in the post.
        point: where it is to be fetched, or lies.

    """

    id: int
    number: str
    person_id: int
    permit_id: int
    case_number: str
    ground: CardGround
    state: CardState
    state_at: datetime
    ordered_at: datetime
    due_on: date
    printed_on: date
    delivery: str
    point: str
    making: int
    serial: str
    tracking: str
    pickup_code: str
    events: tuple[EventView, ...] = field(default=())

    @property
    def line(self) -> str:
        """The name under which the factory knows this making."""
        return f"{self.number}-{self.making}"

    def happened(self, kind: CardEvent) -> datetime | None:
        """Return when this last happened to the card; None if it never did."""
        return next((e.at for e in reversed(self.events) if e.kind is kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A production file (制证文件).

    Attributes:
        sha256: of the file, in hexadecimal.
        receipt: the factory's number for it, "" until it has taken it.
        open_lines: lines that the factory has not acknowledged.

    """

    id: int
    number: str
    made_at: datetime
    lines: int
    open_lines: int
    sha256: str
    receipt: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One line of what the factory and its carrier tell, in their order.

    Attributes:
        number: its place, rising.
        line: the making it is about.
        serial: chip number, with MADE.
        tracking: with SHIPPED and POSTED.
        code: pickup code, with POSTED.
        reason: with TURNED_DOWN, SPOILED, RETURNED, LOST and REFUSED.

    """

    number: int
    line: str
    kind: CardEvent
    at: datetime
    serial: str = ""
    tracking: str = ""
    code: str = ""
    reason: str = ""
