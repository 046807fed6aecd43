"""Calls that wait at the same moment share one transaction, and so one wait for the disk.

A lane is a thread with a database connection of its own. It takes what has come while it was busy:
a lone call goes at once, a crowd goes together. No call waits for company.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections

log = structlog.get_logger()

IDLE_SECONDS: Final = 1.0
"""A lane that has nothing to do gives its connection back."""

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class CrowdedError(Exception):
    """More is waiting than can be answered soon; the caller should come again."""


@dataclass(slots=True)
class _Waiting(Generic[Item]):
    item: Item
    weight: int
    answer: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


class Coalescer(Generic[Item, Outcome]):
    """Lanes that answer items, many in one go.

    Args:
        name: of the threads.
        work: answers items in one transaction, in order; an outcome that is an exception is raised
            to the one who waits for it.
        lanes: threads.
        most: weight that goes together.
        most_waiting: weight above which nobody more is taken in.

    """

    def __init__(
        self,
        name: str,
        work: Callable[[Sequence[Item]], Sequence[Outcome | Exception]],
        *,
        lanes: int,
        most: int,
        most_waiting: int,
    ) -> None:
        self._work = work
        self._most = most
        self._most_waiting = most_waiting
        self._waiting_weight = 0
        self._count = threading.Lock()
        self._waiting: Final[queue.SimpleQueue[_Waiting[Item] | None]] = queue.SimpleQueue()
        self._names = [f"juzhu-{name}-{n}" for n in range(lanes)]
        self._lanes: list[threading.Thread] = []

    async def answer(self, item: Item, *, weight: int = 1) -> Outcome:
        """Return the outcome of an item once its transaction is on disk.

        Raises:
            CrowdedError: too much is waiting.
            OperationalError, InterfaceError: the database went away, or gave up.

        """
        if not self._lanes:
            self._start()
        loop = asyncio.get_running_loop()
        waiting = _Waiting(item, weight, loop.create_future(), loop)
        with self._count:
            if self._waiting_weight > self._most_waiting:
                raise CrowdedError
            self._waiting_weight += weight
        self._waiting.put(waiting)
        found: Outcome = await waiting.answer
        return found

    def _start(self) -> None:
        self._lanes = [
            threading.Thread(target=self._run, name=name, daemon=True) for name in self._names
        ]
        for lane in self._lanes:
            lane.start()

    def stop(self) -> None:
        """Let the lanes finish what waits and give their connections back."""
        for _ in self._lanes:
            self._waiting.put(None)
        for lane in self._lanes:
            lane.join()
        self._lanes = []

    def _run(self) -> None:
        while (crowd := self._next()) is not None:
            outcomes = self._outcomes([it.item for it in crowd])
            with self._count:
                self._waiting_weight -= sum(it.weight for it in crowd)
            _tell(crowd, outcomes)
        close_old_connections()

    def _next(self) -> list[_Waiting[Item]] | None:
        """Return those who wait, oldest first; None when the lane is to end."""
        first = self._first()
        if first is None:
            return None
        crowd, weight = [first], first.weight
        while weight < self._most:
            try:
                further = self._waiting.get_nowait()
            except queue.Empty:
                break
            if further is None:
                self._waiting.put(None)  # after this crowd
                break
            crowd.append(further)
            weight += further.weight
        return crowd

    def _first(self) -> _Waiting[Item] | None:
        try:
            return self._waiting.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            close_old_connections()  # the pool looks whether it is alive before the next use
            return self._waiting.get()

    def _outcomes(self, items: Sequence[Item]) -> Sequence[Outcome | Exception]:
        try:
            return self._work(items)
        except (OperationalError, InterfaceError) as error:
            log.warning("api.database_away", calls=len(items), error=type(error).__name__)
            close_old_connections()
            return [error] * len(items)
        except Exception as error:  # a lane that died would leave everybody waiting
            if len(items) > 1:  # nothing was kept; one bad call must not fail the others
                return [outcome for item in items for outcome in self._outcomes([item])]
            log.error("api.call_failed", exc_info=error)
            return [error]


def _tell(crowd: Sequence[_Waiting[Any]], outcomes: Sequence[Any]) -> None:
    loops = {it.loop for it in crowd}
    for loop in loops:
        mine = [(it.answer, o) for it, o in zip(crowd, outcomes, strict=True) if it.loop is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(answers: Sequence[tuple["asyncio.Future[Any]", Any]]) -> None:
    for answer, outcome in answers:
        if answer.done():  # the caller has gone
            continue
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
