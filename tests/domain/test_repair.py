"""What mends a refused endorsement, what changes the past, and what is merely late: tables."""

from dataclasses import replace
from datetime import date

import pytest

from juzhu.domain.facts import Facts, MonthSet, Registration
from juzhu.domain.permit import Action, ActionKind, held_periods
from juzhu.domain.repair import changes_past, endorsing_act, only_posted_late
from juzhu.domain.vocabulary import Insurance

ISSUED = date(2025, 12, 1)  # so the window is 2026-10-02 to 2026-11-30
IN_WINDOW, LATE = date(2026, 11, 24), date(2027, 2, 1)


def life(*endorsed: date) -> list[Action]:
    return [
        Action(ActionKind.ISSUED, ISSUED),
        *(Action(ActionKind.ENDORSED, day) for day in endorsed),
    ]


def test_a_refusal_in_the_window_is_made_good_as_of_its_day():
    act = endorsing_act(life(), IN_WINDOW)

    assert act == Action(ActionKind.ENDORSED, IN_WINDOW)
    assert not changes_past(life(), act, date(2026, 12, 1))  # the last valid day was yesterday
    assert changes_past(life(), act, date(2026, 12, 2))


def test_whoever_endorsed_late_meanwhile_has_no_gap_any_more():
    act = endorsing_act(life(LATE), IN_WINDOW)

    assert act == Action(ActionKind.EXTENDED, IN_WINDOW, None, LATE)
    assert changes_past(life(LATE), act, date(2027, 3, 1))
    mended = sorted([*life(LATE), act], key=lambda one: one.on)
    assert held_periods(mended, date.max) == [(ISSUED, date(2027, 11, 30))]


def test_whoever_was_endorsed_in_time_needs_nothing():
    assert endorsing_act(life(date(2026, 11, 28)), IN_WINDOW) is None


def test_a_late_refusal_restores_from_its_own_day():
    act = endorsing_act(life(), LATE)

    assert act == Action(ActionKind.ENDORSED, LATE)
    assert changes_past(life(), act, date(2027, 2, 2))
    assert not changes_past(life(), act, LATE)


KNOWN = Facts(
    id_number="11010519491231002X",
    registrations=(Registration(date(2025, 1, 1), None, ""),),
    insurance={Insurance.PENSION: MonthSet.of(["2026-06", "2026-07"])},
)


def paid(*months: str) -> Facts:
    return replace(KNOWN, insurance={Insurance.PENSION: MonthSet.of(months)})


@pytest.mark.parametrize(
    ("after", "late"),
    [
        (KNOWN, True),
        (paid("2026-06", "2026-07", "2026-10", "2026-11", "2026-12"), True),
        (paid("2026-06", "2026-07", "2026-09"), False),  # older than what is posted late
        (paid("2026-07", "2026-10"), False),  # one has gone
        (replace(KNOWN, registrations=(Registration(date(2024, 1, 1), None, ""),)), False),
        (replace(KNOWN, insurance={Insurance.MEDICAL: MonthSet.of(["2026-06"])}), False),
    ],
)
def test_only_months_that_are_posted_late_as_a_matter_of_course_are_merely_late(after, late):
    assert only_posted_late(KNOWN, after, date(2026, 11, 24)) is late
