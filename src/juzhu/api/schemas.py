"""What travels in bodies and answers of the typed endpoints."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, PlainSerializer

from juzhu.modules.partners.contracts import AnswerField, Scope
from juzhu.modules.webhooks.contracts import DeliveryState, TargetState


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


Instant = Annotated[
    AwareDatetime,
    Field(strict=False),
    PlainSerializer(_instant, return_type=str),
]
"""An instant with its offset from UTC, as RFC 3339 writes it."""
Day = Annotated[date, Field(strict=False)]
"""A civil day in Asia/Shanghai."""


class Strict(Schema):
    """Nothing is guessed and nothing unknown is let in."""

    model_config = ConfigDict(strict=True, extra="forbid")


class GrantOut(Strict):
    """Leave to ask for one purpose."""

    scope: Annotated[Scope, Field(strict=False)]
    legal_basis: str
    fields: list[Annotated[AnswerField, Field(strict=False)]]
    confidential_days: int
    valid_from: Day
    valid_to: Day | None
    per_subject_per_day: int
    in_force: bool


class KeyOut(Strict):
    """A key by which you may prove yourself."""

    kid: str
    thumbprint: str
    added_at: Instant
    ends_at: Instant | None


class Me(Strict):
    """Your entry in the registry of partners."""

    code: str
    name: str
    contact: str
    dpop: bool
    calls_per_minute: int
    jwks_uri: str | None
    grants: list[GrantOut]
    keys: list[KeyOut]


class NewKey(Strict):
    """A public key to be registered (RFC 7517): Ed25519 or P-256."""

    jwk: Annotated[dict[str, Any], Field(description="The public key; `kid` is its name here.")]


class KeyEnd(Strict):
    """When a key shall be good no longer."""

    ends_at: Instant | None = Field(
        default=None, description="Not in the past; left out: in 24 hours."
    )


class UsageLine(Strict):
    """How often one operation was called on one day, by how it was answered."""

    day: Day
    operation: str
    status: int
    calls: int


class UsageOut(Strict):
    """Your calls; the last seconds may be missing."""

    first: Day
    last: Day
    lines: list[UsageLine]


class EventData(Strict):
    """What an event says: thin on purpose. Verify when you need to know how things stand now."""

    effective_on: Day = Field(description="The legal day; of a correction, the day that was told.")
    recorded_at: Instant = Field(description="When the register wrote it, perhaps long after.")
    undoes: str | None = Field(
        default=None,
        description="Of a correction: the type of the event that is taken back.",
    )


class EventOut(Strict):
    """An event as CloudEvents 1.0 has it."""

    specversion: str
    id: str = Field(description="The same when an event comes again: take each in once.")
    source: str
    type: str
    subject: str = Field(description="The person, under the pseudonym of your verifications.")
    time: Instant = Field(
        description="For suspension and cancellation, the first moment of their legal day."
    )
    datacontenttype: str
    data: EventData


class EventsOut(Strict):
    """A piece of the feed."""

    events: list[EventOut]
    next: str = Field(description="Keep it once you have dealt with `events`; give it as `after`.")
    more: bool = Field(description="Others follow: go on at once, even if `events` is empty.")


class NewWebhook(Strict):
    """An address that shall be nudged."""

    url: str = Field(
        min_length=9,
        max_length=500,
        pattern="^[!-~]+$",
        description="With TLS; the sandbox takes addresses without it too.",
    )


class WebhookOut(Strict):
    """An address of yours and how it stands."""

    id: UUID
    url: str
    state: Annotated[TargetState, Field(strict=False)]
    why: str = Field(description="Of a disabled address, the reason: `gone` or `unreachable`.")
    failures: int = Field(description="Tries that failed in a row.")
    created_at: Instant
    public_keys: list[str] = Field(
        description="Keys that sign now, newest first, as Standard Webhooks writes them."
    )


class WebhooksOut(Strict):
    """Your addresses, oldest first."""

    webhooks: list[WebhookOut]


class HintOut(Strict):
    """One hint and what became of it."""

    id: str = Field(description="The header `webhook-id`; the same at every try and replay.")
    state: Annotated[DeliveryState, Field(strict=False)]
    made_at: Instant
    tries: int
    next_try_at: Instant | None
    outcome: str = Field(description="Of the last try, in a few words.")
    delivered_at: Instant | None


class HintsOut(Strict):
    """Hints to one address, newest first; at most a hundred."""

    hints: list[HintOut]


class Replay(Strict):
    """Which hints to send again: those made between two instants, both included."""

    first: Instant
    last: Instant


class Replayed(Strict):
    """How many hints are sent again; at most 1,000, the oldest."""

    replayed: int
