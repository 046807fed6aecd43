"""What one check of `juzhu doctor` found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How serious a finding is. Only FAIL makes the command fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found, and what to do when it is not well."""

    name: str
    level: Level
    found: str
    advice: str = ""
