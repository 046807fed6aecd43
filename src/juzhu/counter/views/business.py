"""Business for the person at the window: endorse, apply, and what became of a case."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.counter import desk_forms, gate, proof, standing, texts, visit
from juzhu.counter.views.desk import person_context, side
from juzhu.counter.visit import Visit
from juzhu.domain.vocabulary import Business, Outcome
from juzhu.journeys import apply as journey
from juzhu.journeys.apply import AlreadyOpen, Submitted
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases import requests
from juzhu.modules.cases.contracts import LIVE, Application, CaseState, Channel
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.web import card_progress, case_page, findings
from juzhu.web.permit_card import endorsed_through


def frame(request: HttpRequest, found: Visit, tab: str) -> dict[str, Any]:
    """Return what every page of business shows around it."""
    return side(request) | person_context(found) | {"tab": tab}


def allowed(found: Visit, tab: str) -> bool:
    """Say whether this business is on offer for the person at the window now."""
    permit = permits.permit_of(found.person_id, wiring.clock().now().date())
    known = cases.cases_of(found.person_id, limit=10)
    on_offer = standing.offers(permit, known, identified=found.identified)
    return any(offer.allowed and offer.address == tab for offer in on_offer)


@require_http_methods(["GET", "POST"])
def endorse(request: HttpRequest) -> HttpResponseBase:
    """Check, ask whether the person still lives there, and endorse."""
    found = visit.at_window(request)
    if not allowed(found, "endorse"):
        return _not_on_offer(request, found, Business.ENDORSEMENT)
    phone = people.person(found.person_id).phone
    form = desk_forms.EndorseForm(
        gate.posted(request), known_phone=phone, initial={"key": visit.key(request, "endorse")}
    )
    if form.is_valid():
        return _submit(request, found, form.application(), "endorse")
    return _show(request, found, form, Business.ENDORSEMENT, "endorse")


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponseBase:
    """Check and apply, for the first time or again after a cancellation."""
    found = visit.at_window(request)
    if not allowed(found, "apply"):
        return _not_on_offer(request, found, Business.FIRST_ISSUE)
    phone = people.person(found.person_id).good_phone
    form = desk_forms.ApplyForm(
        gate.posted(request), known_phone=phone, initial={"key": visit.key(request, "apply")}
    )
    if form.is_valid():
        return _submit(request, found, form.application(), "apply")
    return _show(request, found, form, Business.FIRST_ISSUE, "apply")


def _not_on_offer(request: HttpRequest, found: Visit, business: Business) -> HttpResponseBase:
    """Lead back to the person, saying that what was sent had no effect; or to one's own case."""
    if request.method == "POST":
        latest = next((c for c in cases.cases_of(found.person_id) if c.business is business), None)
        if latest is not None and latest.officer == gate.member_of(request).username:
            return redirect("counter:case", latest.number)  # pressed twice
        visit.missed(request)
    return redirect("counter:desk")


def _submit(
    request: HttpRequest, found: Visit, application: Application, tab: str
) -> HttpResponseBase:
    hand = visit.hand(request, found.identified)
    result = journey.submit(
        person_id=found.person_id,
        application=replace(application, channel=Channel.COUNTER, hand=hand),
        at=wiring.clock().now(),
    )
    visit.key_used(request, tab)
    match result:
        case Submitted(case):
            return redirect("counter:case", case.number)
        case AlreadyOpen(number):
            return redirect("counter:case", number)


def _show(
    request: HttpRequest, found: Visit, form: Any, business: Business, tab: str
) -> HttpResponse:
    at = wiring.clock().now()
    known = journey.precheck(person_id=found.person_id, business=business, at=at)
    permit = permits.permit_of(found.person_id, at.date())
    endorsing = business is Business.ENDORSEMENT
    context = frame(request, found, tab) | {
        "form": form,
        "known": known,
        "rows": findings.rows(known.decision.findings),
        "silent": findings.names(known.silent),
        "passes": known.decision.outcome is Outcome.APPROVED,
        "refused": known.decision.outcome is Outcome.REFUSED,
        "through": endorsed_through(permit, at.date()) if endorsing and permit else None,
        "checked_at": at,
    }
    return render(request, f"counter/{tab}.html", context, status=422 if form.is_bound else 200)


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show where a case of the person at the window stands."""
    found = visit.at_window(request)
    try:
        shown = cases.case_of(found.person_id, number)
    except cases.CaseNotFoundError as error:
        raise Http404 from error
    permit = permits.permit_of(found.person_id, wiring.clock().now().date())
    context = frame(request, found, "") | dict(case_page.context(shown, permit))
    context |= card_progress.context(shown, at=wiring.clock().now())
    context["business_name"] = texts.BUSINESSES[shown.business]
    context["pay_by"] = context["fee_by"]
    context["live"] = shown.state in LIVE
    context["waiting"] = shown.state in (CaseState.ACCEPTED, CaseState.WAITING, CaseState.TO_PAY)
    return render(request, "counter/case.html", context)


@require_POST
def ask_review(request: HttpRequest, number: str) -> HttpResponseBase:
    """Put a refusal before an officer, as the person at the window asks."""
    return _for_the_person(request, number, requests.ask_review, "case-review")


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponseBase:
    """Withdraw a live case, as the person at the window asks."""
    return _for_the_person(request, number, requests.withdraw, "case-withdraw")


def _for_the_person(
    request: HttpRequest, number: str, command: Callable[..., None], address: str
) -> HttpResponseBase:
    found = visit.at_window(request)
    if not proof.enough(address, found.identified):
        return redirect("counter:desk")
    try:
        command(
            person_id=found.person_id,
            number=number,
            hand=visit.hand(request, found.identified),
            at=wiring.clock().now(),
        )
    except cases.CaseNotFoundError as error:
        raise Http404 from error
    return redirect("counter:case", number)


@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show the receipt (回执) of a case, for the printer."""
    found = visit.at_window(request)
    try:
        shown = cases.case_of(found.person_id, number)
    except cases.CaseNotFoundError as error:
        raise Http404 from error
    context = {
        "case": shown,
        "person": people.person(found.person_id),
        "business": texts.BUSINESSES[shown.business],
        "state": texts.STATES[shown.state],
        "at": wiring.clock().now(),
    }
    return render(request, "counter/receipt.html", context)


@require_POST
def again(request: HttpRequest, number: str) -> HttpResponseBase:
    """Ask the silent departments once more."""
    found = visit.at_window(request)
    try:
        journey.again(person_id=found.person_id, number=number)
    except cases.CaseNotFoundError as error:
        raise Http404 from error
    return redirect("counter:case", number)
