"""One case: what became of it, and what its owner can do with it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.domain.vocabulary import Business
from juzhu.journeys import apply as journey
from juzhu.modules.cases.contracts import LIVE, CaseState, CaseView
from juzhu.modules.permits import queries as permits
from juzhu.web import card_progress, case_page
from juzhu.web.access import own_case, resident_page

_TEMPLATES: Final[Mapping[CaseState, str]] = {
    CaseState.ACCEPTED: "web/cases/processing.html",
    CaseState.WAITING: "web/cases/waiting.html",
    CaseState.IN_REVIEW: "web/cases/in_review.html",
    CaseState.APPROVED: "web/cases/approved.html",
    CaseState.REFUSED: "web/cases/refused.html",
    CaseState.WITHDRAWN: "web/cases/withdrawn.html",
    CaseState.UNDONE: "web/cases/undone.html",
    CaseState.ENDED: "web/cases/ended.html",
    CaseState.TO_PAY: "web/cases/card.html",
    CaseState.UNPAID: "web/cases/unpaid.html",
}

_CARD_TEMPLATES: Final[Mapping[CaseState, str]] = {
    CaseState.APPROVED: "web/cases/card.html",
    CaseState.ENDED: "web/cases/card_ended.html",
}
"""Where a case about the card alone has a page of its own."""


@require_safe
@resident_page
def case(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Show where the case stands; the answer first, then what it rests on."""
    shown = own_case(person_id, number)
    template = _TEMPLATES[shown.state]
    if shown.state is CaseState.APPROVED and shown.business is Business.ENDORSEMENT:
        template = "web/cases/endorsed.html"
    if shown.business in card_progress.CARD_BUSINESSES:
        template = _CARD_TEMPLATES.get(shown.state, template)
    at = wiring.clock().now()
    today, permit = at.date(), None
    if shown.state is CaseState.APPROVED:
        permit = permits.permit_of(person_id, today)
    context = {**case_page.context(shown, permit), **card_progress.context(shown, at=at)}
    return render(request, template, context | {"today": today})


@require_POST
@resident_page
def again(_request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Ask the silent department once more, now."""
    own_case(person_id, number)
    journey.again(person_id=person_id, number=number)
    return redirect("web:case", number)


@require_http_methods(["GET", "POST"])
@resident_page
def withdraw(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Confirm, then withdraw."""
    shown = own_case(person_id, number)
    if request.method == "GET" and shown.state in LIVE:
        return render(request, "web/cases/withdraw.html", {"case": shown})
    return _act(request, person_id, shown, journey.withdraw)


@require_http_methods(["GET", "POST"])
@resident_page
def review(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Confirm, then put a refusal before an officer."""
    shown = own_case(person_id, number)
    if request.method == "GET" and case_page.may_ask_review(shown):
        return render(request, "web/cases/review.html", {"case": shown})
    return _act(request, person_id, shown, journey.ask_review)


@require_POST
@resident_page
def remind(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Note the wish to be told on the earliest day."""
    return _act(request, person_id, own_case(person_id, number), journey.remind)


def _act(
    request: HttpRequest, person_id: int, shown: CaseView, act: Callable[..., CaseView]
) -> HttpResponseBase:
    """Do it on POST; either way the case page shows what is so now."""
    if request.method == "POST":
        at: datetime = wiring.clock().now()
        act(person_id=person_id, number=shown.number, at=at)
    return redirect("web:case", shown.number)
