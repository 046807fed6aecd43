"""What may leave the evidence module."""

from dataclasses import dataclass
from datetime import datetime

from juzhu.domain.vocabulary import Source
from juzhu.ports.departments import AnswerStatus


@dataclass(frozen=True, slots=True)
class AnswerView:
    """That a department answered (or did not), when, and under which receipt."""

    source: Source
    status: AnswerStatus
    asked_at: datetime
    receipt: str
