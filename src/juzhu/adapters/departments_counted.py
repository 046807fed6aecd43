"""Counting how the departments answer, so that an outage is noticed by our own calls."""

import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from time import monotonic
from typing import Final

from juzhu.domain.vocabulary import Source
from juzhu.ports.departments import Answer, AnswerStatus, Counted, Departments

NOTED_EVERY_SECONDS: Final = 10.0


class CountedDepartments:
    """Passes questions on and hands the counts to `note` now and then.

    Args:
        departments: who is asked.
        note: keeps the counts; False when it cannot now, then they come again later.

    """

    def __init__(
        self, departments: Departments, note: Callable[[Collection[Counted]], bool]
    ) -> None:
        self._departments = departments
        self._note = note
        self._lock = threading.Lock()
        self._counts: dict[tuple[Source, datetime], list[int]] = {}
        self._noted_at = monotonic()

    def ask(
        self, *, id_number: str, name: str, sources: Collection[Source], at: datetime
    ) -> Mapping[Source, Answer]:
        """Ask as the port says."""
        answers = self._departments.ask(id_number=id_number, name=name, sources=sources, at=at)
        minute = at.replace(second=0, microsecond=0)
        with self._lock:
            for source, answer in answers.items():
                counts = self._counts.setdefault((source, minute), [0, 0])
                counts[answer.status is not AnswerStatus.ANSWERED] += 1
        self._hand_over()
        return answers

    def _hand_over(self) -> None:
        with self._lock:
            if monotonic() - self._noted_at < NOTED_EVERY_SECONDS:
                return
            self._noted_at = monotonic()
            counts, self._counts = self._counts, {}
        found = [Counted(*key, *numbers) for key, numbers in counts.items()]
        if not self._note(found):
            with self._lock:
                for key, (answered, silent) in counts.items():
                    kept = self._counts.setdefault(key, [0, 0])
                    kept[0] += answered
                    kept[1] += silent
