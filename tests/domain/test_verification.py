"""What departments are told: the fold of all acts as of a day, and what was recorded late."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from juzhu.domain.calendar import anniversary
from juzhu.domain.permit import Action, ActionKind, CancelReason, held_periods, status_on
from juzhu.domain.sheet import Standing, standing_of
from juzhu.domain.verification import NOTHING, LateRecord, Recorded, verify

D = date


def act(kind, on, recorded=None, reason=None):
    return Recorded(Action(ActionKind(kind), on, reason), recorded or on)


FIRST = [act("issued", D(2020, 3, 1)), act("endorsed", D(2021, 2, 1))]
SECOND = [act("issued", D(2025, 6, 1))]


def test_nobody_and_no_permit_are_the_same_nothing():
    assert verify([], D(2026, 1, 1)) is NOTHING
    assert verify([FIRST], D(2020, 2, 29)) is NOTHING


def test_a_past_day_is_answered_as_of_its_own_end():
    expected = {
        D(2020, 3, 1): (Standing.VALID, D(2021, 2, 28)),
        D(2021, 1, 31): (Standing.VALID, D(2021, 2, 28)),
        D(2021, 2, 1): (Standing.VALID, D(2022, 2, 28)),
        D(2022, 3, 1): (Standing.SUSPENDED, D(2022, 2, 28)),
        D(2024, 2, 29): (Standing.SUSPENDED, D(2022, 2, 28)),
        D(2024, 3, 1): (Standing.CANCELLED, D(2022, 2, 28)),
        D(2025, 5, 31): (Standing.CANCELLED, D(2022, 2, 28)),
        D(2025, 6, 1): (Standing.VALID, D(2026, 5, 31)),
    }

    found = {day: verify([FIRST, SECOND], day) for day in expected}

    assert {day: (it.standing, it.valid_through) for day, it in found.items()} == expected


def test_the_latest_permit_speaks_and_the_periods_of_all_are_told():
    found = verify([SECOND, FIRST], D(2026, 1, 1))

    assert (found.first_issued_on, found.continuous_since) == (D(2025, 6, 1), D(2025, 6, 1))
    assert found.held_periods == ((D(2020, 3, 1), D(2022, 2, 28)), (D(2025, 6, 1), D(2026, 5, 31)))


def test_a_permit_cancelled_by_an_act_was_valid_through_the_day_before():
    acts = [act("issued", D(2025, 6, 1)), act("cancelled", D(2025, 9, 1), None, CancelReason.DEATH)]

    found = verify([acts], D(2025, 9, 1))

    assert (found.standing, found.valid_through) == (Standing.CANCELLED, D(2025, 8, 31))


def test_a_permit_cancelled_on_its_first_day_was_never_valid():
    acts = [act("issued", D(2025, 6, 1)), act("cancelled", D(2025, 6, 1), None, CancelReason.FRAUD)]

    found = verify([acts], D(2025, 9, 1))

    assert (found.standing, found.valid_through, found.held_periods) == (
        Standing.CANCELLED,
        None,
        (),
    )


def test_acts_the_register_learnt_of_later_are_flagged():
    acts = [*FIRST, act("cancelled", D(2021, 6, 1), D(2021, 9, 9), CancelReason.SHENZHEN_HUKOU)]

    before, between, after = (verify([acts], D(2021, *day)) for day in ((5, 31), (7, 1), (9, 9)))

    assert before.recorded_later == ()
    assert (between.standing, between.recorded_later) == (
        Standing.CANCELLED,
        (LateRecord(D(2021, 6, 1), D(2021, 9, 9)),),
    )
    assert after.recorded_later == ()


def test_a_new_card_recorded_late_is_no_correction():
    acts = [*FIRST, act("reissued", D(2021, 6, 1), D(2021, 9, 9))]

    assert verify([acts], D(2021, 7, 1)).recorded_later == ()


@given(
    issued=st.dates(D(2015, 6, 1), D(2030, 1, 1)),
    endorsements=st.integers(0, 6),
    lag=st.integers(0, 400),
    offset=st.integers(-40, 4000),
)
def test_it_is_the_fold_for_any_day(issued, endorsements, lag, offset):
    days = [anniversary(issued, n + 1) - timedelta(days=10) for n in range(endorsements)]
    acts = [act("issued", issued), *(act("endorsed", d, d + timedelta(days=lag)) for d in days)]
    plain, day = [it.action for it in acts], issued + timedelta(days=offset)

    found, status = verify([acts], day), status_on(plain, day)

    if status is None:
        assert found is NOTHING
        return
    assert found.standing is standing_of(status.state)
    assert found.continuous_since == status.continuous_since
    assert list(found.held_periods) == held_periods(plain, day)
    assert found.valid_through == status.valid_through
    late = [d for d in days if d <= day < d + timedelta(days=lag)]
    assert [it.effective_on for it in found.recorded_later] == late
