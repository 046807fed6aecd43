"""A relative or friend who may act for the person (亲友代办): name one, end a mandate."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from juzhu import wiring
from juzhu.counter import desk_forms, gate, proof, visit
from juzhu.counter.views.business import allowed, frame
from juzhu.domain.identity import normalise_name
from juzhu.modules.mandates import queries as mandates
from juzhu.modules.mandates import services
from juzhu.modules.mandates.contracts import MandateProblem, Named
from juzhu.web import helper_forms


@require_http_methods(["GET", "POST"])
def helpers(request: HttpRequest) -> HttpResponseBase:
    """Show who may act for the person, and name one: with the identity card read."""
    found, at = visit.at_window(request), wiring.clock().now()
    if not allowed(found, "helpers"):
        return redirect("counter:desk")
    may_name = proof.enough("helper-name", found.identified)
    form = desk_forms.HelperForm(gate.posted(request))
    if form.is_valid() and may_name:
        hand, named = visit.hand(request, found.identified), form.named()
        given = services.give(
            holder_id=found.person_id,
            helper=Named(name=normalise_name(named.name), id_number=named.id_number),
            scope=form.scope(at.date()),
            proof=services.by_officer(hand),
            at=at,
            hand=hand,
        )
        if not isinstance(given, MandateProblem):
            return redirect("counter:done", "helper")
        form.add_error("id_number", str(helper_forms.PROBLEMS[given]))
    rows = [it for it in mandates.of_holder(found.person_id) if it.in_force(at.date())]
    context = frame(request, found, "helpers") | {
        "form": form,
        "may_name": may_name,
        "rows": [(it, helper_forms.words(it.tasks)) for it in rows],
        "never": helper_forms.never(),
    }
    return render(request, "counter/helpers.html", context, status=422 if form.is_bound else 200)


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponseBase:
    """End a mandate at once, as the person asks."""
    found = visit.at_window(request)
    if not proof.enough("helper-end", found.identified):
        return redirect("counter:desk")
    hand = visit.hand(request, found.identified)
    at = wiring.clock().now()
    if not services.end_by_holder(mandate_id=number, holder_id=found.person_id, at=at, hand=hand):
        raise Http404
    return redirect("counter:done", "helper-end")
