"""The holder's side of a mandate: who may act for me, letting somebody, ending it."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.domain.identity import normalise_name
from juzhu.journeys import helping
from juzhu.modules.mandates import queries as mandates
from juzhu.modules.mandates import services
from juzhu.modules.mandates.contracts import (
    MOST_HELPERS,
    MandateProblem,
    Named,
    Proof,
    Way,
)
from juzhu.web import drafts, helper_forms, sessions
from juzhu.web.access import resident_page
from juzhu.web.assurance import Act, assured


@require_safe
@resident_page
def helpers(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show who may act for the person now, and who could before."""
    on = wiring.clock().now().date()
    given = mandates.of_holder(person_id)
    now = [it for it in given if it.in_force(on)]
    context = {
        "now": [(it, helper_forms.words(it.tasks), helping.carries(it, on=on)) for it in now],
        "before": [it for it in given if it not in now][:10],
        "may_name": len(now) < MOST_HELPERS,
    }
    return render(request, "web/helpers/mine.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.NAME_HELPER)
def new(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Let somebody act for the person: whom, in what, until when."""
    context = {"never": helper_forms.never()}
    if request.method == "GET":
        form = drafts.form(request, helper_forms.HelperForm)
        return render(request, "web/helpers/new.html", context | {"form": form})
    form = helper_forms.HelperForm(request.POST)
    if form.is_valid():
        at, named = wiring.clock().now(), form.named()
        given = services.give(
            holder_id=person_id,
            helper=Named(name=normalise_name(named.name), id_number=named.id_number),
            scope=form.scope(at.date()),
            proof=Proof(way=Way.SELF, details=sessions.shown(request)),
            at=at,
        )
        if not isinstance(given, MandateProblem):
            return redirect("web:helpers")
        form.add_error("id_number", str(helper_forms.PROBLEMS[given]))
    return render(request, "web/helpers/new.html", context | {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
@resident_page
def end(request: HttpRequest, person_id: int, number: int) -> HttpResponseBase:
    """Confirm, then end it at once; who ended it already sees the list."""
    at = wiring.clock().now()
    found = next((it for it in mandates.of_holder(person_id) if it.id == number), None)
    if found is None:
        raise Http404
    if request.method == "GET" and found.in_force(at.date()):
        return render(request, "web/helpers/end.html", {"mandate": found})
    if request.method == "POST":
        services.end_by_holder(mandate_id=number, holder_id=person_id, at=at)
    return redirect("web:helpers")
