"""The permit held so far: what it allows the holder to apply for, and when."""

from datetime import date
from typing import Final

from juzhu.domain.conditions.case import Case, Rule, fact_finding
from juzhu.domain.facts import UNKNOWN
from juzhu.domain.findings import Condition, Finding
from juzhu.domain.parameters import ART_21, ART_23, ART_27
from juzhu.domain.vocabulary import PermitState, Source

_NO_LIVE_PERMIT = Condition.NO_LIVE_PERMIT
_PERMIT_ENDORSABLE = Condition.PERMIT_ENDORSABLE
_PERMIT_HELD = Condition.PERMIT_HELD
_ENDORSEMENT_TIMING = Condition.ENDORSEMENT_TIMING
_CANCELLED = PermitState.CANCELLED
_PERMIT = Source.PERMIT


def look_no_live_permit(case: Case) -> Finding:
    """Ask whether the person holds no permit, one person one permit (一人一证).

    A suspended permit is held: it can be endorsed. A cancelled one is not (条例 第二十七条).
    """
    if case.facts.permit is UNKNOWN:
        return fact_finding(case, _NO_LIVE_PERMIT, None, _PERMIT, ART_27.citation)
    status = case.status
    met = status is None or status.state is _CANCELLED
    found = True if status is None else status.state.value
    passes_on = case.on if met else first_day_without_permit(case, case.on)
    return Finding(_NO_LIVE_PERMIT, met, True, found, None, _PERMIT, ART_27.citation, passes_on)


def first_day_without_permit(case: Case, day: date) -> date | None:
    """Return the first day from `day` with no permit; None while an open case holds its end."""
    if case.status is None:
        return day
    ends_on = case.status.cancelled_on
    return None if ends_on is None else max(day, ends_on)


def look_endorsable(case: Case) -> Finding:
    """Ask whether there is a permit that is not cancelled (注销, 条例 第二十七条)."""
    if case.facts.permit is UNKNOWN:
        return fact_finding(case, _PERMIT_ENDORSABLE, None, _PERMIT, ART_27.citation)
    status = case.status
    found = False if status is None else status.state.value
    passes_on = first_endorsable_day(case, case.on)
    met = passes_on is not None
    return Finding(_PERMIT_ENDORSABLE, met, True, found, None, _PERMIT, ART_27.citation, passes_on)


def first_endorsable_day(case: Case, day: date) -> date | None:
    """Return `day` unless the permit is cancelled by then: no waiting brings one back."""
    status = case.status
    if status is None:
        return None
    ends_on = status.cancelled_on
    return day if ends_on is None or day < ends_on else None


def look_held(case: Case) -> Finding:
    """Ask whether there is a permit to make a card for (补领、换领, 条例 第二十一条).

    A suspended one is held, too: the card is made anew, and its function stays suspended.
    """
    return look_endorsable(case)._replace(condition=_PERMIT_HELD, citation=ART_21.citation)


def look_timing(case: Case) -> Finding | None:
    """Ask whether the window has opened (条例 第二十三条); after it an endorsement is only late.

    Nothing is asked where there is no permit to endorse.
    """
    status = case.status
    if status is None or status.state is _CANCELLED:
        return None
    on = case.on
    passes_on = max(on, status.window_opens)
    return Finding(
        _ENDORSEMENT_TIMING,
        passes_on == on,
        status.window_opens.isoformat(),
        on.isoformat(),
        None,
        _PERMIT,
        ART_23.citation,
        passes_on,
    )


def first_timely_day(case: Case, day: date) -> date | None:
    """Return the first day from `day` that is not before the window."""
    return None if case.status is None else max(day, case.status.window_opens)


NO_LIVE_PERMIT: Final = Rule(look_no_live_permit, first_day_without_permit)
ENDORSABLE: Final = Rule(look_endorsable, first_endorsable_day)
HELD: Final = Rule(look_held, first_endorsable_day)
TIMING: Final = Rule(look_timing, first_timely_day)
