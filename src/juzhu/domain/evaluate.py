"""Deciding: facts and a day in, outcome with findings out."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from juzhu.domain.conditions.case import Case, FirstDay, Rule
from juzhu.domain.conditions.holding import ENDORSABLE, HELD, NO_LIVE_PERMIT, TIMING
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


class Clause(NamedTuple):
    """What one rule or any of its alternatives has to meet."""

    rule: Rule
    alternatives: tuple[Rule, ...] = ()


class Path(NamedTuple):
    """A route and its clauses.

    Attributes:
        route: its name; None where a business has no routes.
        clauses: what it asks for besides the common clauses.
        changing: of the clauses, common ones first, that time can make true or untrue: the
            place among all, and the `first_day` of each alternative.

    """

    route: Route | None
    clauses: tuple[Clause, ...]
    changing: tuple[tuple[int, tuple[FirstDay, ...]], ...]


class Plan(NamedTuple):
    """What a business asks for: the common clauses and those of any one path."""

    common: tuple[Clause, ...]
    paths: tuple[Path, ...]


def _plan(common: tuple[Rule, ...], routes: Mapping[Route | None, tuple[Clause, ...]]) -> Plan:
    shared = tuple(Clause(rule) for rule in common)

    def path(route: Route | None, clauses: tuple[Clause, ...]) -> Path:
        changing = []
        for place, (rule, alternatives) in enumerate(shared + clauses):
            rules = (rule, *alternatives)
            if first_days := tuple(one.first_day for one in rules if one.first_day):
                changing.append((place, first_days))
        return Path(route, clauses, tuple(changing))

    return Plan(shared, tuple(path(route, clauses) for route, clauses in routes.items()))


FIRST_ISSUE: Final = _plan(
    common=(ELIGIBLE, IDENTITY, LIVING, HUKOU, NO_LIVE_PERMIT),
    routes={
        Route.STABLE: (Clause(OPEN), Clause(CONTINUOUS), Clause(CONSECUTIVE, (IN_TWO_YEARS,))),
        Route.TALENT: (Clause(OPEN), Clause(TALENT)),
        Route.STUDENT: (Clause(OPEN), Clause(ENROLLED)),
    },
)
"""Article 19 (申领)."""

ENDORSEMENT: Final = _plan(
    common=(ELIGIBLE, IDENTITY, LIVING, HUKOU, ENDORSABLE, TIMING),
    routes={
        Route.STABLE: (Clause(OPEN), Clause(RESIDENCE_IN_YEAR), Clause(INSURANCE_IN_YEAR)),
        Route.TALENT: (Clause(OPEN), Clause(TALENT)),
        Route.STUDENT: (Clause(OPEN), Clause(ENROLLED)),
    },
)
"""Articles 23 and 24 (签注)."""

CARD: Final = _plan(common=(IDENTITY, LIVING, HUKOU, HELD), routes={None: ()})
"""Article 21 (补领、换领): whoever holds a permit may have its card made anew."""


def evaluate(business: Business, facts: Facts, *, on: date, route: Route | None = None) -> Decision:
    """Decide `business` on acceptance day `on` by the law in force that day.

    Approved when the common conditions and one route hold; unknown while an open question could
    still lead there; refused only when none could. With `route` only that route is tried, where
    the business has any.

    Raises:
        NotInForceError: `on` lies before the Regulations took effect.
        PermitHistoryError: the permit's actions contradict each other.

    """
    plan = _PLANS.get(business, CARD)
    case = Case(business, facts, on)
    common = _look_at(case, plan.common)
    tried: list[tuple[Path, _Looked]] = []
    for path in plan.paths:
        if route is None or path.route is None or route is path.route:
            looked = _look_at(case, path.clauses)
            if common.met and looked.met:
                findings = (*common.findings, *looked.findings)
                return Decision(business, on, _APPROVED, path.route, findings, on, RULESET)
            tried.append((path, looked))
    return _not_approved(business, case, common, tried)


class _Looked(NamedTuple):
    """What was found for some clauses.

    Attributes:
        met: whether all clauses hold, three-valued.
        findings: of every rule that had something to ask.
        first_days: for each clause the first day that meets it; None for never.

    """

    met: bool | None
    findings: list[Finding]
    first_days: list[date | None]


def _look_at(case: Case, clauses: tuple[Clause, ...]) -> _Looked:
    """Look at every clause: all of them must hold, of each one alternative."""
    all_met: bool | None = True
    findings: list[Finding] = []
    first_days: list[date | None] = []
    for rule, alternatives in clauses:
        finding = rule.look(case)
        if finding is None:  # nothing to ask
            first_days.append(case.on)
            continue
        findings.append(finding)
        met, first = finding.met, finding.passes_on
        for alternative in alternatives:
            finding = alternative.look(case)
            assert finding is not None  # alternatives are asked for together
            findings.append(finding)
            met = _either(met, finding.met)
            first = _earlier(first, finding.passes_on)
        first_days.append(first)
        if not met:
            all_met = _both(all_met, met)
    return _Looked(all_met, findings, first_days)


def _not_approved(
    business: Business, case: Case, common: _Looked, tried: list[tuple[Path, _Looked]]
) -> Decision:
    """Say no or unknown, with the route that comes nearest and the first day that approves."""
    nearest: tuple[Path, _Looked] | None = None
    nearest_rank = (len(_RANK), date.max)
    met: bool | None = False
    earliest: date | None = None
    for path, looked in tried:
        met = _either(met, looked.met)
        day = _first_day(case, path, common.first_days + looked.first_days)
        earliest = _earlier(earliest, day)
        rank = (_RANK[looked.met], day or date.max)
        if rank < nearest_rank:
            nearest, nearest_rank = (path, looked), rank
    assert nearest is not None  # every plan has paths, and no rank is as high as the first
    path, looked = nearest
    outcome = _REFUSED if _both(common.met, met) is False else _UNKNOWN
    findings = (*common.findings, *looked.findings)
    return Decision(business, case.on, outcome, path.route, findings, earliest, RULESET)


def _first_day(case: Case, path: Path, answers: list[date | None]) -> date | None:
    """Return the first day on which the common clauses and those of `path` all hold.

    `answers` are the first days of all clauses. What held on its first day may have lapsed when
    the last begins to hold, so an answer for an earlier day is asked for anew until all agree.
    """
    day, agreed = None, _latest(answers)
    while agreed != day:
        day = agreed
        for place, first_days in path.changing:
            answer = answers[place]
            if agreed is not None and answer is not None and answer < agreed:
                answer = None
                for first_day in first_days:
                    answer = _earlier(answer, first_day(case, agreed))
                agreed = answers[place] = answer
    return day


def _latest(days: list[date | None]) -> date | None:
    """Return the latest day; None, for never, wins."""
    latest = date.min
    for day in days:
        if day is None:
            return None
        if day > latest:
            latest = day
    return latest


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
    """Return the earlier day; None stands for never."""
    if one is None or other is None:
        return one or other
    return min(one, other)


_PLANS: Final = {Business.FIRST_ISSUE: FIRST_ISSUE, Business.ENDORSEMENT: ENDORSEMENT}
_APPROVED: Final = Outcome.APPROVED
_REFUSED: Final = Outcome.REFUSED
_UNKNOWN: Final = Outcome.UNKNOWN
_RANK: Final[dict[bool | None, int]] = {True: 0, None: 1, False: 2}
