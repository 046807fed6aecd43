"""What the cashier is asked behind the gateway: charge, query, close, refund, bill."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any, Final

import msgspec

from juzhu.city.answers import Reply
from juzhu.city.cashier import CashierRefusedError, new_token
from juzhu.city.events import Charged, ChargeEnded, ChargeReturned
from juzhu.city.state import City


class _Wish(msgspec.Struct):
    number: str
    amount_fen: int
    title: str
    closes_at: datetime
    notify_url: str
    return_url: str


class _Number(msgspec.Struct):
    number: str


class _Refund(msgspec.Struct):
    number: str
    charge_number: str
    amount_fen: int


class _Day(msgspec.Struct):
    day: date


async def make_charge(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Make a charge, once per number."""
    wish = msgspec.json.decode(body, type=_Wish)
    event = Charged(
        number=wish.number,
        token=new_token(),
        amount_fen=wish.amount_fen,
        title=wish.title,
        closes_at=wish.closes_at,
        notify_url=wish.notify_url,
        return_url=wish.return_url,
    )
    known = city.cashier.new(event)
    if known is None:
        await city.note(event)
    return Reply(200, {"token": (known or event).token})


async def tell_charge(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Say where a charge stands."""
    number = msgspec.json.decode(body, type=_Number).number
    return Reply(200, city.cashier.standing(number, city.clock.now()))


async def end_charge(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Let nobody pay a charge any more."""
    number = msgspec.json.decode(body, type=_Number).number
    if city.cashier.to_end(number):
        await city.note(ChargeEnded(number=number))
    return Reply(200, city.cashier.standing(number, city.clock.now()))


async def return_charge(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Give money back, once per number."""
    wish = msgspec.json.decode(body, type=_Refund)
    if city.cashier.refund(wish.number, wish.charge_number, wish.amount_fen):
        await city.note(
            ChargeReturned(
                number=wish.number,
                charge_number=wish.charge_number,
                amount_fen=wish.amount_fen,
                at=city.clock.now(),
            )
        )
    return Reply(200, {"number": wish.number, "state": "done"})


async def tell_bill(city: City, body: bytes, _somebody_else: bool) -> Reply:
    """Hand out the bill of a day."""
    day = msgspec.json.decode(body, type=_Day).day
    return Reply(200, {"lines": list(city.cashier.bill(day))})


Call = Callable[[City, bytes, bool], Awaitable[Reply]]


def _careful(call: Call) -> Call:
    async def careful(city: City, body: bytes, somebody_else: bool) -> Reply:
        try:
            return await call(city, body, somebody_else)
        except msgspec.DecodeError as error:
            return _refused("not_understood", error, 400)
        except CashierRefusedError as error:
            return _refused("refused", error, 422)

    return careful


def _refused(code: str, error: Exception, status: int) -> Reply:
    content: dict[str, Any] = {"error": code, "message": str(error)}
    return Reply(status, content)


CALLS: Final[dict[str, Call]] = {
    "/cashier/charges": _careful(make_charge),
    "/cashier/query": _careful(tell_charge),
    "/cashier/close": _careful(end_charge),
    "/cashier/refund": _careful(return_charge),
    "/cashier/bill": _careful(tell_bill),
}
"""By path; all misbehave together."""
