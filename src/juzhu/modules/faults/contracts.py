"""What may leave the faults module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Part(StrEnum):
    """What was down: this service, or a department's register it decides from."""

    SERVICE = "service"
    POPULATION = "population"
    HUKOU = "hukou"
    REGISTRATIONS = "registrations"
    INSURANCE = "insurance"
    TALENT = "talent"
    ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class FaultView:
    """A fault on record.

    Attributes:
        number: ours.
        part: what was down.
        first: first day.
        last: last day, inclusive.
        reason: in words a holder reads.
        recorded_by: operator's name or `system:heartbeat`.
        recorded_at: when.

    """

    number: int
    part: Part
    first: date
    last: date
    reason: str
    recorded_by: str
    recorded_at: datetime

    @property
    def occasion(self) -> str:
        """How the acts that follow from it name it."""
        return f"fault:{self.number}"
