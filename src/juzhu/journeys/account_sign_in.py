"""Signing in with an account of the unified platform: its trust level is the session's."""

from datetime import datetime
from enum import StrEnum

import structlog

from juzhu import wiring
from juzhu.domain.identity import NumberError, NumberKind, normalise_name, parse_id_number
from juzhu.journeys.sign_in import SignedIn, Way, note
from juzhu.modules.people import services as people
from juzhu.ports.account import AccountRefusedError, AccountUnavailableError, Errand

log = structlog.get_logger()


class AccountProblem(StrEnum):
    """Why nobody was signed in."""

    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    TOO_LOW = "too_low"  # the account has not shown enough for anything here
    NO_NUMBER = "no_number"  # no citizen number: another document, or none


def finish(
    errand: Errand, *, code: str, back: str, lowest: int, at: datetime
) -> SignedIn | AccountProblem:
    """Redeem the code and sign the person in, writing them down on the first visit.

    Args:
        errand: what the sign-in began with.
        code: what the browser brought back.
        back: the address it came back to.
        lowest: the trust level under which nothing is open.
        at: now.

    """
    try:
        account = wiring.accounts().fetch(errand, code=code, back=back, at=at)
    except AccountUnavailableError as error:
        log.warning("sign_in.account_unavailable", why=str(error))
        return AccountProblem.UNAVAILABLE
    except AccountRefusedError as error:
        log.info("sign_in.account_refused", why=str(error))
        return AccountProblem.REFUSED
    if account.level < lowest:
        return AccountProblem.TOO_LOW
    number, name = _number(account.id_number, at), normalise_name(account.name)
    if not number or not name:
        return AccountProblem.NO_NUMBER
    person_id = people.meet(id_number=number, name=name, at=at)
    note(person_id, at, Way.ACCOUNT)
    ago = max(0.0, (at - account.shown_at).total_seconds())
    return SignedIn(person_id, Way.ACCOUNT, account.level, ago=ago)


def _number(written: str, at: datetime) -> str:
    """Return the citizen number, empty for another document or none."""
    try:
        found = parse_id_number(written, on=at.date())
    except NumberError:
        return ""
    return found.number if found.kind is NumberKind.CITIZEN else ""
