"""Handing over many messages side by side through one provider's session."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from juzhu.adapters.background import background
from juzhu.ports.sms import (
    NotTaken,
    Receipt,
    Rejected,
    Result,
    Sent,
    Sms,
    SmsGateway,
    SmsNotTakenError,
    SmsRejectedError,
    SmsUnavailableError,
    Taken,
    Unsure,
)

AT_ONCE: Final = 48
"""Requests on the way at one time: 500 a second need ten at 20 ms, and all of these at 100 ms."""

T = TypeVar("T")
R = TypeVar("R")


def hand_over(gateway: SmsGateway, messages: Sequence[Sms]) -> list[Result]:
    """Send all messages and return what came of each, in their order; raises nothing of theirs."""

    async def one(sms: Sms) -> Result:
        try:
            return Taken(await gateway.send(sms))
        except SmsRejectedError as error:
            return Rejected(str(error), error.no_subscriber)
        except SmsNotTakenError as error:
            return NotTaken(str(error))
        except SmsUnavailableError as error:
            return Unsure(str(error))

    return background().run(_side_by_side(one, messages))


def ask(gateway: SmsGateway, sent: Sequence[Sent]) -> list[Receipt | None]:
    """Ask what became of each message; None where the provider could not or did not say."""

    async def one(question: Sent) -> Receipt | None:
        try:
            return await gateway.ask(question)
        except SmsUnavailableError:
            return None

    return background().run(_side_by_side(one, sent))


def arrived(gateway: SmsGateway) -> list[Receipt]:
    """Return the receipts that came over the provider's standing connection."""

    async def take() -> list[Receipt]:
        return list(await gateway.arrived())

    return background().run(take())


async def _side_by_side(work: Callable[[T], Awaitable[R]], items: Sequence[T]) -> list[R]:
    """Do `work` on every item, AT_ONCE at a time; a few workers cost less than a task each."""
    results: list[R | None] = [None] * len(items)
    places = iter(range(len(items)))

    async def worker() -> None:
        for place in places:
            results[place] = await work(items[place])

    await asyncio.gather(*(worker() for _ in range(min(AT_ONCE, len(items)))))
    return results  # type: ignore[return-value]  # every place was filled
