"""What may leave the permits module."""

from dataclasses import dataclass
from datetime import date

from juzhu.domain.permit import Action, PermitStatus


@dataclass(frozen=True, slots=True)
class PermitView:
    """A permit with its state on the day it was asked for.

    Attributes:
        id: our own number of the permit.
        number: the e-licence code, `440300` + year + eight characters.
        person_id: the holder.
        status: state and dates on the asked day.
        actions: the acts it is folded from, oldest first.

    """

    id: int
    number: str
    person_id: int
    status: PermitStatus
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A permit that has reached a calendar day worth telling its holder about.

    Attributes:
        permit_id: our own number of the permit.
        number: e-licence code.
        person_id: the holder.
        suspended_from: first day without function unless endorsed before.
        ends_on: legal day of cancellation, None while a case holds it.

    """

    permit_id: int
    number: str
    person_id: int
    suspended_from: date
    ends_on: date | None
