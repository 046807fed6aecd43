"""What `juzhu doctor` looks at of payments: the gateways' keys, and what waits for an officer."""

from collections.abc import Iterator

from juzhu import wiring
from juzhu.adapters.payments_file import PaymentsFileError
from juzhu.cli.findings import Check, Level
from juzhu.config.env import Env
from juzhu.modules.payments import queries as payments
from juzhu.ports.clock import ClockUnavailableError


def payment_checks(env: Env) -> Iterator[Check]:
    """Yield whether fees can be paid online, and by whom."""
    wiring.payment_gateways.cache_clear()
    try:
        found = list(wiring.payment_gateways())
    except PaymentsFileError as error:
        advice = "see docs/operations/payments.md; until then nobody can pay"
        yield Check("payments", Level.FAIL, str(error), advice)
        return
    if found:
        simulated = "the city's cashier: sandbox" if found == ["city"] else ", ".join(found)
        yield Check("payments", Level.OK, simulated)
    elif env.production:
        advice = "set JUZHU_PAYMENTS_FILE; until then cards that cost a fee wait, and none lapses"
        yield Check("payments", Level.WARN, "no gateway: no fee is paid online", advice)


def waiting_payments() -> Iterator[Check]:
    """Yield what waits for an officer; only while the database answers."""
    try:
        waiting = payments.waiting(at=wiring.clock().now())
    except ClockUnavailableError:
        return
    found = (
        f"{waiting.failed_refunds} refunds failed, {waiting.differences} differences with bills, "
        f"{waiting.proposals} refunds to agree to"
    )
    if waiting.failed_refunds or waiting.differences:
        advice = "an officer sees to them on the staff pages under 缴费和退款"
        yield Check("money", Level.WARN, found, advice)
        return
    yield Check("money", Level.OK, found)
