"""What may leave the faults module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

BY_OUTAGE = "system:outage"
"""Who records a fault that the system noticed by its own calls."""


BY_SILENCE = "system:heartbeat"
"""Who records that this service itself was away."""


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


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day on which a register was silent for some time; somebody says whether it was lost.

    Attributes:
        number: ours.
        minutes: how long it was silent, by day.
        questions: how many questions had no answer.

    """

    number: int
    part: Part
    day: date
    minutes: int
    questions: int


_NAMES: Final = {
    Part.POPULATION: "人口信息",
    Part.HUKOU: "户籍",
    Part.REGISTRATIONS: "居住登记",
    Part.INSURANCE: "社会保险",
    Part.TALENT: "人才",
    Part.ENROLMENT: "学籍",
}


def reason_of(part: Part, minutes: int) -> str:
    """Return why a day was lost, in words that a holder reads."""
    lasted = f"{minutes // 60}小时" if minutes >= 120 else f"{minutes}分钟"
    return f"{_NAMES[part]}系统当天有{lasted}没有答复"
