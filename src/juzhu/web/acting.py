"""Acting for somebody else (替家人办): whose pages a helper sees, and which.

One table says what a mandate reaches; an address that does not stand in it is refused, whatever the
mandate says. A helper stays signed in as themselves: nothing of the holder's session is theirs.
"""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render

from juzhu import wiring
from juzhu.journeys import helping
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.mandates.contracts import MandateView, Task
from juzhu.modules.people import queries as people
from juzhu.web import sessions

_SESSION: Final = "acting"
_REQUEST: Final = "juzhu.acting"

REACH: Final[Mapping[str, tuple[Task, str]]] = {
    "web:home": (Task.SEE, "permit"),
    "web:outlook": (Task.SEE, "permit"),
    "web:card": (Task.SEE, "permit"),
    "web:progress": (Task.SEE, "cases"),
    "web:case": (Task.SEE, "cases"),
    "web:case-again": (Task.SEE, "cases"),
    "web:endorse": (Task.ENDORSE, "permit"),
    "web:apply": (Task.APPLY, "permit"),
    "web:card-new": (Task.APPLY, "permit"),
    "web:pay": (Task.PAY, "payment"),
    "web:pay-who": (Task.PAY, "payment"),
    "web:pay-check": (Task.PAY, "payment"),
    "web:pay-code": (Task.PAY, "payment"),
    "web:pay-native": (Task.PAY, "payment"),
    "web:pay-receipt": (Task.PAY, "payment"),
    "web:pay-receipt-file": (Task.PAY, "payment"),
    "web:sheets": (Task.SHEET, "sheet"),
    "web:sheet-new": (Task.SHEET, "sheet"),
    "web:sheet": (Task.SHEET, "sheet"),
    "web:sheet-picture": (Task.SHEET, "sheet"),
    "web:sheet-glance": (Task.SHEET, "sheet"),
    "web:sheet-file": (Task.SHEET, "sheet"),
    "web:sheet-native": (Task.SHEET, "sheet"),
}
"""What each page needs of a mandate, and what the holder reads was seen on it."""

OWN: Final = frozenset(
    {"web:for", "web:for-begin", "web:for-end", "web:for-ask", "web:for-code", "web:for-leave"}
)
"""The helper's own pages, for themselves even while they act for somebody."""

_NEEDS_PHONE: Final = frozenset({"web:endorse", "web:apply", "web:card-new"})
"""A helper sets no phone: what the holder is told of goes to a phone that was theirs before."""


def begin(request: HttpRequest, mandate_id: int) -> None:
    """Show the pages of whoever gave this mandate from now on, in place of one's own."""
    leave(request)
    request.session[_SESSION] = mandate_id


def leave(request: HttpRequest) -> None:
    """Go back to one's own pages; what was typed or begun for the one is not the other's.

    A page left open in another tab sends nothing any more: its token is of before the change.
    """
    rotate_token(request)
    for name in (_SESSION, "keys", "draft"):
        request.session.pop(name, None)
    request.META[_REQUEST] = None


def is_acting(request: HttpRequest) -> bool:
    """Say whether the session has begun to act for somebody; the mandate may be over by now."""
    return _SESSION in request.session


def is_own(request: HttpRequest) -> bool:
    """Say whether this page is the helper's own, whoever they act for."""
    return _name(request) in OWN


def mandate_of(request: HttpRequest) -> MandateView | None:
    """Return the mandate under which this request acts, None when it acts for oneself.

    A session whose mandate carries no more acts for nobody (`is_acting` still tells).
    """
    if _REQUEST not in request.META:
        request.META[_REQUEST] = _standing(request)
    found: MandateView | None = request.META[_REQUEST]
    return found


def mandate_id(request: HttpRequest) -> int | None:
    """Return the number of the mandate under which this request acts."""
    mandate = mandate_of(request)
    return None if mandate is None else mandate.id


def _standing(request: HttpRequest) -> MandateView | None:
    visitor = sessions.visitor(request)
    if visitor is None or not is_acting(request):
        return None
    on = wiring.clock().now().date()
    mandates = helping.helped(helper_id=visitor.person_id, on=on)
    return next((it for it in mandates if it.id == request.session[_SESSION]), None)


def refusal(request: HttpRequest, mandate: MandateView) -> HttpResponse | None:
    """Return the page that says that this is not for a helper, or not for this one; else None."""
    name = _name(request)
    reach = REACH.get(name)
    if reach is None:
        return _refused(request, mandate, "never")
    if reach[0] not in mandate.tasks:
        return _refused(request, mandate, "not_granted")
    if name in _NEEDS_PHONE and people.person(mandate.holder_id).good_phone is None:
        return _refused(request, mandate, "no_phone")
    return None


def _refused(request: HttpRequest, mandate: MandateView, why: str) -> HttpResponse:
    context = {"why": why, "mandate": mandate}
    return render(request, "web/helpers/not_here.html", context, status=403)


def note_look(request: HttpRequest, mandate: MandateView) -> None:
    """Write the look into the holder's ledger before anything is shown."""
    audit.record(
        person_id=mandate.holder_id,
        actor=mandate.actor,
        purpose=Purpose.HELPER,
        at=wiring.clock().now(),
        fields=(REACH[_name(request)][1],),
    )


def _name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""
