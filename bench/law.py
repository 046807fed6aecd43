"""How many applications one core decides in a second, beside the cost of the findings alone."""

from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter
from typing import Final, NamedTuple

from juzhu.domain.calendar import month_index
from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import UNKNOWN, Enrolment, Facts, MonthSet, Registration, Talent
from juzhu.domain.findings import Condition, Finding, Unit
from juzhu.domain.permit import Action, ActionKind
from juzhu.domain.vocabulary import (
    Business,
    EducationLevel,
    Insurance,
    Outcome,
    Source,
    TalentKind,
)

HOUSE: Final = "4403040010010100001000101"
ROUNDS: Final = 7
SECONDS: Final = 0.3
"""Of a round. The best round counts: the others lost time to the rest of the machine."""


class Question(NamedTuple):
    """One call of `evaluate` and the answer that shows it did its work."""

    business: Business
    facts: Facts
    on: date
    outcome: Outcome


class Result(NamedTuple):
    """Calls a second: whole decisions, and bare functions that build eight findings."""

    decisions: float
    limit: float

    @property
    def ratio(self) -> float:
        """Share of the limit that decisions reach."""
        return self.decisions / self.limit


def questions() -> list[Question]:
    """Return a mix as a city sees it: half endorsements, a third not approved at once."""
    mix = []
    for day in range(25):
        on = date(2026, 3, 2) + timedelta(days=day * 11)
        mix += _first_issues(on) + _endorsements(on)
    return mix


def _first_issues(on: date) -> list[Question]:
    business = Business.FIRST_ISSUE
    settled = _settled(on, days=500, months=20)
    newcomer = _settled(on, days=200, months=6)
    silent = Facts(
        id_number=settled.id_number, registrations=settled.registrations, insurance=UNKNOWN
    )
    graduate = Facts(
        id_number=settled.id_number,
        registrations=newcomer.registrations,
        talent=(Talent(TalentKind.DEGREE),),
        enrolment=(Enrolment(EducationLevel.HIGHER, True, date(2019, 9, 1), date(2023, 6, 30)),),
    )
    return [
        Question(business, settled, on, Outcome.APPROVED),
        Question(business, newcomer, on, Outcome.REFUSED),
        Question(business, silent, on, Outcome.UNKNOWN),
        Question(business, graduate, on, Outcome.APPROVED),
    ]


def _endorsements(on: date) -> list[Question]:
    business = Business.ENDORSEMENT
    in_window = _issued(on - timedelta(days=340))
    late = _issued(on - timedelta(days=600))
    early = _issued(on - timedelta(days=100))
    return [
        Question(business, _settled(on, 500, 20, in_window), on, Outcome.APPROVED),
        Question(business, _settled(on, 300, 9, late), on, Outcome.APPROVED),
        Question(business, _settled(on, 700, 24, early), on, Outcome.REFUSED),
        Question(business, _settled(on, 400, 16, in_window), on, Outcome.APPROVED),
    ]


def _settled(on: date, days: int, months: int, permit: tuple[Action, ...] = ()) -> Facts:
    moved = on - timedelta(days=days // 3)
    month = month_index(on)
    return Facts(
        id_number="11010519491231002X",
        registrations=(
            Registration(on - timedelta(days=days), moved - timedelta(days=9), HOUSE),
            Registration(moved, None, HOUSE),
        ),
        insurance={
            kind: MonthSet.between(month - months, month - 1)
            for kind in (Insurance.PENSION, Insurance.MEDICAL, Insurance.INJURY)
        },
        permit=permit,
    )


def _issued(day: date) -> tuple[Action, ...]:
    return (Action(ActionKind.ISSUED, day),)


def eight_findings(on: date, citation: str) -> tuple[Finding, ...]:
    """Build what a decision consists of, deciding nothing: no decision can cost less."""
    return (
        Finding(_ALIVE, True, True, True, None, _PERMIT, citation, on),
        Finding(_ALIVE, True, True, True, None, _PERMIT, citation, on),
        Finding(_ALIVE, True, True, True, None, _PERMIT, citation, on),
        Finding(_ALIVE, True, True, True, None, _PERMIT, citation, on),
        Finding(_ALIVE, True, True, True, None, _PERMIT, citation, on),
        Finding(_ALIVE, True, 12, 14, _MONTHS, _PERMIT, citation, on),
        Finding(_ALIVE, True, 12, 14, _MONTHS, _PERMIT, citation, on),
        Finding(_ALIVE, False, 18, 14, _MONTHS, _PERMIT, citation, on),
    )


def run() -> Result:
    """Measure both in turns and return calls a second on one core."""
    mix = questions()
    for business, facts, on, outcome in mix:
        assert evaluate(business, facts, on=on).outcome is outcome

    def decide() -> None:
        for business, facts, on, _ in mix:
            evaluate(business, facts, on=on)

    def build() -> None:
        for _, _, on, _ in mix:
            eight_findings(on, "《深圳经济特区居住证条例》第十九条")

    rounds = [(_per_second(decide, len(mix)), _per_second(build, len(mix))) for _ in range(ROUNDS)]
    return Result(max(one for one, _ in rounds), max(other for _, other in rounds))


def _per_second(call: Callable[[], None], calls: int) -> float:
    repeats, begun = 0, perf_counter()
    while (spent := perf_counter() - begun) < SECONDS:
        call()
        repeats += 1
    return repeats * calls / spent


_ALIVE: Final = Condition.ALIVE
_PERMIT: Final = Source.PERMIT
_MONTHS: Final = Unit.MONTHS

if __name__ == "__main__":
    result = run()
    print(f"decisions        {result.decisions:>10,.0f} /s on one core")
    print(f"eight findings   {result.limit:>10,.0f} /s, built without deciding: the limit")
    print(f"ratio            {result.ratio:>10.1%}")
