"""`juzhu payment`: look at an order, compare a bill, propose a refund."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from juzhu.cli import running

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)

_DAY = ["%Y-%m-%d"]
_Number = Annotated[
    str, typer.Argument(help="Of the order, its case, a payment, a receipt or a refund.")
]


@app.command()
def show(number: _Number) -> None:
    """Show an order with everything that came and went; the look is in the person's ledger."""
    with _at_work():
        order = _found(number)
        _note(order)
        print(f"{order.number}  {order.fee}  {_yuan(order.amount_fen)} yuan  {order.state}")
        print(f"case {order.case_number}, to be paid by {order.pay_by.isoformat()}")
        table = Table("number", "gateway", "yuan", "at", "state")
        for attempt in order.attempts:
            at = attempt.begun_at.isoformat(timespec="seconds")
            table.add_row(attempt.number, attempt.gateway, "", at, attempt.state)
        for money in order.settlements:
            at = money.paid_at.isoformat(timespec="seconds")
            what = money.surplus or f"counts, receipt {money.receipt_number}"
            table.add_row(money.transaction, money.gateway, _yuan(money.amount_fen), at, what)
            for back in money.refunds:
                at = back.asked_at.isoformat(timespec="seconds")
                table.add_row(
                    back.number,
                    back.gateway,
                    f"-{_yuan(back.amount_fen)}",
                    at,
                    f"{back.reason}, {back.state}",
                )
        Console().print(table)


@app.command()
def reconcile(
    gateway: Annotated[str, typer.Option(help="Name of the gateway; all when left out.")] = "",
    day: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Day of the bill; all that are due.")
    ] = None,
) -> None:
    """Compare the gateways' bills with what is on record; exit 1 when something waits."""
    with _at_work():
        wiring = import_module("juzhu.wiring")
        journey = import_module("juzhu.journeys.reconciling")
        bills = import_module("juzhu.modules.payments.bills")
        unavailable = import_module("juzhu.ports.payments").PaymentUnavailableError
        at = wiring.clock().now()
        names = [gateway] if gateway else list(wiring.payment_gateways())
        if unknown := set(names) - set(wiring.payment_gateways()):
            running.fail(f"there is no gateway {unknown.pop()!r}", code=2)
        for name in names:
            days = [day.date()] if day else bills.days_to_read(name, on=at.date())
            for one in days:
                try:
                    new = journey.reconcile(gateway=name, day=one, at=at)
                except unavailable as error:
                    running.fail(f"{name} does not answer: {error}")
                said = "not ready" if new is None else f"{new} new differences"
                print(f"{name} {one}: {said}")
        waiting = bills.open_differences()
        table = Table("day", "gateway", "number", "kind", "ours", "theirs")
        for it in waiting:
            amounts = [
                _yuan(fen) if fen is not None else "-" for fen in (it.ours_fen, it.theirs_fen)
            ]
            table.add_row(str(it.day), it.gateway, it.ours, it.kind, *amounts)
        if waiting:
            Console().print(table)
            raise SystemExit(running.FAILED)


@app.command()
def refund(
    number: _Number,
    amount: Annotated[float, typer.Option(help="Yuan to give back.", min=0.01)],
    reason: Annotated[str, typer.Option(help="Why, as the officer who agrees reads it.")],
) -> None:
    """Propose to give back money of the payment that counts; an officer has to agree."""
    with _at_work():
        order = _found(number)
        if order.payment is None:
            running.fail("nothing was paid that counts; what does not count goes back by itself")
        refunds = import_module("juzhu.modules.payments.refunds")
        result = refunds.propose(
            attempt_number=order.payment.attempt_number,
            amount_fen=round(amount * 100),
            words=reason,
            officer=f"cli:{getpass.getuser()}"[:32],
            at=import_module("juzhu.wiring").clock().now(),
        )
        match result:
            case refunds.Proposed():
                print("proposed; an officer agrees to it on the staff pages under 缴费和退款")
            case refunds.TooMuch():
                running.fail(f"only {_yuan(result.left_fen)} yuan are left of this payment")
            case _:
                running.fail("a refund of this payment waits already")


@contextmanager
def _at_work() -> Iterator[None]:
    """Have settings, database and Django up."""
    with running.database(running.prepared()):
        running.start_django()
        yield


def _found(number: str) -> Any:
    queries = import_module("juzhu.modules.payments.queries")
    known = queries.order_number_for(number)
    if known is None:
        running.fail(f"no order belongs to {number}")
    return queries.order(known, at=import_module("juzhu.wiring").clock().now())


def _note(order: Any) -> None:
    audit = import_module("juzhu.modules.audit.services")
    audit.record(
        person_id=order.person_id,
        actor=f"operator:{getpass.getuser()}",
        purpose=import_module("juzhu.modules.audit.contracts").Purpose.PAYMENT,
        at=import_module("juzhu.wiring").clock().now(),
        fields=("payment",),
        occasion=order.number,
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
