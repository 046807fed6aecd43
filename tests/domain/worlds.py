"""People as Hypothesis draws them, and what their records will be if things stay as they are."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from juzhu.domain.facts import (
    UNKNOWN,
    Enrolment,
    Facts,
    Identity,
    MonthSet,
    Registration,
    Talent,
)
from juzhu.domain.permit import Action, ActionKind, status_on
from juzhu.domain.vocabulary import Business, EducationLevel, Insurance, Route, TalentKind

CITIZEN = "11010519491231002X"
HOUSE = "4403040010010100001000101"
HOUSE_ELSEWHERE = "4415210010010100001000101"
DAY = timedelta(days=1)


def month(day: date) -> int:
    return day.year * 12 + day.month - 1


ON = st.dates(date(2018, 1, 1), date(2030, 12, 31)) | st.sampled_from(
    [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2025, 1, 31), date(2025, 3, 1)]
)
BUSINESS = st.sampled_from(Business)
ROUTE = st.none() | st.sampled_from(Route)


@st.composite
def registrations(draw, on):
    found, day = [], on - timedelta(days=draw(st.integers(0, 900)))
    for _ in range(draw(st.integers(0, 4))):
        end = day + timedelta(days=draw(st.integers(0, 400)))
        is_open = draw(st.booleans())
        house = draw(st.sampled_from([HOUSE, HOUSE, HOUSE, HOUSE_ELSEWHERE]))
        found.append(Registration(day, None if is_open else end, house))
        day = end + timedelta(days=draw(st.sampled_from([1, 2, 29, 30, 31, 32, -20, 100])))
    return tuple(draw(st.permutations(found)))


@st.composite
def months(draw, on):
    bits = MonthSet()
    for _ in range(draw(st.integers(0, 3))):
        last = month(on) - draw(st.integers(-1, 14))
        bits = bits.union(MonthSet.between(last - draw(st.integers(0, 20)), last))
    return bits


@st.composite
def insurance(draw, on):
    kinds = draw(st.lists(st.sampled_from(Insurance), unique=True, max_size=3))
    return {kind: draw(months(on)) for kind in kinds}


TALENTS = st.builds(
    Talent,
    st.sampled_from(TalentKind),
    st.booleans(),
    st.sampled_from(["", "广州市人力资源和社会保障局", "深圳市人力资源和社会保障局"]),
)


@st.composite
def enrolments(draw, on):
    start = on + timedelta(days=draw(st.integers(-900, 300)))
    end = start + timedelta(days=draw(st.integers(0, 900)))
    return Enrolment(
        draw(st.sampled_from(EducationLevel)),
        draw(st.booleans()),
        start,
        draw(st.none() | st.just(end)),
    )


@st.composite
def permits(draw, on):
    """A permit issued by `on` whose every endorsement was allowed."""
    actions = [Action(ActionKind.ISSUED, on - timedelta(days=draw(st.integers(0, 900))))]
    for _ in range(draw(st.integers(0, 3))):
        status = status_on(actions, on)
        last = min(on, (status.cancelled_on or on) - DAY)
        if last < status.window_opens:
            break
        day = draw(st.dates(status.window_opens, last))
        actions.append(Action(ActionKind.ENDORSED, day))
    return tuple(actions)


def maybe_unknown(strategy):
    return st.one_of(strategy, strategy, strategy, st.just(UNKNOWN))


@st.composite
def cases(draw):
    """A business, facts and a day."""
    on = draw(ON)
    flag = st.sampled_from([False, False, False, True, UNKNOWN])
    dead = draw(flag)
    return (
        draw(BUSINESS),
        Facts(
            id_number=draw(st.sampled_from([CITIZEN, CITIZEN, CITIZEN, "810000199408230021"])),
            identity=draw(st.sampled_from([*Identity, Identity.MATCHED, UNKNOWN])),
            alive=dead if dead is UNKNOWN else not dead,
            shenzhen_hukou=draw(flag),
            registrations=draw(maybe_unknown(registrations(on))),
            insurance=draw(maybe_unknown(insurance(on))),
            talent=draw(maybe_unknown(st.lists(TALENTS, max_size=2).map(tuple))),
            enrolment=draw(maybe_unknown(st.lists(enrolments(on), max_size=2).map(tuple))),
            permit=draw(st.just(()) | maybe_unknown(permits(on))),
        ),
        on,
    )


def foreseen(facts: Facts, on: date, day: date) -> Facts:
    """The facts as they will stand on `day`: what is being paid on `on` goes on being paid."""
    if facts.insurance is UNKNOWN:
        return facts
    paid = {
        kind: months.union(MonthSet.between(months.latest + 1, month(day) - 1))
        if months.latest >= month(on) - 1
        else months
        for kind, months in facts.insurance.items()
    }
    return replace(facts, insurance=paid)
