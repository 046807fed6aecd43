"""The life of a card and who may be handed one, as tables a lawyer can read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juzhu.domain.card import (
    UNDER_WAY,
    CardEvent,
    CardGround,
    CardHistoryError,
    CardState,
    state_after,
    state_of,
)
from juzhu.domain.card_terms import fee, pay_by
from juzhu.domain.collection import Named, Read, Refusal, is_nearly, refusal
from juzhu.domain.identity import check_digit
from juzhu.domain.permit import Action, ActionKind, CancelReason, status_on

ISSUED, TODAY = date(2026, 1, 1), date(2026, 11, 24)
ACTIONS = (Action(ActionKind.ISSUED, ISSUED),)
VALID = status_on(ACTIONS, TODAY)
ENDED = status_on((*ACTIONS, Action(ActionKind.CANCELLED, TODAY, CancelReason.FRAUD)), TODAY)
AGENT = Named("430102199001010029", "李小红")
EVENTS = st.lists(st.sampled_from(CardEvent), max_size=12)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("ordered", "ordered"),
        ("ordered sent", "in_production"),
        ("ordered sent taken made shipped arrived handed_over", "with_holder"),
        ("ordered sent made posted delivered", "with_holder"),
        ("ordered sent made posted returned arrived refused handed_over", "with_holder"),
        ("ordered sent sent made spoiled", "ordered"),  # and made again
        ("ordered sent made posted lost", "ordered"),
        ("ordered sent made shipped arrived handed_over voided handed_back", "void"),
        ("ordered voided", "void"),
        ("ordered voided reordered sent", "in_production"),  # the death was told by mistake
        ("ordered sent made posted delivered voided revived", "with_holder"),
        ("ordered sent made shipped arrived destroyed", "destroyed"),
    ],
)
def test_a_card_stands_where_its_events_leave_it(told, state):
    assert state_of(map(CardEvent, told.split())) == state


@pytest.mark.parametrize(
    "told", ["", "sent", "ordered handed_over", "ordered sent made handed_over", "ordered ordered"]
)
def test_what_cannot_have_happened_is_refused(told):
    with pytest.raises(CardHistoryError):
        state_of(map(CardEvent, told.split()))


@given(EVENTS)
def test_only_a_mistake_leads_out_of_void_and_nobody_waits_for_what_is_over(events):
    state = CardState.ORDERED
    for event in events:
        try:
            after = state_after(state, event)
        except CardHistoryError:
            continue
        mended = event in (CardEvent.REVIVED, CardEvent.REORDERED)
        assert state is not CardState.VOID or mended or after is CardState.VOID
        assert state is not CardState.DESTROYED
        assert not (state is CardState.WITH_HOLDER and after in UNDER_WAY)
        state = after


@pytest.mark.parametrize(
    ("why", "given"),
    [
        (None, {}),
        (None, {"alive": None}),  # a silent register keeps nobody from the card
        (None, {"agent": AGENT, "came": Read(AGENT.number, AGENT.name)}),
        (None, {"agent": AGENT}),  # the holder may come although an agent is named
        (Refusal.HOLDER_DIED, {"alive": False}),
        (Refusal.PERMIT_ENDED, {"status": ENDED}),
        (Refusal.NOT_READ, {"holder_read": False}),
        (Refusal.NOT_READ, {"holder_read": False, "agent": AGENT, "came": Read(*AGENT)}),
        (Refusal.NO_AGENT, {"came": Read(*AGENT)}),
        (Refusal.NAME_DIFFERS, {"agent": AGENT, "came": Read(AGENT.number, "李小虹")}),
        (Refusal.ANOTHER_PERSON, {"agent": AGENT, "came": Read("11010519491231002X", "王五")}),
        (
            Refusal.ANOTHER_PERSON,  # the same name is not enough
            {"agent": AGENT, "came": Read("11010519491231002X", AGENT.name)},
        ),
    ],
)
def test_who_is_handed_a_card(why, given):
    usual = {"status": VALID, "alive": True, "holder_read": True, "agent": None, "came": None}

    assert refusal(**usual | given) is why


@given(st.integers(0, 16), st.integers(1, 9))
def test_a_wrong_digit_and_its_check_digit_are_nearly_the_number(place, more):
    body = "43010219900101002"
    wrong = body[:place] + str((int(body[place]) + more) % 10) + body[place + 1 :]

    assert is_nearly(body + check_digit(body), wrong + check_digit(wrong))


def test_two_neighbours_swapped_are_nearly_the_number_and_strangers_are_not():
    body = "43010219900101012"
    swapped = body[:14] + body[15] + body[14] + body[16:]

    assert is_nearly(body + check_digit(body), swapped + check_digit(swapped))
    assert not is_nearly(AGENT.number, "11010519491231002X")
    assert not is_nearly(AGENT.number, AGENT.number[:-1])


@pytest.mark.parametrize(
    ("ground", "fen"),
    [
        (CardGround.FIRST, 0),
        (CardGround.REAPPLIED, 2000),
        (CardGround.LOST, 2000),
        (CardGround.DESTROYED, 2000),
        (CardGround.DAMAGED, 2000),
        (CardGround.CHANGED, 2000),
    ],
)
def test_only_the_first_card_is_free(ground, fen):
    assert fee(ground, TODAY).value == fen


def test_fifteen_days_to_pay_do_not_count_the_day_of_the_approval():
    assert pay_by(date(2026, 11, 24)) == date(2026, 12, 9)
