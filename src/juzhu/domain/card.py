"""The life of a card (证件): a fold of what happened to it. The permit does not depend on it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class CardState(StrEnum):
    """Where a card stands."""

    ORDERED = "ordered"  # 待制作: waits for the next production file
    IN_PRODUCTION = "in_production"  # 制作中: in a file for the factory
    MADE = "made"  # 已制作, still in the factory
    ON_WAY = "on_way"  # 运送中, to the acceptance point
    AT_POINT = "at_point"  # 待领取: in stock at an acceptance point
    IN_POST = "in_post"  # 邮寄中
    COMING_BACK = "coming_back"  # 退信: the post could not deliver it
    WITH_HOLDER = "with_holder"  # 已领取
    DESTROYED = "destroyed"  # 已销毁: nobody fetched it
    VOID = "void"  # 已作废: replaced by another, or its permit ended


class CardEvent(StrEnum):
    """What happens to a card."""

    ORDERED = "ordered"
    SENT = "sent"  # written into a production file
    TAKEN = "taken"  # the factory acknowledged the line (受理回执)
    TURNED_DOWN = "turned_down"  # the factory refused the line
    MADE = "made"
    SPOILED = "spoiled"  # 废卡: made badly or damaged before hand-over; it is made again
    SHIPPED = "shipped"  # to the acceptance point
    POSTED = "posted"  # to the holder's address, with a pickup code
    ARRIVED = "arrived"  # at an acceptance point
    DELIVERED = "delivered"  # the post handed it over against the pickup code
    RETURNED = "returned"  # the post sends it back
    LOST = "lost"  # on the way; it is made again, free of charge
    REFUSED = "refused"  # somebody came for it and did not get it
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"  # the holder gave the old card back
    VOIDED = "voided"
    DESTROYED = "destroyed"
    REVIVED = "revived"  # voided by mistake: the card that the holder has is good again
    REORDERED = "reordered"  # voided by mistake before it was handed over: made again
    TRIED_AGAIN = "tried_again"  # an operator lets a card be made that failed too often


class CardGround(StrEnum):
    """Why a card is made; it decides on the fee and on the card before it."""

    FIRST = "first"  # 首次申领
    REAPPLIED = "reapplied"  # 再次申领 after a cancellation
    LOST = "lost"  # 补领: lost
    DESTROYED = "destroyed"  # 补领: destroyed
    DAMAGED = "damaged"  # 换领: damaged
    CHANGED = "changed"  # 换领: what is printed has changed


REISSUE_GROUNDS: Final = (CardGround.LOST, CardGround.DESTROYED)
"""补领: the old card is gone."""
REPLACEMENT_GROUNDS: Final = (CardGround.DAMAGED, CardGround.CHANGED)
"""换领: the old card is handed back for the new one."""


class CardHistoryError(ValueError):
    """An event that cannot follow what happened before."""


_S, _E = CardState, CardEvent
_MAKE_AGAIN: Final = _S.ORDERED

NEXT: Final[Mapping[CardState, Mapping[CardEvent, CardState]]] = {
    _S.ORDERED: {_E.SENT: _S.IN_PRODUCTION, _E.TRIED_AGAIN: _S.ORDERED},
    _S.IN_PRODUCTION: {
        _E.TAKEN: _S.IN_PRODUCTION,
        _E.SENT: _S.IN_PRODUCTION,  # again, under the same name: the line was not acknowledged
        _E.TURNED_DOWN: _MAKE_AGAIN,
        _E.SPOILED: _MAKE_AGAIN,
        _E.MADE: _S.MADE,
    },
    _S.MADE: {_E.SPOILED: _MAKE_AGAIN, _E.SHIPPED: _S.ON_WAY, _E.POSTED: _S.IN_POST},
    _S.ON_WAY: {_E.ARRIVED: _S.AT_POINT, _E.LOST: _MAKE_AGAIN},
    _S.AT_POINT: {
        _E.REFUSED: _S.AT_POINT,
        _E.HANDED_OVER: _S.WITH_HOLDER,
        _E.SPOILED: _MAKE_AGAIN,
        _E.DESTROYED: _S.DESTROYED,
    },
    _S.IN_POST: {
        _E.REFUSED: _S.IN_POST,
        _E.DELIVERED: _S.WITH_HOLDER,
        _E.RETURNED: _S.COMING_BACK,
        _E.LOST: _MAKE_AGAIN,
    },
    _S.COMING_BACK: {_E.ARRIVED: _S.AT_POINT, _E.LOST: _MAKE_AGAIN},
    _S.WITH_HOLDER: {_E.HANDED_BACK: _S.VOID},
    _S.DESTROYED: {},
    _S.VOID: {
        _E.HANDED_BACK: _S.VOID,
        _E.REVIVED: _S.WITH_HOLDER,
        _E.REORDERED: _MAKE_AGAIN,
    },
}
"""What may follow what. Besides, any card can be voided but one that is destroyed or void."""

UNDER_WAY: Final = frozenset(CardState) - {_S.WITH_HOLDER, _S.DESTROYED, _S.VOID}
"""The holder waits for these."""


def state_after(state: CardState | None, event: CardEvent) -> CardState:
    """Return where a card stands after `event`.

    Raises:
        CardHistoryError: the event cannot follow.

    """
    if state is None and event is CardEvent.ORDERED:
        return CardState.ORDERED
    if state is not None:
        if event is CardEvent.VOIDED and state not in (CardState.VOID, CardState.DESTROYED):
            return CardState.VOID
        if event in NEXT[state]:
            return NEXT[state][event]
    raise CardHistoryError(f"{event} cannot follow {state}")


def state_of(events: Iterable[CardEvent]) -> CardState:
    """Return where all events, in their order, leave a card.

    Raises:
        CardHistoryError: they contradict each other, or there are none.

    """
    state: CardState | None = None
    for event in events:
        state = state_after(state, event)
    if state is None:
        raise CardHistoryError("a card begins with its order")
    return state
