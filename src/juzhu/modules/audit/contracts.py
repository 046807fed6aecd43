"""What may leave the audit module."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """Why somebody looked at or acted on a person's data; the holder reads it in words."""

    PRECHECK = "precheck"  # the conditions were checked before an application
    DECIDE = "decide"  # an application was decided
    SIGN_IN = "sign_in"  # the person signed in
    REGISTER = "register"  # a legacy permit was taken over
    FORECAST = "forecast"  # how the next endorsement or application looks, or a look by consent
    REVIEW = "review"  # an officer looked again
    NIGHT_ROUND = "night_round"  # reminders and calendar notices
    CARD = "card"  # a card was made, and its face given to the card factory
    SHEET = "sheet"  # an information sheet was made for the holder
    CHECK = "check"  # somebody checked a sheet on the public page
    SHARE = "share"  # somebody used a share code of the holder
    COPY = "copy"  # the holder took a copy of everything held
    MANDATE = "mandate"  # the holder let a relative or friend act, or ended it
    HELPER = "helper"  # a relative or friend looked or acted under a mandate
    SELF_SERVICE = "self_service"  # the holder did it on the phone
    DESK_VISIT = "desk_visit"  # the person came to a counter
    DESK_CALL = "desk_call"  # the person called
    SUPERVISION = "supervision"  # an auditor or supervisor checked how it was handled
    LIFE_EVENT = "life_event"  # a register of persons told something about them
    WECHAT = "wechat"  # the holder bound or gave up a WeChat account, or asked there
    FRAUD = "fraud"  # whether a permit was obtained by false statements
    DISPUTE = "dispute"  # an officer answers a look that the holder does not accept
    PAYMENT = "payment"  # an officer saw to a payment or a refund
    # What departments ask the exchange for; equal to the scope of the caller without `verify:`.
    SCHOOL_ENROLMENT = "school-enrolment"  # a child's place in a school
    PLATE_LOTTERY = "plate-lottery"  # 小汽车增量指标
    DRIVING_LICENCE = "driving-licence"
    MARRIAGE = "marriage"  # registration of a marriage
    HOUSING = "housing"  # public housing, rent subsidy
    EXIT_ENTRY = "exit-entry"  # travel documents
    HUKOU_POINTS = "hukou-points"  # 积分入户
    EVENTS = "events"  # a department that asked before was told of a change


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """One look or act to be written; see `services.record_many`.

    Attributes:
        person_id: whose data; None for somebody who is not in the register.
        subject: keyed digest of the citizen number asked about (`people.services.digest_of`), for a
            person who is not in the register: they will read the entry once they are.
        actor: `kind:name`, e.g. `system:decision`, `partner:education`.
        purpose: why.
        at: when.
        fields: names of what was seen.
        occasion: acceptance number, receipt or the like.
        note: outcome in one word, never personal data.
        basis: legal basis as the holder reads it, "" for acts of this service itself.
        visible_from: the law keeps this look confidential until then; None for at once.

    """

    person_id: int | None = None
    subject: bytes | None = None
    actor: str
    purpose: Purpose
    at: datetime
    fields: tuple[str, ...] = ()
    occasion: str = ""
    note: str = ""
    basis: str = ""
    visible_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealView:
    """One seal over a run of entries; see `audit.chain` for what it holds together.

    Attributes:
        number: 1, 2, 3… without a gap.
        after_id: the seal covers entries numbered above this…
        upto_id: …up to this one.
        entries: how many there are; numbers of what was rolled back are missing for good.
        digest: SHA-256 of these entries as text.
        sealed_at: when.
        previous: hash of the seal before, zeros for the first.
        hash: SHA-256 of all of the above.
        key_id: which key signed.
        signature: Ed25519 over the hash.

    """

    number: int
    after_id: int
    upto_id: int
    entries: int
    digest: bytes
    sealed_at: datetime
    previous: bytes
    hash: bytes
    key_id: bytes
    signature: bytes


class FaultKind(StrEnum):
    """What a check of the ledger can find."""

    CHANGED = "changed"  # as many entries as were sealed, but not the same
    DELETED = "deleted"  # fewer entries than were sealed
    INSERTED = "inserted"  # more entries than were sealed
    OUTSIDE = "outside"  # an entry under a number that was never handed out
    SEAL_ALTERED = "seal altered"  # a seal's own hash or signature does not fit
    SEAL_MISPLACED = "seal misplaced"  # a seal missing, added or out of order
    CUT_OFF = "cut off"  # the ledger ends before what is known from elsewhere


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the ledger.

    Attributes:
        kind: what.
        seal: number of the seal concerned, 0 when none.
        detail: which entries, when, how many.

    """

    kind: FaultKind
    seal: int
    detail: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How much a check of the ledger has read.

    Attributes:
        seals: how many seals were checked.
        entries: how many entries they cover.
        unsealed: how many entries no seal covers yet.

    """

    seals: int
    entries: int
    unsealed: int


@dataclass(frozen=True, slots=True)
class DataSubject:
    """Whose ledger is read: by number, and for looks from before they joined by digest.

    Attributes:
        person_id: our number of the person.
        digest: keyed digest of their citizen number (`people.queries.id_digest`).

    """

    person_id: int
    digest: bytes


Place = tuple[datetime, int]
"""A place in a ledger read backwards: instant and number of the last entry read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """What happened on one day in the same way, for "who looked at my data".

    Attributes:
        entry_ids: numbers of the entries told together, the latest first.
        at: when; of several the latest.
        who: actor in the form `kind:name`, e.g. `system:decision`, `partner:education`.
        purpose: why.
        fields: names of what was seen, as keys of `web` texts.
        occasion: acceptance number, receipt of the latest or the like, "" when none.
        basis: legal basis, "" for acts of this service itself.
        delayed: the law kept this look confidential for a time.

    """

    entry_ids: tuple[int, ...]
    at: datetime
    who: str
    purpose: Purpose
    fields: tuple[str, ...]
    occasion: str
    basis: str
    delayed: bool

    @property
    def times(self) -> int:
        """How often the same happened that day."""
        return len(self.entry_ids)


@dataclass(frozen=True, slots=True)
class LookPage:
    """Some looks, newest first, and where to read on; None at the end."""

    looks: tuple[LookView, ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class LookTotals:
    """How many looks there were, and by whom, as the ledger writes it."""

    looks: int
    actors: tuple[str, ...]
