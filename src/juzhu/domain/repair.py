"""Putting right what was refused on data that were late or wrong: what is to be done, and by whom.

Only ever to the person's advantage: data that turned worse since a decision change nothing of it.
"""

from collections.abc import Sequence
from datetime import date

from juzhu.domain.calendar import ONE_DAY, month_index
from juzhu.domain.facts import FIRST_MONTH, UNKNOWN, Facts, MonthSet
from juzhu.domain.parameters import POSTING_LAG_MONTHS
from juzhu.domain.permit import Action, ActionKind, held_periods


def endorsing_act(actions: Sequence[Action], accepted_on: date) -> Action | None:
    """Return the act that makes good a refused endorsement; None when there is nothing to mend.

    It is endorsed as of the acceptance day. Where the holder has endorsed late meanwhile, the
    window is extended to that day instead, so that this endorsement was in time and no gap is left.

    Raises:
        PermitHistoryError: the permit's life has no room for it any more.

    """
    since = [a.on for a in actions if a.kind is ActionKind.ENDORSED and a.on > accepted_on]
    act = (
        Action(ActionKind.EXTENDED, accepted_on, None, since[0])
        if since
        else Action(ActionKind.ENDORSED, accepted_on)
    )
    changed = held_periods(_with(actions, act), date.max) != held_periods(actions, date.max)
    return act if changed else None


def changes_past(actions: Sequence[Action], act: Action, today: date) -> bool:
    """Say whether an act makes days before `today` valid that were not: others relied on those."""
    return _past(actions, today) != _past(_with(actions, act), today)


def only_posted_late(before: Facts, after: Facts, on: date) -> bool:
    """Say whether all that is new are months of insurance that could not be on record yet on `on`.

    Such months are posted late as a matter of course (`posting_lag_months`). Anything else, an
    older month, a registration with an earlier day, was corrected or paid in arrears (补缴), and
    an officer says whether it counts.
    """
    if before.insurance is UNKNOWN or after.insurance is UNKNOWN:
        return False
    same = (
        (before.identity, before.registrations, before.talent, before.enrolment)
        == (after.identity, after.registrations, after.talent, after.enrolment)
        and before.shenzhen_hukou == after.shenzhen_hukou
        and before.alive == after.alive
    )
    expected = month_index(on) - POSTING_LAG_MONTHS.on(on).value
    kinds = {*before.insurance, *after.insurance}
    return same and all(
        _until(before.insurance.get(kind, MonthSet()), expected)
        == _until(after.insurance.get(kind, MonthSet()), expected)
        for kind in kinds
    )


def _until(months: MonthSet, first: int) -> int:
    """Return the bits of the months before index `first`."""
    return months.bits & (1 << first - FIRST_MONTH) - 1


def _with(actions: Sequence[Action], act: Action) -> list[Action]:
    return sorted([*actions, act], key=lambda one: one.on)


def _past(actions: Sequence[Action], today: date) -> list[tuple[date, date]]:
    spans = held_periods(actions, date.max)
    return [(first, min(last, today - ONE_DAY)) for first, last in spans if first < today]
