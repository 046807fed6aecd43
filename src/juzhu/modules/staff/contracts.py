"""What may leave the staff module."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is there for; what each may open stands in `counter.permissions`."""

    OFFICER = "officer"  # 受理员: serves people at a counter
    REVIEWER = "reviewer"  # 复核员: decides what the machine could not
    SUPERVISOR = "supervisor"  # 值班长: both, gives the second signature, ends sessions
    AUDITOR = "auditor"  # 审计员: reads all, changes nothing
    ADMINISTRATOR = "administrator"  # 系统管理员: accounts only, no personal data


@dataclass(frozen=True, slots=True)
class Member:
    """Who is signed in: the account, as far as pages need it.

    Attributes:
        username: the staff number by which the account is known everywhere (工号).
        point: code of the acceptance point where the person usually works, "" for none.
        session_id: the running session.

    """

    account_id: int
    username: str
    name: str
    role: Role
    point: str
    session_id: int

    @property
    def actor(self) -> str:
        """The name under which the ledger writes what this person does."""
        return f"officer:{self.username}"


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account for those who look after accounts."""

    username: str
    name: str
    role: Role
    point: str
    disabled: bool
    open_sessions: int
    last_signed_in: datetime | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A running session, for whoever may end it."""

    id: int
    username: str
    name: str
    role: Role
    began_at: datetime
    seen_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a new or reset account signs in with; shown once, kept nowhere in the clear."""

    username: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_uri: str = field(repr=False)


class Refusal(StrEnum):
    """Why nobody was signed in. Wrong name, password and code look the same."""

    NOT_MATCHED = "not_matched"
    LOCKED = "locked"  # five failures for this account
    TOO_MANY = "too_many"  # too many failures from this address


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody signed in; `until` is set when the door is closed for a while."""

    why: Refusal
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session began; `token` goes into the device's cookie and is kept here as a digest only."""

    session_id: int
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Present:
    """A session that holds; `token` is a fresh one for the cookie when it is time to turn."""

    member: Member
    token: str | None = field(default=None, repr=False)
