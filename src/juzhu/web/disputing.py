"""Taking down that data about a person are wrong: by themselves, or by an officer for them."""

from datetime import date, datetime
from typing import Final

from juzhu.domain.vocabulary import PermitState
from juzhu.modules.desk.contracts import Hand
from juzhu.modules.disputes import services
from juzhu.modules.disputes.contracts import MOST_WAITING, DataItem, Reason
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.web import look_forms

_STATES: Final = {
    PermitState.VALID: "有效",
    PermitState.IN_WINDOW: "有效",
    PermitState.SUSPENDED: "中止使用",
    PermitState.CANCELLED: "已注销",
}


def take(
    form: look_forms.DataForm, *, person_id: int, at: datetime, hand: Hand | None = None
) -> int | None:
    """Put what a valid form says before an officer; None when too many wait, said in the form."""
    item = DataItem(form.cleaned_data["item"])
    try:
        return services.open_about_data(
            person_id=person_id,
            item=item,
            shown=_shown(person_id, item, at.date()),
            reason=Reason(form.cleaned_data["reason"]),
            words=form.cleaned_data["words"],
            at=at,
            hand=hand,
        )
    except services.TooManyError:
        form.add_error(None, look_forms.TOO_MANY % {"n": MOST_WAITING})
        return None


def _shown(person_id: int, item: DataItem, on: date) -> str:
    """Return what this service itself shows of it; the rest is with the departments."""
    if item is DataItem.PERSON:
        return people.person(person_id).name
    permit = permits.permit_of(person_id, on) if item is DataItem.PERMIT else None
    if permit is None:
        return ""
    status = permit.status
    return f"{permit.number}，{status.issued_on}–{status.valid_through}，{_STATES[status.state]}"
