"""`juzhu payment`: an operator looks, compares bills, and proposes; officers decide."""

import dataclasses
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.conf import settings as live
from typer.testing import CliRunner

from juzhu import wiring
from juzhu.cli import payment, running
from juzhu.config import metrics
from juzhu.config.parse import Mode
from juzhu.modules.payments import queries, services
from juzhu.ports.payments import BillLine, BillNotReadyError, Paid, PaymentUnavailableError
from tests.factories import NOON, an_order, looks_of


class Clock:
    def now(self):
        return NOON + timedelta(days=1)


class Teller:
    """A gateway that only has bills."""

    name = "city"
    says: object = ()

    def bill(self, day):
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def teller(monkeypatch) -> Teller:
    found = Teller()
    monkeypatch.setattr(wiring, "payment_gateways", lambda: {"city": found})
    return found


@pytest.fixture
def juzhu(db, monkeypatch, tmp_path, teller):
    monkeypatch.setattr(wiring, "clock", Clock)
    monkeypatch.setattr(running, "database", lambda env: nullcontext())
    monkeypatch.setattr(running, "start_django", lambda: None)
    monkeypatch.setenv("JUZHU_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(payment.app, [str(one) for one in arguments])
        return done.exit_code, done.output

    return run


@pytest.fixture
def paid(juzhu):
    order = an_order()
    attempt = services.begin(
        order_number=order.number,
        gateway="city",
        way="page",
        closes_at=NOON + timedelta(minutes=30),
        at=NOON,
    )
    services.settle(number=attempt.number, paid=Paid("CS1", 2000, NOON), at=NOON)
    return queries.order(order.number, at=NOON)


def test_an_order_is_shown_by_any_of_its_numbers_and_the_look_is_kept(juzhu, paid):
    for number in (paid.number, paid.case_number, "CS1", paid.payment.receipt_number):
        code, said = juzhu("show", number)
        assert (code, paid.payment.receipt_number in said) == (0, True)

    assert looks_of(paid.person_id, Clock().now())[0].who.startswith("operator:")
    assert juzhu("show", "JF0")[0] == 1


def test_a_bill_is_compared_and_differences_are_exit_code_1(juzhu, paid, teller):
    teller.says = BillNotReadyError("STATEMENT_CREATING")
    assert "not ready" in juzhu("reconcile")[1]
    teller.says = PaymentUnavailableError("away")
    assert juzhu("reconcile")[0] == 1
    teller.says = [BillLine(paid.payment.attempt_number, "CS1", 1999, is_refund=False)]

    code, said = juzhu("reconcile")

    assert (code, "19.99" in said) == (1, True)
    assert juzhu("reconcile", "--gateway", "nobody")[0] == 2
    assert b'juzhu_payments_waiting{what="differences"} 1.0' in metrics.exposition()


def test_a_refund_is_only_proposed(juzhu, paid):
    wish = ("refund", paid.number, "--reason", "卡没有做成", "--amount")

    assert juzhu(*wish, "20.01")[0] == 1
    assert juzhu(*wish, "20")[0] == 0
    assert juzhu(*wish, "20")[0] == 1

    [waiting] = queries.open_proposals()
    assert waiting.proposed_by.startswith("cli:")
    assert queries.order(paid.number, at=NOON).payment.refunds == ()


def test_production_never_takes_the_citys_trial_money(settings):
    wiring.payment_gateways.cache_clear()
    settings.JUZHU = dataclasses.replace(live.JUZHU, mode=Mode.PRODUCTION)

    assert wiring.payment_gateways() == {}

    wiring.payment_gateways.cache_clear()
