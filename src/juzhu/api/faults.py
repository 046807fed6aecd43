"""Magic people of a trial: asking about one of them, a department's program meets a fault.

Their numbers are right and nobody's: the city's people are born from 1962 on. In production they
are numbers like any others.
"""

import asyncio
from collections.abc import Iterable
from enum import Enum
from typing import Final

from django.conf import settings

from juzhu.api.calls import Answer
from juzhu.api.problems import Kind, Problem
from juzhu.journeys.exchange import Identity

LATE_SECONDS: Final = 6.0
RECEIPT: Final = "Juzhu-Receipt"


class Fault(Enum):
    """What goes wrong with a call about somebody."""

    UNAVAILABLE = "441900190101010016"  # 503, come again in two seconds
    TOO_MANY = "441900190101010024"  # 429 likewise
    FAILED = "441900190101010032"  # 500
    LATE = "441900190101010040"  # an answer after six seconds
    FALSE_RECEIPT = "441900190101010059"  # an answer whose receipt does not prove it


_BY_NUMBER: Final = {fault.value: fault for fault in Fault}
_COME_AGAIN: Final = {"Retry-After": "2"}
_WORDS: Final = "This is one of the faults of the trial."


def of(people: Iterable[Identity]) -> Fault | None:
    """Return the fault that goes with the first magic person, None without one."""
    if settings.JUZHU.production:
        return None
    return next((_BY_NUMBER[it.id_number] for it in people if it.id_number in _BY_NUMBER), None)


def refuse(fault: Fault | None) -> None:
    """Raise the problem that a fault amounts to: nobody is asked about then."""
    match fault:
        case Fault.UNAVAILABLE:
            raise Problem(Kind.UNAVAILABLE, _WORDS, headers=_COME_AGAIN)
        case Fault.TOO_MANY:
            raise Problem(Kind.TOO_MANY, _WORDS, headers=_COME_AGAIN)
        case Fault.FAILED:
            raise Problem(Kind.FAILED, _WORDS)
        case Fault.LATE | Fault.FALSE_RECEIPT | None:
            return


async def spoil(fault: Fault | None, answer: Answer) -> Answer:
    """Return the answer as the fault lets it out."""
    if fault is Fault.LATE:
        await asyncio.sleep(LATE_SECONDS)
    if fault is Fault.FALSE_RECEIPT:
        head, _, signature = answer.headers[RECEIPT].rpartition(".")
        answer.headers[RECEIPT] = f"{head}.{signature[::-1]}"
    return answer
