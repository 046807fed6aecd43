"""The daily round: what it writes does not depend on when, how often or how late it is done."""

import random
import re
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from bench import register
from juzhu.config import metrics
from juzhu.domain.calendar import anniversary
from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.journeys import legacy, roll
from juzhu.journeys.roll import ladder
from juzhu.modules.notices.contracts import Delivery, Occasion
from juzhu.modules.notices.models import Message
from juzhu.modules.permits import services as permits
from juzhu.modules.permits.contracts import PermitDays
from juzhu.modules.permits.models import Event, Permit
from juzhu.modules.rounds import queries as rounds
from juzhu.modules.rounds.models import Night
from juzhu.ports.clock import SHENZHEN

START = date(2026, 2, 10)
DAYS = 46
HEADER = "id_number,name,phone,issued_on,endorsed_on"


def at(day: date, hour: int = 0, minute: int = 5) -> datetime:
    return datetime.combine(day, time(hour, minute), SHENZHEN)


def row(i: int, suspended_from: date) -> str:
    issued = anniversary(suspended_from, -1)
    return f"{register.id_number(i)},{register.name(i)},{register.phone(i)},{issued},"


def load(rows: list[str], when: datetime) -> None:
    assert legacy.load([HEADER, *rows], at=when).refused == []


def do_roll(day: date, when: datetime | None = None) -> dict[str, int]:
    return roll.run(on=day, at=when or at(day))


def said() -> dict[Occasion, set[str]]:
    found: dict[Occasion, set[str]] = {}
    for message in Message.objects.all():
        found.setdefault(Occasion(message.occasion), set()).add(str(message.due_on))
    return found


# --- the ladder ----------------------------------------------------------------------------------

LAPSES = st.dates(date(2019, 1, 1), date(2034, 1, 1))


@given(LAPSES, st.integers(-800, 800), st.integers(0, 90))
def test_marks_find_exactly_the_steps_of_the_ladder(lapse, away, held):
    day = lapse + timedelta(days=away)
    window, end = lapse - timedelta(days=60), ladder.full_term(lapse) + timedelta(days=held)
    permit = PermitDays(1, "440300", 1, window, lapse, end)
    columns = {"window_opens": window, "suspended_from": lapse, "ends_on": end}

    marked = {
        (mark.name, mark.day)
        for column, marks in ladder.marks([day]).items()
        for mark in marks
        if mark.value == columns[column]
    }

    due = {(it.occasion, it.due_on) for it in ladder.steps_of(permit) if it.due_on == day}
    assert marked == due


@pytest.mark.django_db
def test_a_permit_nobody_endorses_is_told_of_the_whole_ladder_on_the_legal_days():
    lapse = date(2026, 5, 1)
    load([row(1, lapse)], at(START, 12))
    day = START
    while day <= date(2028, 5, 1):
        do_roll(day)
        day += timedelta(days=1 + (day - START).days % 8)  # most are missed
    do_roll(day)

    assert said() == {
        Occasion.WINDOW_OPENED: {"2026-03-02"},
        Occasion.DAYS_30: {"2026-03-31"},
        Occasion.DAYS_7: {"2026-04-23"},
        Occasion.DAYS_1: {"2026-04-29"},
        Occasion.SUSPENDED: {"2026-05-01"},
        Occasion.STILL_SUSPENDED: {"2027-05-01"},
        Occasion.ENDS_IN_60: {"2028-03-02"},
        Occasion.ENDS_IN_30: {"2028-04-01"},
        Occasion.ENDS_IN_7: {"2028-04-24"},
        Occasion.CANCELLED: {"2028-05-01"},
    }
    turns = Event.objects.order_by("on").values_list("kind", "on")
    assert [(kind, str(on)) for kind, on in turns] == [
        ("suspended", "2026-05-01"),
        ("cancelled", "2028-05-01"),
    ]


# --- the same, however it is done ----------------------------------------------------------------


class Town:
    """Fifty permits and six weeks of acts on them, the same from the same seed."""

    def __init__(self, seed: int) -> None:
        dice = random.Random(seed)
        self._dice = dice
        self._rows = {
            START: [self._row(i, dice.randint(-740, 70)) for i in range(1, 50)],
            START + timedelta(days=20): [self._row(i, dice.randint(-700, 70)) for i in (60, 61)],
            START + timedelta(days=41): [self._row(i, dice.randint(0, 90)) for i in (70, 71)],
        }

    def _row(self, i: int, away: int) -> str:
        return row(i, START + timedelta(days=away))

    def live_through(self, day: date) -> None:
        """Let people act at noon of `day`."""
        noon = at(day, 12, 0)
        load(self._rows.get(day, []), noon)
        for permit in Permit.objects.order_by("person_id"):
            if self._dice.random() < 0.04:
                self._act(permit, day, noon)

    def _act(self, permit: Permit, day: date, noon: datetime) -> None:
        what, choice = {}, self._dice.random()
        if permit.ends_on is None:
            kind = ActionKind.CASE_CLOSED if choice < 0.5 else ActionKind.ENDORSED
        elif permit.ends_on <= day or permit.window_opens > day:
            kind = ActionKind.REISSUED
        elif choice < 0.5:
            kind = ActionKind.ENDORSED
        elif choice < 0.9:
            kind = ActionKind.CASE_OPENED
        else:
            kind, what = ActionKind.CANCELLED, {"reason": CancelReason.SHENZHEN_HUKOU}
        occasion = f"{day}-{kind}"
        permits.act(permit_id=permit.pk, kind=kind, on=day, at=noon, occasion=occasion, **what)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def story(seed: int, hours: "dict[int, int]") -> list[tuple]:
    """Live six weeks, doing the round on the days and at the hours given; return what was said."""
    town = Town(seed)
    with undone():
        for n in range(DAYS + 1):
            day, hour = START + timedelta(days=n), hours.get(n)
            if hour is not None and hour < 12:
                do_roll(day, at(day, hour))
            town.live_through(day)
            if hour is not None and hour >= 12:
                do_roll(day, at(day, hour))
        last = START + timedelta(days=DAYS + 1)
        do_roll(last)
        numbers = dict(Permit.objects.values_list("number", "person__id_digest"))
        return sorted(
            (
                bytes(numbers[it.permit_number]),
                it.occasion,
                it.subject.partition(":")[2],
                it.due_on,
                it.deadline,
                sorted(it.values.items()),
            )
            for it in Message.objects.all()
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 30))]
)
def test_missed_days_are_caught_up_as_if_each_had_been_done(seed):
    daily = story(seed, dict.fromkeys(range(DAYS + 1), 0))

    dice = random.Random(seed)
    for missed in (
        {0: 23},
        {n: dice.randint(0, 23) for n in [0, *dice.sample(range(1, DAYS), 7)]},
        {n: dice.randint(0, 23) for n in range(0, DAYS, 3)},
    ):
        assert story(seed, missed) == daily
    assert len({occasion for _, occasion, *_ in daily}) >= 6


@pytest.mark.django_db
def test_of_what_was_missed_only_the_latest_that_is_still_true_is_sent():
    load([row(i, START + timedelta(days=40)) for i in (1, 2)], at(START, 12))
    do_roll(START, at(START, 13))
    acted = START + timedelta(days=12)
    permits.act(
        permit_id=Permit.objects.order_by("pk").last().pk,
        kind=ActionKind.ENDORSED,
        on=acted,
        at=at(acted, 12),
        occasion="QZ1",
    )

    do_roll(START + timedelta(days=35))

    told = Message.objects.exclude(occasion=Occasion.WINDOW_OPENED).order_by("person_id", "due_on")
    assert list(told.values_list("occasion", "delivery")) == [
        (Occasion.DAYS_30, Delivery.NEEDLESS),
        (Occasion.DAYS_7, Delivery.POSTPONED),  # to the morning
        (Occasion.DAYS_30, Delivery.NEEDLESS),  # endorsed three days later
    ]


@pytest.mark.django_db
def test_a_second_round_and_a_clock_set_back_write_nothing():
    load([row(i, START + timedelta(days=i)) for i in range(1, 70)], at(START, 12))
    first = do_roll(START + timedelta(days=1))
    nights = Night.objects.count()

    again = do_roll(START + timedelta(days=1))
    back = do_roll(START - timedelta(days=30))
    later_that_day = do_roll(START + timedelta(days=1), at(START + timedelta(days=1), 18))

    assert first["messages"] > 50
    assert "messages" not in again | back
    assert later_that_day["messages"] == 0
    assert Night.objects.count() == nights + 1
    assert rounds.done_through() == START + timedelta(days=1)


@pytest.mark.django_db
def test_a_dry_run_counts_what_the_round_then_writes_and_writes_nothing():
    load([row(i, START + timedelta(days=i * 3 - 200)) for i in range(1, 90)], at(START, 12))
    do_roll(START, at(START, 13))
    before, day = Message.objects.count(), START + timedelta(days=9)

    expected = roll.expected(on=day, at=at(day))

    assert Message.objects.count() == before
    done = do_roll(day)
    assert {k: n for k, n in done.items() if k in expected} == expected
    assert sum(Counter(expected).values()) > 5


@pytest.mark.django_db
def test_the_forecast_counts_the_days_ahead():
    load([row(i, START + timedelta(days=30)) for i in range(1, 4)], at(START, 12))

    do_roll(START, at(START, 13))

    ahead = {it.day: it for it in rounds.forecast()}
    assert ahead[START + timedelta(days=29)].last_days == 3
    assert sum(it.last_days for it in ahead.values()) == 3
    assert min(ahead) == START + timedelta(days=1)


@pytest.mark.django_db
def test_the_numbers_say_how_far_the_round_is():
    assert b"juzhu_round_done_through " not in metrics.exposition()

    do_roll(START)

    shown = metrics.exposition().decode()
    ((_, day),) = re.findall(r"^(juzhu_round_done_through) (\S+)$", shown, re.MULTILINE)
    assert float(day) == at(START, 0, 0).timestamp()
    assert 'juzhu_round_stretches{state="todo"} 0.0' in shown
