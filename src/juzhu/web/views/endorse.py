"""The yearly endorsement (签注), and restoring a suspended permit by it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from juzhu import wiring
from juzhu.domain.vocabulary import Business, Outcome, PermitState
from juzhu.journeys import apply as journey
from juzhu.journeys.apply import AlreadyOpen, Submitted
from juzhu.modules.cases import queries as cases
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.web import channels, drafts, findings, forms, keys
from juzhu.web.access import resident_page
from juzhu.web.permit_card import card_of, endorsed_through

_ENDORSEMENT = Business.ENDORSEMENT


@require_http_methods(["GET", "POST"])
@resident_page
def endorse(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show from which day to which; on submission decide at once (即办)."""
    phone = people.person(person_id).good_phone
    if request.method == "GET":
        initial = {"key": keys.current(request, _ENDORSEMENT)}
        form = drafts.form(request, forms.EndorseForm, initial=initial, known_phone=phone)
        return _show(request, person_id, form)
    form = forms.EndorseForm(request.POST, known_phone=phone)
    if not form.is_valid():
        return _show(request, person_id, form, status=422)
    if form.moved():
        return redirect("web:moved")
    keys.used(request, _ENDORSEMENT)
    at = wiring.clock().now()
    application = channels.came_from(request, form.application())
    match journey.submit(person_id=person_id, application=application, at=at):
        case Submitted(case):
            return redirect("web:case", case.number)
        case AlreadyOpen(number):
            return redirect("web:case", number)


def _show(
    request: HttpRequest, person_id: int, form: forms.EndorseForm, *, status: int = 200
) -> HttpResponseBase:
    open_case = cases.live_case(person_id, _ENDORSEMENT)
    if open_case is not None:
        return redirect("web:case", open_case.number)
    permit = permits.permit_of(person_id, wiring.clock().now().date())
    if permit is None or permit.status.state is PermitState.CANCELLED:
        return redirect("web:home")
    if permit.status.state is PermitState.VALID:
        card = card_of(permit, wiring.clock().now().date())
        return render(request, "web/endorse_early.html", {"card": card})
    return _form_page(request, permit, form, status=status)


def _form_page(
    request: HttpRequest, permit: PermitView, form: forms.EndorseForm, *, status: int
) -> HttpResponse:
    at = wiring.clock().now()
    known = journey.precheck(person_id=permit.person_id, business=_ENDORSEMENT, at=at)
    context = {
        "form": form,
        "person": people.person(permit.person_id),
        "card": card_of(permit, at.date()),
        "through": endorsed_through(permit, at.date()),
        "known": known,
        "silent": findings.names(known.silent),
        "refused": known.decision.outcome is Outcome.REFUSED,
        "rows": findings.rows(known.decision.findings),
    }
    return render(request, "web/endorse.html", context, status=status)
