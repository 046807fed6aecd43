"""Applying and endorsing: check, accept, ask the departments, decide; one way for both businesses."""

from dataclasses import dataclass
from datetime import date, datetime

from juzhu.domain.findings import Decision
from juzhu.domain.vocabulary import Business, Source
from juzhu.modules.cases.contracts import Application, CaseView


@dataclass(frozen=True, slots=True, kw_only=True)
class Precheck:
    """What the state already knows, before anything is asked of the person.

    Attributes:
        decision: what the law would say today.
        address: the registered home now, "" when none or unknown.
        living_since: first day of the continuous residence, None when none or unknown.
        living_months: full months of it.
        employer: paying employer, "" when none or unknown.
        insured_months: longest running month count of one insurance kind, None when unknown.
        silent: departments that did not answer.

    """

    decision: Decision
    address: str
    living_since: date | None
    living_months: int
    employer: str
    insured_months: int | None
    silent: tuple[Source, ...]


def precheck(*, person_id: int, business: Business, at: datetime) -> Precheck:
    """Ask the departments and say what the law would decide now; nothing is applied for."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Submitted:
    """The case exists; `case` is decided if the departments answered in time."""

    case: CaseView


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """A live case of this business exists; nothing new was made (一人一件)."""

    number: str


def submit(*, person_id: int, application: Application, at: datetime) -> Submitted | AlreadyOpen:
    """Accept, ask and decide. The same idempotency key gives the same case again."""
    raise NotImplementedError


def pursue(*, number: str, at: datetime) -> CaseView:
    """Ask again and decide a live case; a closed one is returned as it is."""
    raise NotImplementedError


def withdraw(*, person_id: int, number: str, at: datetime) -> CaseView:
    """Withdraw a case before its decision; a closed one is returned as it is."""
    raise NotImplementedError


def ask_review(*, person_id: int, number: str, at: datetime) -> CaseView:
    """Put a refused case before an officer (PIPL 第二十四条); repeating changes nothing."""
    raise NotImplementedError


def remind(*, person_id: int, number: str, at: datetime) -> CaseView:
    """Have the person told by SMS on the earliest day named by a refusal."""
    raise NotImplementedError
