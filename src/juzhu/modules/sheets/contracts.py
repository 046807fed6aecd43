"""What may leave the sheets module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from juzhu.domain.sheet import Standing


class SheetState(StrEnum):
    """Where a sheet stands in its making."""

    ASKED = "asked"  # wanted, not sealed yet; it follows by itself
    MADE = "made"
    HELD = "held"  # it cannot be printed as it must be: an officer looks at it


class Hold(StrEnum):
    """Why a sheet is held for an officer."""

    GLYPH = "glyph"  # a character of name or address is in no font
    PHOTO = "photo"  # the photograph held is no picture


class ShareField(StrEnum):
    """What a share code may show; the holder lists them one by one."""

    STANDING = "standing"
    VALID_THROUGH = "valid_through"
    CONTINUOUS_SINCE = "continuous_since"
    FIRST_ISSUED_ON = "first_issued_on"
    HELD_PERIODS = "held_periods"  # 持证期间: first and last day of each
    NAME = "name"
    SHEET = "sheet"  # a sealed sheet, whole; fetched by departments at the exchange only


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """A sheet as its holder may see it.

    Attributes:
        number: sheet number.
        check_code: what a checker types; "" until made.
        hold: why it is held, None unless HELD.
        held_for: the characters without a glyph, when held for them.
        file_until: last day on which the file can be fetched here.
        withdrawn_at: when the holder took it back.

    """

    id: int
    number: str
    person_id: int
    state: SheetState
    purpose: str
    asked_at: datetime
    made_at: datetime | None
    check_code: str
    standing: Standing | None
    valid_through: date | None
    hold: Hold | None
    held_for: str
    file_until: date
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSheet:
    """A held sheet as the officer's list shows it; whose it is is looked up, and written down.

    Attributes:
        sheet_id: our own number of it.
        number: sheet number.
        person_id: the holder.
        hold: why.
        characters: those without a glyph, when held for them.
        asked_at: when the holder asked for it.

    """

    sheet_id: int
    number: str
    person_id: int
    hold: Hold
    characters: str
    asked_at: datetime


class CheckResult(StrEnum):
    """What a public check answers."""

    TRUE = "true"  # issued by us, and what it says still holds
    CHANGED = "changed"  # issued by us, but the permit stands otherwise now
    WITHDRAWN = "withdrawn"  # the holder took it back
    UNKNOWN = "unknown"  # nothing was issued under this code or with these bytes
    DAMAGED = "damaged"  # a file with our seal that is not as we issued it


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """The answer to a public check: masked data only, to compare with the paper item by item."""

    result: CheckResult
    name: str = ""
    id_number: str = ""
    purpose: str = ""
    made_at: datetime | None = None
    standing_then: Standing | None = None
    valid_through_then: date | None = None
    standing_now: Standing | None = None
    valid_through_now: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A share code as its holder may see it."""

    id: int
    code: str
    purpose: str
    fields: tuple[ShareField, ...]
    made_at: datetime
    expires_on: date
    revoked_at: datetime | None
    uses: int
    tell_me: bool


@dataclass(frozen=True, slots=True)
class OpenedShare:
    """A share code that has just been opened: whose, what for, and what it shows."""

    share_id: int
    person_id: int
    purpose: str
    fields: tuple[ShareField, ...]
