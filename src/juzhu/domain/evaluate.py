"""Deciding: facts and a day in, outcome with findings out."""

from datetime import date
from typing import Final, NamedTuple

from juzhu.domain.conditions.case import Case, Rule
from juzhu.domain.conditions.holding import ENDORSABLE, NO_LIVE_PERMIT, TIMING
from juzhu.domain.conditions.merit import ENROLLED, TALENT
from juzhu.domain.conditions.person import ELIGIBLE, HUKOU, IDENTITY, LIVING
from juzhu.domain.conditions.stability import (
    CONSECUTIVE,
    CONTINUOUS,
    IN_TWO_YEARS,
    INSURANCE_IN_YEAR,
    OPEN,
    RESIDENCE_IN_YEAR,
)
from juzhu.domain.facts import Facts
from juzhu.domain.findings import Decision, Finding
from juzhu.domain.ruleset import RULESET
from juzhu.domain.vocabulary import Business, Outcome, Route

Clause = tuple[Rule, ...]
"""Alternatives: one of them met is enough."""


class Plan(NamedTuple):
    """What a business asks for: common clauses and those of any one route."""

    common: tuple[Clause, ...]
    routes: tuple[tuple[Route, tuple[Clause, ...]], ...]


FIRST_ISSUE: Final = Plan(
    common=((ELIGIBLE,), (IDENTITY,), (LIVING,), (HUKOU,), (NO_LIVE_PERMIT,)),
    routes=(
        (Route.STABLE, ((OPEN,), (CONTINUOUS,), (CONSECUTIVE, IN_TWO_YEARS))),
        (Route.TALENT, ((OPEN,), (TALENT,))),
        (Route.STUDENT, ((OPEN,), (ENROLLED,))),
    ),
)
"""Article 19 (申领)."""

ENDORSEMENT: Final = Plan(
    common=((ELIGIBLE,), (IDENTITY,), (LIVING,), (HUKOU,), (ENDORSABLE,), (TIMING,)),
    routes=(
        (Route.STABLE, ((OPEN,), (RESIDENCE_IN_YEAR,), (INSURANCE_IN_YEAR,))),
        (Route.TALENT, ((OPEN,), (TALENT,))),
        (Route.STUDENT, ((OPEN,), (ENROLLED,))),
    ),
)
"""Articles 23 and 24 (签注)."""


def evaluate(business: Business, facts: Facts, *, on: date, route: Route | None = None) -> Decision:
    """Decide `business` on acceptance day `on` by the law in force that day.

    Approved when the common conditions and one route hold; unknown while an open question could
    still lead there; refused only when none could. With `route` only that route is tried.

    Raises:
        NotInForceError: `on` lies before the Regulations took effect.
        PermitHistoryError: the permit's actions contradict each other.

    """
    plan = FIRST_ISSUE if business is _FIRST_ISSUE else ENDORSEMENT
    case = Case(business, facts, on)
    common = _look_at(case, plan.common)
    tried: list[tuple[Route, _Looked]] = []
    for name, clauses in plan.routes:
        if route is not None and name is not route:
            continue
        looked = _look_at(case, clauses)
        if common.met and looked.met:
            return Decision(
                business, on, _APPROVED, name, common.findings + looked.findings, on, RULESET
            )
        tried.append((name, looked))
    return _not_approved(business, case, common, tried)


class _Looked(NamedTuple):
    """Clauses and what was found: `met` over all of them, three-valued."""

    met: bool | None
    findings: tuple[Finding, ...]
    clauses: tuple[Clause, ...]
    first_days: tuple[date | None, ...]  # of each clause that was asked


def _look_at(case: Case, clauses: tuple[Clause, ...]) -> _Looked:
    """Look at every clause: all of them must hold, of each one alternative."""
    all_met: bool | None = True
    findings: list[Finding] = []
    asked: list[Clause] = []
    first_days: list[date | None] = []
    for clause in clauses:
        any_met: bool | None = False
        first: date | None = None
        for rule in clause:
            finding = rule.look(case)
            if finding is None:
                break
            findings.append(finding)
            any_met = _either(any_met, finding.met)
            first = _earlier(first, finding.passes_on)
        else:
            asked.append(clause)
            first_days.append(first)
            all_met = _both(all_met, any_met)
    return _Looked(all_met, tuple(findings), tuple(asked), tuple(first_days))


def _not_approved(
    business: Business, case: Case, common: _Looked, tried: list[tuple[Route, _Looked]]
) -> Decision:
    """Say no or unknown, with the route that comes nearest and the first day that approves."""
    nearest: tuple[Route, _Looked] | None = None
    nearest_rank: tuple[int, date] | None = None
    met: bool | None = False
    earliest: date | None = None
    for name, looked in tried:
        met = _either(met, looked.met)
        day = _first_day(case, common, looked)
        earliest = _earlier(earliest, day)
        rank = (_RANK[looked.met], day or date.max)
        if nearest_rank is None or rank < nearest_rank:
            nearest, nearest_rank = (name, looked), rank
    assert nearest is not None  # every plan has routes
    outcome = _REFUSED if _both(common.met, met) is False else _UNKNOWN
    findings = common.findings + nearest[1].findings
    return Decision(business, case.on, outcome, nearest[0], findings, earliest, RULESET)


def _first_day(case: Case, common: _Looked, looked: _Looked) -> date | None:
    """Return the first day on which the common clauses and those of a route all hold."""
    day = case.on
    for first in common.first_days + looked.first_days:
        if first is None:
            return None
        day = max(day, first)
    # What holds first may have lapsed when the last begins to hold: ask until all agree.
    while True:
        agreed = day
        for clause in common.clauses + looked.clauses:
            first = _first_day_of(case, clause, agreed)
            if first is None:
                return None
            agreed = first
        if agreed == day:
            return day
        day = agreed


def _first_day_of(case: Case, clause: Clause, day: date) -> date | None:
    first: date | None = None
    for rule in clause:
        # A rule without a function holds for good, or the day would not have been reached.
        first = _earlier(first, day if rule.first_day is None else rule.first_day(case, day))
    return first


def _either(one: bool | None, other: bool | None) -> bool | None:
    """Return three-valued or."""
    if one or other:
        return True
    return None if one is None or other is None else False


def _both(one: bool | None, other: bool | None) -> bool | None:
    """Return three-valued and."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _earlier(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


_FIRST_ISSUE: Final = Business.FIRST_ISSUE
_APPROVED: Final = Outcome.APPROVED
_REFUSED: Final = Outcome.REFUSED
_UNKNOWN: Final = Outcome.UNKNOWN
_RANK: Final[dict[bool | None, int]] = {True: 0, None: 1, False: 2}
