"""Who may be handed a card (领卡): the holder, or the agent (代领人) the holder has named."""

from enum import StrEnum
from typing import Final, NamedTuple

from juzhu.domain.identity import normalise_name
from juzhu.domain.permit import PermitStatus
from juzhu.domain.vocabulary import PermitState


class Read(NamedTuple):
    """An identity card that a reader has read, proven."""

    number: str
    name: str


class Refusal(StrEnum):
    """Why a card is not handed over."""

    NOT_READ = "not_read"  # the holder's own identity card was not read
    NOT_THE_HOLDER = "not_the_holder"  # 人证不符: the face is not that of the identity card
    NO_AGENT = "no_agent"  # somebody else came, and the holder has named nobody
    ANOTHER_PERSON = "another_person"  # somebody else than the named agent came
    NUMBER_DIFFERS = "number_differs"  # the agent's name, a number that is nearly the one given
    NAME_DIFFERS = "name_differs"  # the agent's number, another name
    PERMIT_ENDED = "permit_ended"
    HOLDER_DIED = "holder_died"
    WRONG_POINT = "wrong_point"  # the card lies elsewhere


class Named(NamedTuple):
    """The agent whom the holder has named."""

    number: str
    name: str


NEARLY: Final = 2
"""Digits in which a mistyped number differs: a wrong digit changes the check digit, too."""


def refusal(
    *,
    status: PermitStatus,
    alive: bool | None,
    holder_read: bool,
    agent: Named | None,
    came: Read | None,
) -> Refusal | None:
    """Return why the card may not be handed over; None when it may.

    A register that does not answer whether the holder lives is no reason to refuse.

    Args:
        status: of the permit, today.
        alive: what the population base says; None for unknown.
        holder_read: the holder's identity card was read, whoever brought it.
        agent: whom the holder has named; None for nobody.
        came: the identity card of whoever came for the holder; None when the holder came.

    """
    if alive is False:
        return Refusal.HOLDER_DIED
    if status.state is PermitState.CANCELLED:
        return Refusal.PERMIT_ENDED
    if not holder_read:
        return Refusal.NOT_READ
    return None if came is None else _of_agent(agent, came)


def _of_agent(agent: Named | None, came: Read) -> Refusal | None:
    if agent is None:
        return Refusal.NO_AGENT
    same_name = normalise_name(agent.name) == normalise_name(came.name)
    if agent.number == came.number:
        return None if same_name else Refusal.NAME_DIFFERS
    if same_name and is_nearly(agent.number, came.number):
        return Refusal.NUMBER_DIFFERS
    return Refusal.ANOTHER_PERSON


def is_nearly(one: str, other: str) -> bool:
    """Say whether two numbers differ as by a slip: two digits at most, or two neighbours swapped.

    A swap changes the check digit as well, hence three places.
    """
    if len(one) != len(other):
        return False
    places = [n for n in range(len(one)) if one[n] != other[n]]
    if len(places) <= NEARLY:
        return True
    first, second = places[:2]
    swapped = one[first] == other[second] and one[second] == other[first]
    return len(places) == NEARLY + 1 and second == first + 1 and swapped
