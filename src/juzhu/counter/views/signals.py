"""What registers of persons told, before an officer; and permits obtained by false statements."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.counter import gate, life_texts, permissions, review_forms, visit
from juzhu.modules.cases import fraud
from juzhu.modules.cases import lives as effects
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import Identified, Reason
from juzhu.modules.lives import queries as lives
from juzhu.modules.lives import services as signals
from juzhu.modules.lives.contracts import Outcome, ProceedingView, SignalView
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits

SEEN: Final = ("name", "id_number", "permit")


@require_safe
def signal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show one signal, what became of it, and what can be done about it."""
    found = _signal(number)
    _look(request, found.person_id, found.occasion)
    return _signal_page(request, found, review_forms.ReasonForm())


@require_POST
def signal_propose(request: HttpRequest, number: int) -> HttpResponseBase:
    """Propose that it was wrong; a second officer signs."""
    found, form = _signal(number), review_forms.ReasonForm(request.POST)
    if not form.is_valid():
        return _signal_page(request, found, form, status=422)
    words, at = form.cleaned_data["words"], wiring.clock().now()
    officer = gate.member_of(request).username
    try:
        if "settle" in request.POST:
            signals.settle(signal_id=number, officer=officer, words=words, at=at)
        else:
            signals.propose(signal_id=number, officer=officer, words=words, at=at)
    except signals.NotOpenError:
        visit.missed(request)
    return redirect("counter:signal", number)


@require_POST
def signal_sign(request: HttpRequest, number: int) -> HttpResponseBase:
    """Sign what another proposed, which undoes the signal, or leave the signal as it is."""
    officer, at = gate.member_of(request).username, wiring.clock().now()
    _signal(number)
    try:
        if "reject" in request.POST:
            signals.reject(signal_id=number, officer=officer, at=at)
        else:
            effects.sign(signal_id=number, officer=officer, at=at)
    except (signals.NotOpenError, signals.SameOfficerError):
        visit.missed(request)
    return redirect("counter:signal", number)


def _signal(number: int) -> SignalView:
    try:
        return lives.signal(number)
    except lives.SignalNotFoundError as error:
        raise Http404 from error


def _signal_page(
    request: HttpRequest, found: SignalView, form: review_forms.ReasonForm, *, status: int = 200
) -> HttpResponse:
    member = gate.member_of(request)
    context = _whose(found.person_id) | {
        "signal": found,
        "kind": life_texts.KINDS[found.kind],
        "why": life_texts.WHY.get(found.why, ""),
        "outcome": life_texts.OUTCOMES[found.outcome],
        "form": form,
        "missed": visit.was_missed(request),
        "may_write": permissions.may(member.role, "signal-propose", "POST"),
        "mine": found.proposed_by == member.username,
        "proposed": bool(found.proposed_by) and not found.answered_by,
        "open": found.outcome in (Outcome.DONE, Outcome.REVIEW) and not found.proposed_by,
    }
    return render(request, "counter/signal.html", context, status=status)


@require_http_methods(["GET", "POST"])
def fraud_new(request: HttpRequest) -> HttpResponseBase:
    """Tell a holder that the permit may have been obtained by false statements, to be heard."""
    form = review_forms.FraudForm(gate.posted(request))
    if form.is_valid():
        at = wiring.clock().now()
        found = fraud.open_proceeding(
            permit_number=form.cleaned_data["permit"],
            officer=gate.member_of(request).username,
            ground=form.cleaned_data["words"],
            at=at,
        )
        if found is not None:
            return redirect("counter:fraud", found)
        form.add_error("permit", "没有这个居住证号，或者已经注销")
    status = 422 if form.is_bound else 200
    return render(request, "counter/fraud_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def fraud_case(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show one proceeding; a second officer decides it once the holder could be heard."""
    found = _proceeding(number)
    member, at = gate.member_of(request), wiring.clock().now()
    form = review_forms.ReasonForm(gate.posted(request))
    if form.is_valid():
        done = fraud.decide(
            proceeding_id=number,
            officer=member.username,
            cancel="cancel" in request.POST,
            words=form.cleaned_data["words"],
            at=at,
        )
        if not done:
            visit.missed(request)
        return redirect("counter:fraud", number)
    _look(request, found.person_id, found.occasion)
    context = _whose(found.person_id) | {
        "found": found,
        "form": form,
        "missed": visit.was_missed(request),
        "heard": found.may_be_decided(at.date()),
        "may_write": permissions.may(member.role, "fraud", "POST"),
        "mine": found.opened_by == member.username,
        "may_reverse": found.outcome == "cancelled" and found.decided_by != member.username,
    }
    return render(request, "counter/fraud.html", context, status=422 if form.is_bound else 200)


@require_POST
def fraud_reverse(request: HttpRequest, number: int) -> HttpResponseBase:
    """Reverse a decision that was wrong: everything is as before it."""
    form = review_forms.ReasonForm(request.POST)
    _proceeding(number)
    if not form.is_valid() or not fraud.reverse(
        proceeding_id=number,
        officer=gate.member_of(request).username,
        words=form.cleaned_data["words"],
        at=wiring.clock().now(),
    ):
        visit.missed(request)
    return redirect("counter:fraud", number)


def _proceeding(number: int) -> ProceedingView:
    try:
        return lives.proceeding(number)
    except lives.SignalNotFoundError as error:
        raise Http404 from error


def _look(request: HttpRequest, person_id: int | None, occasion: str) -> None:
    if person_id is None:
        return
    desk.look(
        hand=visit.hand(request, Identified.ABSENT),
        person_id=person_id,
        reason=Reason.REVIEW,
        fields=SEEN,
        at=wiring.clock().now(),
        occasion=occasion,
    )


def _whose(person_id: int | None) -> dict[str, Any]:
    if person_id is None:
        return {"person": None, "permit": None}
    on = wiring.clock().now().date()
    return {"person": people.person(person_id), "permit": permits.permit_of(person_id, on)}
