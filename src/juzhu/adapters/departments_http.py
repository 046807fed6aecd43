"""Asking the departments over the gateway: `juzhu.ports.departments.Departments` over HTTP."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from time import monotonic, perf_counter
from typing import Final

import msgspec
import structlog

from juzhu.adapters.background import Background, background
from juzhu.adapters.breaker import Breaker
from juzhu.adapters.department_answers import ASKABLE, entry_of, envelope_of
from juzhu.adapters.gateway import (
    Gateway,
    GatewayMalformedError,
    GatewayUnreachableError,
    Reply,
)
from juzhu.domain.vocabulary import Source
from juzhu.ports.departments import Answer, AnswerStatus

log = structlog.get_logger(__name__)

LIMIT_SECONDS: Final = 2.0


class HttpDepartments:
    """Asks all registers at the same time and waits two seconds at most.

    Nothing is retried here: an answer that did not come leaves the fact unknown, and the case is
    run again later.
    """

    def __init__(self, gateway: Gateway, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._gateway = gateway
        self._limit_seconds = limit_seconds
        self._breakers = {source: Breaker() for source in ASKABLE}

    def ask(
        self, *, id_number: str, name: str, sources: Collection[Source], at: datetime
    ) -> Mapping[Source, Answer]:
        """Ask `sources` about one person in parallel, two seconds each at most.

        Never raises for a department's fault; every asked source has an entry in the result.

        Raises:
            ValueError: a source is none that can be asked.

        """
        unknown = set(sources) - ASKABLE
        if unknown:
            raise ValueError(f"cannot be asked: {', '.join(sorted(unknown))}")
        question = msgspec.json.encode({"id_number": id_number, "name": name})
        present = background()
        asking = self._ask_all(present, id_number, question, frozenset(sources), at)
        answers = present.run(asking)
        for answer in answers.values():
            if answer.status is not AnswerStatus.ANSWERED:
                log.warning(
                    "departments.answer_missing",
                    source=answer.source.value,
                    status=answer.status.value,
                    took_ms=answer.took_ms,
                )
        return answers

    async def _ask_all(
        self,
        present: Background,
        id_number: str,
        question: bytes,
        sources: frozenset[Source],
        at: datetime,
    ) -> dict[Source, Answer]:
        begun = perf_counter()
        tasks = {
            source: asyncio.create_task(self._ask_one(present, source, id_number, question, at))
            for source in sources
            if self._breakers[source].lets_through(monotonic())
        }
        if tasks:
            # One timer for all instead of one each.
            _, late = await asyncio.wait(tasks.values(), timeout=self._limit_seconds)
            for task in late:
                task.cancel()
        answers = {}
        for source in sources:
            if source not in tasks:
                answers[source] = Answer(source, AnswerStatus.UNREACHABLE, at, 0)
            elif tasks[source] in late:
                answers[source] = Answer(source, AnswerStatus.TIMED_OUT, at, _since(begun))
            else:
                answers[source] = tasks[source].result()
            self._report(source, answers[source].status, asked=source in tasks)
        return answers

    async def _ask_one(
        self, present: Background, source: Source, id_number: str, question: bytes, at: datetime
    ) -> Answer:
        begun = perf_counter()
        path = f"/departments/{source.value}/query"
        try:
            reply = await self._gateway.post(present, path, question)
        except GatewayUnreachableError:
            return Answer(source, AnswerStatus.UNREACHABLE, at, _since(begun))
        except GatewayMalformedError as error:
            return Answer(source, AnswerStatus.MALFORMED, at, _since(begun), body=error.body)
        return _understand(source, id_number, reply, at, _since(begun))

    def _report(self, source: Source, status: AnswerStatus, *, asked: bool) -> None:
        if not asked:
            return
        if status in (AnswerStatus.TIMED_OUT, AnswerStatus.UNREACHABLE):
            self._breakers[source].failed(monotonic())
        else:
            self._breakers[source].succeeded()


def _understand(source: Source, id_number: str, reply: Reply, at: datetime, took_ms: int) -> Answer:
    """Return what a properly signed reply amounts to."""
    malformed = Answer(source, AnswerStatus.MALFORMED, at, took_ms, body=reply.body)
    if reply.status != 200:
        return malformed
    try:
        envelope = envelope_of(reply.body)
        if envelope.id_number.upper() != id_number.upper():
            return Answer(source, AnswerStatus.ANOTHER_PERSON, at, took_ms, envelope.receipt)
        entry = entry_of(source, envelope)
    except ValueError:  # msgspec's errors are such
        return malformed
    return Answer(source, AnswerStatus.ANSWERED, at, took_ms, envelope.receipt, reply.body, entry)


def _since(begun: float) -> int:
    """Return whole milliseconds since `begun`, a reading of `perf_counter`."""
    return round((perf_counter() - begun) * 1000)
