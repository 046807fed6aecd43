"""Applying for the first permit: check your details, then one button."""

from typing import Any

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
from juzhu.web import acting, channels, drafts, findings, forms, keys
from juzhu.web.access import resident_page

_FIRST_ISSUE = Business.FIRST_ISSUE


@require_http_methods(["GET", "POST"])
@resident_page
def apply(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show what is known and ask for a phone and the card; on submission decide at once."""
    kwargs: dict[str, Any] = {
        "known_phone": people.person(person_id).good_phone,
        "by_helper": acting.mandate_of(request) is not None,
    }
    if request.method == "GET":
        elsewhere = _not_from_here(person_id)
        if elsewhere is not None:
            return elsewhere
        initial = {"key": keys.current(request, _FIRST_ISSUE)}
        form = drafts.form(request, forms.ApplyForm, initial=initial, **kwargs)
        return _show(request, person_id, form)
    form = forms.ApplyForm(request.POST, **kwargs)
    if not form.is_valid():
        return _show(request, person_id, form, status=422)
    keys.used(request, _FIRST_ISSUE)
    at = wiring.clock().now()
    application = channels.came_from(request, form.application())
    match journey.submit(person_id=person_id, application=application, at=at):
        case Submitted(case):
            return redirect("web:case", case.number)
        case AlreadyOpen(number):
            return redirect("web:case", number)


def _not_from_here(person_id: int) -> HttpResponseBase | None:
    """Lead to the open case or the permit of whoever has one: there is nothing to apply for."""
    open_case = cases.live_case(person_id, _FIRST_ISSUE)
    if open_case is not None:
        return redirect("web:case", open_case.number)
    permit = permits.permit_of(person_id, wiring.clock().now().date())
    if permit is not None and permit.status.state is not PermitState.CANCELLED:
        return redirect("web:home")
    return None


def _show(
    request: HttpRequest, person_id: int, form: forms.ApplyForm, *, status: int = 200
) -> HttpResponse:
    at = wiring.clock().now()
    known = journey.precheck(person_id=person_id, business=_FIRST_ISSUE, at=at)
    context = {
        "form": form,
        "person": people.person(person_id),
        "known": known,
        "silent": findings.names(known.silent),
        "silent_sources": {source.value for source in known.silent},
        "refused": known.decision.outcome is Outcome.REFUSED,
    }
    return render(request, "web/apply.html", context, status=status)
