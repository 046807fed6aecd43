"""The life of a permit: its days counted a second way, and what no acts may break."""

from calendar import isleap
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from juzhu.domain.law import NotInForceError
from juzhu.domain.permit import (
    Action,
    ActionKind,
    CancelReason,
    EndorsementAfterCancellationError,
    EndorsementTooEarlyError,
    PermitHistoryError,
    ending,
    held_periods,
    status_on,
)
from juzhu.domain.vocabulary import PermitState
from tests.domain.worlds import DAY

ISSUED = st.dates(date(2015, 6, 1), date(2060, 12, 31))
VALID, IN_WINDOW = PermitState.VALID, PermitState.IN_WINDOW
SUSPENDED, CANCELLED = PermitState.SUSPENDED, PermitState.CANCELLED
LIFE = [VALID, IN_WINDOW, SUSPENDED, CANCELLED]


def act(kind, year, month, day, reason=None):
    return Action(ActionKind(kind), date(year, month, day), reason)


ZHANG = act("issued", 2018, 1, 1)


# --- an independent count --------------------------------------------------------------------


def is_anniversary(of, day):
    if (of.month, of.day) == (2, 29) and not isleap(day.year):
        return (day.month, day.day) == (3, 1)
    return (day.month, day.day) == (of.month, of.day)


def walk(issued, endorsed, last):
    """Yield each day with its state, by walking through the days and counting anniversaries."""
    anchor, paid, passed, suspended, lapsed = issued, 1, 0, None, 0
    coming = issued
    day = issued
    while day <= last:
        if day > anchor and suspended is None and is_anniversary(anchor, day):
            passed += 1
            suspended = day if passed == paid else None
        elif suspended is not None and day > suspended and is_anniversary(suspended, day):
            lapsed += 1
        if day in endorsed and suspended is None:
            paid += 1
        elif day in endorsed:
            anchor, paid, passed, suspended, lapsed, coming = day, 1, 0, None, 0, day
        if is_anniversary(anchor, day + 60 * DAY):
            coming = day + 60 * DAY
        if suspended is not None:
            yield day, CANCELLED if lapsed >= 2 else SUSPENDED
        else:
            yield day, IN_WINDOW if coming > day and passed == paid - 1 else VALID
        day += DAY


@st.composite
def lives(draw):
    """An issue day and endorsements that are each allowed."""
    issued = draw(ISSUED | st.sampled_from([date(2020, 2, 29), date(2019, 3, 1)]))
    actions = [Action(ActionKind.ISSUED, issued)]
    for _ in range(draw(st.integers(0, 4))):
        status = status_on(actions, date.max - timedelta(days=1))
        late = draw(st.booleans())
        first = status.suspended_from if late else status.window_opens
        last = status.cancelled_on - DAY if late else status.window_closes
        day = draw(st.sampled_from([first, last]) | st.dates(first, last))
        actions.append(Action(ActionKind.ENDORSED, day))
    return actions


@settings(max_examples=40, deadline=None)
@given(lives())
@example([act("issued", 2020, 2, 29)])
@example([act("issued", 2020, 2, 29), act("endorsed", 2021, 2, 1)])
@example([act("issued", 2018, 1, 1), act("endorsed", 2020, 2, 29)])
def test_every_day_has_the_state_that_counting_gives(actions):
    issued, *endorsed = (action.on for action in actions)
    last = max([issued, *endorsed]) + timedelta(days=1200)

    before = None
    for day, state in walk(issued, set(endorsed), last):
        if state is not before or day.day % 9 == 0:
            assert status_on(actions, day).state is state, day
            assert before is None or status_on(actions, day - DAY).state is before, day
        before = state


def test_nine_years_of_issue_days_agree_with_counting_at_every_boundary():
    for n in range(0, 9 * 366, 5):
        issued = date(2016, 1, 1) + n * DAY
        actions = [Action(ActionKind.ISSUED, issued)]
        status = status_on(actions, issued)
        year = date(issued.year + 1, 3, 1) if is_leap_day(issued) else shift(issued, 1)
        two = date(year.year + 2, 3, 1) if is_leap_day(year) else shift(year, 2)
        assert (status.suspended_from, status.cancelled_on) == (year, two)
        assert (status.window_opens, status.valid_through) == (year - 60 * DAY, year - DAY)


def is_leap_day(day):
    return (day.month, day.day) == (2, 29)


def shift(day, years):
    return day.replace(year=day.year + years)


# --- what never breaks -----------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(lives())
def test_the_window_is_the_last_sixty_days_of_validity(actions):
    status = status_on(actions, actions[-1].on)

    around = [status.window_opens + n * DAY for n in range(-3, 66)]
    in_window = [day for day in around if status_on(actions, day).state is IN_WINDOW]
    assert len(in_window) == 60
    assert in_window[-1] == status.valid_through == status.window_closes
    assert status.suspended_from == status.valid_through + DAY


@settings(max_examples=150, deadline=None)
@given(lives(), st.integers(-30, 1200))
def test_a_permit_never_grows_younger_without_an_act(actions, offset):
    day = actions[-1].on + max(offset, 0) * DAY

    today, tomorrow = (status_on(actions, on).state for on in (day, day + DAY))

    assert LIFE.index(tomorrow) - LIFE.index(today) in (0, 1)


@settings(max_examples=150, deadline=None)
@given(lives())
def test_suspension_and_cancellation_meet_without_gap_or_overlap(actions):
    status = status_on(actions, actions[-1].on)

    days = [
        (status.valid_through, IN_WINDOW),
        (status.suspended_from, SUSPENDED),
        (status.cancelled_on - DAY, SUSPENDED),
        (status.cancelled_on, CANCELLED),
        (ending(actions), CANCELLED),
        (date(2999, 12, 31), CANCELLED),
    ]
    assert [status_on(actions, day).state for day, _ in days] == [state for _, state in days]


@settings(max_examples=150, deadline=None)
@given(lives(), st.data())
def test_an_endorsement_in_the_window_never_loses_a_day(actions, data):
    before = status_on(actions, actions[-1].on)
    day = data.draw(st.dates(before.window_opens, before.window_closes))

    after = status_on([*actions, Action(ActionKind.ENDORSED, day)], day)

    assert is_anniversary(before.anchor, after.suspended_from)
    assert 365 <= (after.valid_through - before.valid_through).days <= 366
    assert (after.anchor, after.continuous_since) == (before.anchor, before.continuous_since)
    assert after.endorsements == before.endorsements + 1
    assert after.last_endorsed_on == day


@settings(max_examples=60, deadline=None)
@given(lives(), st.integers(0, 1200))
def test_the_held_periods_are_the_days_with_function(actions, offset):
    on = actions[-1].on + timedelta(days=offset)

    periods = held_periods(actions, on)

    first, last = actions[0].on, status_on(actions, on).cancelled_on
    for n in range(0, (last - first).days, 17):
        day = first + n * DAY
        held = any(start <= day <= through for start, through in periods)
        assert held == (status_on(actions, day).state in (VALID, IN_WINDOW)), day


@settings(max_examples=100, deadline=None)
@given(lives(), st.integers(0, 1500))
def test_a_new_card_changes_no_day(actions, offset):
    reissued = Action(ActionKind.REISSUED, actions[0].on + offset * DAY)
    day = actions[0].on + 1500 * DAY

    assert status_on([*actions, reissued], day) == status_on(actions, day)


@settings(max_examples=60, deadline=None)
@given(lives(), st.randoms(use_true_random=False))
def test_acts_may_be_told_in_any_order(actions, chance):
    told = chance.sample(actions, k=len(actions))

    assert status_on(told, actions[-1].on) == status_on(actions, actions[-1].on)


# --- cases hold the cancellation -------------------------------------------------------------


def test_a_case_accepted_in_the_window_and_decided_later_is_on_time():
    accepted = [ZHANG, act("case_opened", 2018, 12, 31)]

    between = status_on(accepted, date(2019, 1, 5))
    after = status_on([*accepted, act("endorsed", 2019, 1, 8)], date(2019, 1, 8))

    assert (between.state, between.case_open, between.cancelled_on) == (SUSPENDED, True, None)
    assert (after.state, after.case_open) == (VALID, False)
    assert after.last_endorsed_on == date(2018, 12, 31)
    assert after.valid_through == date(2019, 12, 31)
    assert after.continuous_since == date(2018, 1, 1)
    assert held_periods([*accepted, act("endorsed", 2018, 12, 31)], date(2019, 1, 8)) == [
        (date(2018, 1, 1), date(2019, 12, 31))
    ]


def test_a_case_accepted_the_day_before_cancellation_holds_it():
    opened = [ZHANG, act("case_opened", 2020, 12, 31)]

    held = status_on(opened, date(2021, 3, 1))

    assert (held.state, held.cancelled_on, ending(opened)) == (SUSPENDED, None, None)
    endorsed = status_on([*opened, act("endorsed", 2021, 3, 1)], date(2021, 3, 1))
    assert (endorsed.state, endorsed.anchor) == (VALID, date(2020, 12, 31))


@pytest.mark.parametrize(
    ("closed", "cancelled"),
    [
        (date(2020, 12, 31), date(2021, 1, 1)),
        (date(2021, 1, 1), date(2021, 1, 1)),
        (date(2021, 3, 1), date(2021, 3, 1)),
    ],
)
def test_a_case_closed_without_endorsement_lets_the_cancellation_come(closed, cancelled):
    actions = [ZHANG, act("case_opened", 2020, 12, 1), Action(ActionKind.CASE_CLOSED, closed)]

    status = status_on(actions, closed)

    assert (status.cancelled_on, ending(actions)) == (cancelled, cancelled)
    assert status.case_open is False
    assert status_on(actions, cancelled - DAY).state is SUSPENDED
    assert status_on(actions, cancelled).state is CANCELLED
    assert status_on(actions, cancelled).cancel_reason is CancelReason.TWO_YEARS_SUSPENDED


def test_a_case_accepted_on_the_day_of_cancellation_holds_nothing():
    actions = [ZHANG, act("case_opened", 2021, 1, 1)]

    status = status_on(actions, date(2021, 1, 1))

    assert (status.state, status.case_open) == (CANCELLED, False)


def test_only_the_first_of_two_open_cases_counts():
    opened = [ZHANG, act("case_opened", 2018, 12, 31), act("case_opened", 2019, 1, 2)]

    assert status_on([*opened, act("endorsed", 2019, 1, 3)], date(2019, 1, 3)).anchor == ZHANG.on


def test_closing_what_is_not_open_changes_nothing():
    closed = [ZHANG, act("case_closed", 2022, 1, 1)]

    assert status_on(closed, date(2022, 1, 1)) == status_on([ZHANG], date(2022, 1, 1))


# --- acts that end a permit ------------------------------------------------------------------


@pytest.mark.parametrize("reason", CancelReason)
def test_an_act_cancels_from_its_day(reason):
    actions = [ZHANG, act("cancelled", 2018, 6, 1, reason)]

    status = status_on(actions, date(2018, 6, 1))

    assert (status.state, status.cancelled_on) == (CANCELLED, date(2018, 6, 1))
    assert (status.cancel_reason, ending(actions)) == (reason, date(2018, 6, 1))
    assert status_on(actions, date(2018, 5, 31)).state is VALID
    assert held_periods(actions, date(2018, 6, 1)) == [(date(2018, 1, 1), date(2018, 5, 31))]


def test_an_act_on_the_day_of_issue_leaves_no_valid_day():
    actions = [ZHANG, act("cancelled", 2018, 1, 1, CancelReason.FRAUD)]

    assert held_periods(actions, date(2018, 1, 1)) == []


def test_an_act_ends_an_open_case():
    actions = [
        ZHANG,
        act("case_opened", 2018, 12, 1),
        act("cancelled", 2019, 1, 10, CancelReason.SHENZHEN_HUKOU),
    ]

    status = status_on(actions, date(2019, 1, 10))

    assert (status.state, status.case_open) == (CANCELLED, False)
    assert status.cancel_reason is CancelReason.SHENZHEN_HUKOU


def test_the_calendar_comes_before_a_later_act():
    actions = [ZHANG, act("cancelled", 2021, 5, 1, CancelReason.OWN_REQUEST)]

    status = status_on(actions, date(2021, 5, 1))

    assert status.cancelled_on == date(2021, 1, 1)
    assert status.cancel_reason is CancelReason.TWO_YEARS_SUSPENDED


def test_of_two_acts_the_first_counts():
    actions = [
        ZHANG,
        act("cancelled", 2018, 3, 1, CancelReason.FRAUD),
        act("cancelled", 2018, 4, 1, CancelReason.DEATH),
    ]

    assert status_on(actions, date(2018, 5, 1)).cancel_reason is CancelReason.FRAUD


@pytest.mark.parametrize("annulled", [date(2018, 3, 1), date(2018, 4, 1)])
def test_an_annulled_cancellation_never_was(annulled):
    cancelled = [ZHANG, act("cancelled", 2018, 3, 1, CancelReason.DEATH)]
    actions = [*cancelled, Action(ActionKind.CANCELLATION_ANNULLED, annulled)]

    assert status_on(actions, annulled) == status_on([ZHANG], annulled)
    assert held_periods(actions, annulled) == held_periods([ZHANG], annulled)
    assert status_on(cancelled, annulled).state is CANCELLED


def test_every_kind_of_act_has_an_effect():
    endorsed = act("endorsed", 2018, 12, 1)
    for kind in set(ActionKind) - {ActionKind.ISSUED, ActionKind.ENDORSED}:
        done = Action(kind, date(2018, 12, 20), until=date(2019, 1, 10))
        assert status_on([ZHANG, endorsed, done], date(2018, 12, 20))


# --- a fault that is not the holder's (顺延), and an endorsement taken back -----------------------


def extended(on, until):
    return Action(ActionKind.EXTENDED, on, until=until)


@pytest.mark.parametrize(
    ("endorsed_on", "valid_through", "continuous_since"),
    [
        # in the days that were added: in time, and the year runs from the old anniversary
        (date(2019, 1, 3), date(2019, 12, 31), date(2018, 1, 1)),
        # after them: late, a new year from that day
        (date(2019, 1, 4), date(2020, 1, 3), date(2019, 1, 4)),
    ],
)
def test_an_extension_lets_the_window_close_later(endorsed_on, valid_through, continuous_since):
    acts = [ZHANG, extended(date(2018, 12, 30), date(2019, 1, 3))]

    assert status_on(acts, date(2019, 1, 3)).state is PermitState.IN_WINDOW
    assert status_on(acts, date(2019, 1, 4)).state is PermitState.SUSPENDED
    assert status_on(acts, date(2019, 1, 4)).cancelled_on == date(2021, 1, 4)
    after = status_on([*acts, Action(ActionKind.ENDORSED, endorsed_on)], endorsed_on)
    assert (after.valid_through, after.continuous_since) == (valid_through, continuous_since)


def test_an_extension_is_known_from_its_day_on_only():
    acts = [ZHANG, extended(date(2018, 12, 30), date(2019, 1, 3))]

    assert status_on(acts, date(2018, 12, 29)).valid_through == date(2018, 12, 31)


@pytest.mark.parametrize("on", [date(2018, 12, 30), date(2019, 1, 1)])
def test_an_extension_that_helps_nobody_changes_nothing(on):
    until = date(2018, 12, 31) if on < date(2019, 1, 1) else date(2019, 2, 1)

    extended_status = status_on([ZHANG, extended(on, until)], date(2019, 1, 1))

    assert extended_status == status_on([ZHANG], date(2019, 1, 1))


def test_an_extension_keeps_an_open_case_open():
    acts = [
        ZHANG,
        act("case_opened", 2018, 12, 30),
        extended(date(2018, 12, 31), date(2019, 1, 3)),
    ]

    assert status_on(acts, date(2019, 1, 1)).cancelled_on is None


def test_an_extension_needs_its_last_day():
    with pytest.raises(PermitHistoryError, match="needs its last day"):
        status_on([ZHANG, Action(ActionKind.EXTENDED, date(2018, 12, 30))], date(2019, 1, 1))


def test_an_endorsement_taken_back_never_was():
    acts = [ZHANG, act("endorsed", 2018, 12, 30), act("endorsement_undone", 2019, 1, 5)]

    assert status_on(acts, date(2019, 1, 4)).valid_through == date(2019, 12, 31)
    assert status_on(acts, date(2019, 1, 5)) == status_on([ZHANG], date(2019, 1, 5))


def test_only_the_last_endorsement_is_taken_back():
    first, second = act("endorsed", 2018, 12, 1), act("endorsed", 2019, 12, 1)
    acts = [ZHANG, first, second, act("endorsement_undone", 2019, 12, 2)]

    assert status_on(acts, date(2019, 12, 2)) == status_on([ZHANG, first], date(2019, 12, 2))


def test_what_was_never_endorsed_cannot_be_taken_back():
    with pytest.raises(PermitHistoryError, match="no endorsement to take back"):
        status_on([ZHANG, act("endorsement_undone", 2018, 12, 1)], date(2018, 12, 1))


# --- what cannot be --------------------------------------------------------------------------


def test_an_endorsement_before_the_window_names_the_days_that_are_allowed():
    with pytest.raises(EndorsementTooEarlyError, match="2018-11-02 to 2018-12-31") as caught:
        status_on([ZHANG, act("endorsed", 2018, 11, 1)], date(2018, 11, 1))

    assert (caught.value.opens, caught.value.closes) == (date(2018, 11, 2), date(2018, 12, 31))


def test_an_endorsement_after_cancellation_names_the_last_day():
    with pytest.raises(EndorsementAfterCancellationError, match="2020-12-31") as caught:
        status_on([ZHANG, act("endorsed", 2021, 1, 1)], date(2021, 1, 1))

    assert caught.value.cancelled_on == date(2021, 1, 1)


@pytest.mark.parametrize(
    "actions",
    [
        [act("endorsed", 2018, 1, 1)],
        [act("endorsed", 2017, 1, 1), ZHANG],
        [ZHANG, act("issued", 2019, 1, 1)],
    ],
)
def test_contradicting_actions_are_refused(actions):
    with pytest.raises(PermitHistoryError):
        status_on(actions, date(2019, 6, 1))


def test_actions_after_the_day_are_ignored_even_if_they_cannot_be():
    actions = [ZHANG, act("endorsed", 2018, 11, 1)]

    assert status_on(actions, date(2018, 10, 31)).state is VALID


def test_there_is_nothing_before_the_issue():
    assert status_on([ZHANG], date(2017, 12, 31)) is None
    assert held_periods([ZHANG], date(2017, 12, 31)) == []
    assert ending([]) is None


def test_no_permit_is_older_than_the_regulations():
    with pytest.raises(NotInForceError, match="2015-06-01"):
        status_on([act("issued", 2015, 5, 31)], date(2016, 1, 1))


def test_a_cancellation_found_out_late_voids_the_endorsements_after_its_day():
    endorsed = [ZHANG, Action(ActionKind.ENDORSED, date(2018, 12, 1))]
    hukou = Action(ActionKind.CANCELLED, date(2018, 10, 8), CancelReason.SHENZHEN_HUKOU)

    status = status_on([*endorsed, hukou], date(2019, 6, 1))

    assert (status.state, status.cancelled_on, status.endorsements) == (
        CANCELLED,
        date(2018, 10, 8),
        0,
    )


def test_once_that_cancellation_is_annulled_the_endorsement_counts_again():
    endorsed = [ZHANG, Action(ActionKind.ENDORSED, date(2018, 12, 1))]
    hukou = Action(ActionKind.CANCELLED, date(2018, 10, 8), CancelReason.SHENZHEN_HUKOU)
    annulled = Action(ActionKind.CANCELLATION_ANNULLED, date(2019, 2, 1))

    found = status_on([*endorsed, hukou, annulled], date(2019, 6, 1))

    assert found == status_on(endorsed, date(2019, 6, 1))
