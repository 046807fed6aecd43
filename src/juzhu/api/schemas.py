"""What travels in bodies and answers of the typed endpoints."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from ninja import Schema
from pydantic import (
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
)

from juzhu.modules.partners import jose
from juzhu.modules.partners.contracts import AnswerField, Scope
from juzhu.modules.webhooks.contracts import DeliveryState, TargetState
from juzhu.ports.clock import written

_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _an_instant(value: object) -> object:
    """Take what RFC 3339 writes; numbers and other spellings are nobody's instant."""
    if isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    raise ValueError("an instant is written as 2026-01-31T09:00:00+08:00")


def _a_day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("a day is written as 2026-01-31")


Instant = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_an_instant),
    PlainSerializer(written, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""An instant, read with any offset and written with Shenzhen's (`ports.clock.written`)."""
Day = Annotated[date, Field(strict=False), BeforeValidator(_a_day)]
"""A civil day in Asia/Shanghai."""


class Strict(Schema):
    """Nothing is guessed and nothing unknown is let in."""

    model_config = ConfigDict(strict=True, extra="forbid")


def example(**members: Any) -> ConfigDict:
    """Return the configuration of a body that shows one example of itself."""
    return ConfigDict(strict=True, extra="forbid", json_schema_extra={"examples": [members]})


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


_COORDINATE: Final = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"  # 32 bytes in base64url
_Coordinate = Annotated[str, Field(pattern=_COORDINATE)]


class _Jwk(Strict):
    """What all public keys may say; `kid` is the key's name here, left out: its thumbprint."""

    kid: str | None = Field(default=None, pattern=f"^{jose.KID.pattern}$")
    use: Literal["sig"] | None = None
    key_ops: list[Literal["verify"]] | None = None


class Ed25519Jwk(_Jwk):
    """An Ed25519 key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    alg: Literal["EdDSA", "Ed25519"] | None = None
    x: _Coordinate


class P256Jwk(_Jwk):
    """A P-256 key (RFC 7518)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    alg: Literal["ES256"] | None = None
    x: _Coordinate
    y: _Coordinate


class NewKey(Strict):
    """A public key to be registered (RFC 7517)."""

    model_config = example(
        jwk={
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",  # RFC 8037, appendix A.2
        }
    )

    jwk: Annotated[Ed25519Jwk | P256Jwk, Field(discriminator="kty")]

    @field_validator("jwk", mode="before")
    @classmethod
    def _is_public(cls, value: object) -> object:
        if isinstance(value, dict) and "d" in value:
            raise ValueError("This is a private key: destroy it and register a public one.")
        return value


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
    corrects: str | None = Field(
        default=None,
        description="Of a correction that takes no event back: `id_number`, the citizen number.",
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
