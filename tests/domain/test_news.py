"""What is told about a permit: its turns against its states, day by day, and what is taken back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juzhu.domain.news import News, news
from juzhu.domain.permit import (
    Action,
    ActionKind,
    CancelReason,
    Turn,
    TurnKind,
    Turns,
    status_on,
    turns,
)
from juzhu.domain.vocabulary import PermitState

DAY = timedelta(days=1)
ISSUED, ENDORSED = TurnKind.ISSUED, TurnKind.ENDORSED
SUSPENDED, RESTORED, CANCELLED = TurnKind.SUSPENDED, TurnKind.RESTORED, TurnKind.CANCELLED

LI = Action(ActionKind.ISSUED, date(2024, 3, 1))
LAPSE, END = date(2025, 3, 1), date(2027, 3, 1)


def act(kind, *day, reason=None):
    return Action(ActionKind(kind), date(*day), reason)


@st.composite
def lives(draw):
    """Acts that the law allows: endorsements in the window or late, perhaps a cancellation."""
    acts = [Action(ActionKind.ISSUED, draw(st.dates(date(2015, 6, 1), date(2040, 12, 31))))]
    for _ in range(draw(st.integers(0, 4))):
        status = status_on(acts, acts[-1].on)
        first = max(status.window_opens, acts[-1].on + DAY)
        late = draw(st.booleans())
        if late:
            first = status.suspended_from
        last = status.cancelled_on - DAY if late else status.valid_through
        acts.append(Action(ActionKind.ENDORSED, draw(st.dates(first, last))))
    if draw(st.booleans()):
        on = draw(st.dates(acts[0].on, acts[-1].on + 1200 * DAY))
        acts.append(Action(ActionKind.CANCELLED, on, CancelReason.DEATH))
    return sorted(acts, key=lambda action: action.on)


STATE = {
    ISSUED: "works",
    RESTORED: "works",
    SUSPENDED: PermitState.SUSPENDED,
    CANCELLED: PermitState.CANCELLED,
}


@given(lives(), st.data())
def test_the_turns_tell_the_state_of_every_day(acts, data):
    found = turns(acts)
    told = sorted([*found.happened, *found.ahead], key=lambda turn: turn.on)
    days = {turn.on + n * DAY for turn in told for n in (-1, 0, 1)}
    days |= {data.draw(st.dates(acts[0].on, acts[-1].on + 1500 * DAY)) for _ in range(5)}

    for day in sorted(day for day in days if day >= acts[0].on):
        state = status_on(acts, day).state
        said = [STATE[turn.kind] for turn in told if turn.on <= day and turn.kind in STATE][-1]
        works = state in (PermitState.VALID, PermitState.IN_WINDOW)
        assert said == ("works" if works else state)


@given(lives())
def test_each_suspension_is_ended_by_one_turn(acts):
    found = turns(acts)
    kinds = [turn.kind for turn in [*found.happened, *found.ahead] if turn.kind is not ENDORSED]

    assert kinds[0] is ISSUED
    for kind, following in zip(kinds, [*kinds[1:], None], strict=True):
        assert (
            following
            in {
                ISSUED: {SUSPENDED, CANCELLED},
                RESTORED: {SUSPENDED, CANCELLED},
                SUSPENDED: {RESTORED, CANCELLED, None},
                CANCELLED: {None},
            }[kind]
        )


@given(lives(), st.data())
def test_what_stands_after_all_acts_is_what_the_whole_history_tells(acts, data):
    """However late each act is recorded, told and not taken back is just what is true."""
    today, told_through, known, standing = acts[0].on, acts[0].on, [], []
    for action in acts:
        before = turns(known)
        known = sorted([*known, action], key=lambda found: found.on)
        for said in news(before, turns(known), told_through=told_through, on=today):
            if said.undone:
                standing.remove(said.turn)
            else:
                assert said.turn not in standing
                standing.append(said.turn)
        told_through = today
        today += data.draw(st.integers(0, 400)) * DAY
        if data.draw(st.booleans()):  # the calendar is told, or nobody asks
            standing += [turn for turn in turns(known).ahead if told_through < turn.on <= today]
            told_through = today

    true = turns(acts)
    ahead = [turn for turn in true.ahead if turn.on <= told_through]
    assert sorted(standing) == sorted([*true.happened, *ahead])


HELD = act("case_opened", 2027, 2, 28)
READ = [
    # what is recorded, known before, told through, recorded on → what is told
    ("issue", LI, [], date(2024, 3, 1), date(2024, 3, 1), ["issued 2024-03-01"]),
    (
        "in the window",
        act("endorsed", 2025, 2, 28),
        [LI],
        date(2025, 2, 28),
        date(2025, 2, 28),
        ["endorsed 2025-02-28"],
    ),
    (
        "late",
        act("endorsed", 2025, 3, 1),
        [LI],
        LAPSE,
        LAPSE,
        ["endorsed 2025-03-01", "restored 2025-03-01"],
    ),
    (
        "late, and nobody had told the suspension",
        act("endorsed", 2025, 3, 5),
        [LI],
        date(2025, 2, 1),
        date(2025, 3, 5),
        ["suspended 2025-03-01", "endorsed 2025-03-05", "restored 2025-03-05"],
    ),
    (
        "accepted in time, decided after the suspension was told",
        act("endorsed", 2025, 2, 28),
        [LI],
        LAPSE,
        date(2025, 3, 9),
        ["NOT suspended 2025-03-01", "endorsed 2025-02-28"],
    ),
    (
        "accepted in time, decided after, but told by nobody",
        act("endorsed", 2025, 2, 28),
        [LI],
        date(2025, 2, 28),
        date(2025, 3, 9),
        ["suspended 2025-03-01", "NOT suspended 2025-03-01", "endorsed 2025-02-28"],
    ),
    (
        "hukou long ago",
        act("cancelled", 2024, 9, 1, reason=CancelReason.SHENZHEN_HUKOU),
        [LI],
        LAPSE,
        date(2025, 3, 9),
        ["NOT suspended 2025-03-01", "cancelled 2024-09-01"],
    ),
    ("a case that holds", HELD, [LI], date(2027, 2, 28), date(2027, 2, 28), []),
    (
        "a case that holds, recorded after the end was told",
        HELD,
        [LI],
        END,
        END,
        ["NOT cancelled 2027-03-01"],
    ),
    (
        "held, then let go",
        act("case_closed", 2027, 3, 20),
        [LI, HELD],
        date(2027, 3, 19),
        date(2027, 3, 20),
        ["cancelled 2027-03-20"],
    ),
    (
        "annulled after the lapse",
        act("cancellation_annulled", 2025, 4, 1),
        [LI, act("cancelled", 2024, 9, 1, reason=CancelReason.FRAUD)],
        date(2025, 3, 31),
        date(2025, 4, 1),
        ["NOT cancelled 2024-09-01", "suspended 2025-03-01"],
    ),
    ("a new card", act("reissued", 2024, 9, 1), [LI], date(2024, 9, 1), date(2024, 9, 1), []),
]


@pytest.mark.parametrize(
    ("action", "known", "told_through", "on", "expected"),
    [row[1:] for row in READ],
    ids=[row[0] for row in READ],
)
def test_what_an_act_makes_known(action, known, told_through, on, expected):
    after = sorted([*known, action], key=lambda found: found.on)

    found = news(turns(known), turns(after), told_through=told_through, on=on)

    assert [f"{'NOT ' * undone}{turn.kind} {turn.on}" for turn, undone in found] == expected


def test_a_new_permit_has_nothing_to_take_back():
    assert turns([]) == Turns()
    assert news(Turns(), turns([LI]), told_through=LI.on, on=LI.on) == [News(Turn(ISSUED, LI.on))]
