"""The city's cashier: charges that a trial person pays on its page, refunds, the day's bill."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from juzhu.city.events import Charged, ChargeEnded, ChargePaid, ChargeReturned

LONGEST_NUMBER: Final = 40


class CashierRefusedError(ValueError):
    """The cashier will never do this; the message says why."""


@dataclass(slots=True)
class _Charge:
    """One charge and what became of it."""

    made: Charged
    paid: ChargePaid | None = None
    ended: bool = False
    returned: int = 0


@dataclass(slots=True)
class Cashier:
    """All charges. Its methods say what may happen; the city writes it down."""

    _charges: dict[str, _Charge] = field(default_factory=dict)
    _by_token: dict[str, _Charge] = field(default_factory=dict)
    _refunds: dict[str, ChargeReturned] = field(default_factory=dict)

    def charge(self, token: str) -> tuple[Charged, ChargePaid | None, bool] | None:
        """Return a charge by the token of its page, how it was paid, and whether it is closed."""
        found = self._by_token.get(token)
        return None if found is None else (found.made, found.paid, found.ended)

    def new(self, event: Charged) -> Charged | None:
        """Accept a charge; return the one known under its number, None when it is new.

        Raises:
            CashierRefusedError: the number was used for something else, or is no number.

        """
        if not 1 <= len(event.number) <= LONGEST_NUMBER or event.amount_fen <= 0:
            raise CashierRefusedError("number or amount")
        known = self._charges.get(event.number)
        if known is None:
            return None
        if known.made.amount_fen != event.amount_fen:
            raise CashierRefusedError("the number was used for another amount")
        return known.made

    def standing(self, number: str, at: datetime) -> dict[str, object]:
        """Return what a query is told."""
        found = self._charges.get(number)
        if found is None:
            return {"number": number, "state": "absent"}
        if found.paid is not None:
            return {
                "number": number,
                "state": "paid",
                "transaction": found.paid.transaction,
                "amount_fen": found.paid.amount_fen,
                "at": found.paid.at,
            }
        over = found.ended or at > found.made.closes_at
        return {"number": number, "state": "closed" if over else "open"}

    def to_end(self, number: str) -> bool:
        """Say whether there is something to close."""
        found = self._charges.get(number)
        return found is not None and found.paid is None and not found.ended

    def refund(self, number: str, charge_number: str, amount_fen: int) -> bool:
        """Accept a refund; say whether it is new.

        Raises:
            CashierRefusedError: nothing was paid, or less than goes back.

        """
        if number in self._refunds:
            return False
        found = self._charges.get(charge_number)
        if found is None or found.paid is None:
            raise CashierRefusedError("nothing was paid for this charge")
        if amount_fen <= 0 or found.returned + amount_fen > found.paid.amount_fen:
            raise CashierRefusedError("more than is left of the payment")
        return True

    def bill(self, day: date) -> Iterator[dict[str, object]]:
        """Yield the payments and refunds of a day."""
        for found in self._charges.values():
            if found.paid is not None and found.paid.at.date() == day:
                yield _line(found.paid.number, found.paid, found.paid.amount_fen, is_refund=False)
        for back in self._refunds.values():
            paid = self._charges[back.charge_number].paid
            if back.at.date() == day and paid is not None:
                yield _line(back.number, paid, back.amount_fen, is_refund=True)

    def take(self, event: Charged | ChargePaid | ChargeEnded | ChargeReturned) -> None:
        """Let an event happen."""
        match event:
            case Charged():
                self._charges[event.number] = self._by_token[event.token] = _Charge(event)
            case ChargePaid():
                self._charges[event.number].paid = event
            case ChargeEnded():
                self._charges[event.number].ended = True
            case ChargeReturned():
                self._refunds[event.number] = event
                self._charges[event.charge_number].returned += event.amount_fen


def _line(number: str, paid: ChargePaid, amount_fen: int, *, is_refund: bool) -> dict[str, object]:
    return {
        "number": number,
        "transaction": paid.transaction,
        "amount_fen": amount_fen,
        "is_refund": is_refund,
    }


def new_token() -> str:
    """Return the unguessable part of the address of a charge's page."""
    return secrets.token_urlsafe(16)


def new_transaction(at: datetime) -> str:
    """Return the cashier's number of a payment."""
    return f"CS{at:%Y%m%d%H%M%S}{secrets.token_hex(5).upper()}"
