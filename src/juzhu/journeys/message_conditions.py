"""Whether a message is still true at the moment of sending.

An endorsement made at 00:05 makes the reminder of 09:00 needless. What the register cannot say is
never a reason to keep silent: then the message is sent.
"""

from collections.abc import Collection
from datetime import date

from juzhu.domain.calendar import ONE_DAY
from juzhu.domain.vocabulary import Business
from juzhu.modules.cases import queries as cases
from juzhu.modules.notices.contracts import BEFORE_END, BEFORE_SUSPENSION, Claimed, Occasion
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import Milestone


def needless(messages: Collection[Claimed], *, on: date) -> set[int]:
    """Return which of the messages no longer say what is so on day `on`."""
    found = permits.milestones_of({m.permit_number for m in messages if m.permit_number})
    done = {
        m.id
        for m in messages
        if m.permit_number in found and not _still_so(m, found[m.permit_number], on)
    }
    reminded = {m.id: m for m in messages if m.occasion in BEFORE_SUSPENSION + BEFORE_END}
    busy = cases.with_live_case({m.person_id for m in reminded.values()}, Business.ENDORSEMENT)
    done |= {m.id for m in reminded.values() if m.person_id in busy}
    return done | _answered(messages) | _applied(messages)


def _still_so(message: Claimed, permit: Milestone, on: date) -> bool:
    """Compare the days the message was written for with those of the permit now."""
    ended = permit.ends_on is not None and permit.ends_on <= on
    match message.occasion:
        case occasion if occasion in BEFORE_SUSPENSION:
            same = permit.suspended_from - ONE_DAY == message.deadline
            return same and on <= message.deadline and not ended
        case occasion if occasion in BEFORE_END:
            same = permit.ends_on is not None and permit.ends_on - ONE_DAY == message.deadline
            return same and permit.suspended_from <= on <= message.deadline
        case Occasion.CANCELLED:
            return ended
        case _:
            return True


def _answered(messages: Collection[Claimed]) -> set[int]:
    """Return the news of a silent department whose case has gone on meanwhile."""
    waiting = {m.id: m.case_number for m in messages if m.occasion is Occasion.WAITING}
    if not waiting:
        return set()
    still = cases.still_waiting(set(waiting.values()))
    return {number for number, case in waiting.items() if case not in still}


def _applied(messages: Collection[Claimed]) -> set[int]:
    """Return the reminders to apply again of those who have applied again."""
    wished = {m.id: m.person_id for m in messages if m.occasion is Occasion.MAY_APPLY_NOW}
    if not wished:
        return set()
    busy = cases.with_live_case(set(wished.values()), Business.FIRST_ISSUE)
    return {number for number, person in wished.items() if person in busy}
