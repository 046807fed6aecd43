"""The helper's side of a mandate (替家人办): for whom, asking by code, beginning and leaving."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.domain.identity import mask_name, normalise_name
from juzhu.journeys import helping as journey
from juzhu.modules.mandates import by_code, services
from juzhu.modules.mandates import queries as mandates
from juzhu.modules.mandates.contracts import MandateProblem, MandateView, Named
from juzhu.modules.people import queries as people
from juzhu.web import acting, drafts, helper_forms, own_forms
from juzhu.web.access import resident_page
from juzhu.web.assurance import Act, assured


@require_safe
@resident_page
@assured(Act.HELP)
def helped(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show for whom the person may act, in what and until when."""
    on = wiring.clock().now().date()
    found = mandates.of_helper(person_id, on=on)
    context = {
        "rows": [
            (it, _name(it), helper_forms.words(it.tasks), journey.carries(it, on=on))
            for it in found
        ],
        "over": "over" in request.GET,
    }
    return render(request, "web/helpers/for.html", context)


@require_POST
@resident_page
@assured(Act.HELP)
def begin(request: HttpRequest, person_id: int, number: int) -> HttpResponseBase:
    """Go to the pages of whoever gave this mandate."""
    if not journey.carries(_own_mandate(person_id, number), on=wiring.clock().now().date()):
        raise Http404
    acting.begin(request, number)
    return redirect("web:home")


@require_POST
@resident_page
def leave(request: HttpRequest, person_id: int) -> HttpResponseBase:  # noqa: ARG001
    """Go back to one's own pages."""
    acting.leave(request)
    return redirect("web:for")


@require_http_methods(["GET", "POST"])
@resident_page
def end(request: HttpRequest, person_id: int, number: int) -> HttpResponseBase:
    """Confirm, then end the mandate at once."""
    found = _own_mandate(person_id, number)
    if request.method == "GET":
        context = {"mandate": found, "name": _name(found)}
        return render(request, "web/helpers/for_end.html", context)
    acting.leave(request)
    at = wiring.clock().now()
    services.end_by_helper(mandate_id=number, helper_id=person_id, at=at)
    return redirect("web:for")


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.HELP)
def ask(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Ask somebody for a mandate by a code to their phone; the answer is the same for anybody."""
    context = {"never": helper_forms.never()}
    if request.method == "GET":
        form = drafts.form(request, helper_forms.HelpedForm)
        return render(request, "web/helpers/ask.html", context | {"form": form})
    form = helper_forms.HelpedForm(request.POST)
    if form.is_valid():
        at, named = wiring.clock().now(), form.named()
        problem = by_code.ask(
            helper_id=person_id,
            holder=Named(name=normalise_name(named.name), id_number=named.id_number),
            scope=form.scope(at.date()),
            at=at,
        )
        if problem is None:
            return redirect("web:for-code")
        form.add_error("id_number", str(helper_forms.PROBLEMS[problem]))
    return render(request, "web/helpers/ask.html", context | {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.HELP)
def code(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Take the code that the holder has read out."""
    at = wiring.clock().now()
    wanted = by_code.pending(person_id, at=at)
    if wanted is None:
        return redirect("web:for-ask")
    context = {"tasks": helper_forms.words(wanted.tasks), "through": wanted.through}
    if request.method == "GET":
        form = drafts.form(request, own_forms.HeldCodeForm)
        return render(request, "web/helpers/code.html", context | {"form": form})
    form = own_forms.HeldCodeForm(request.POST)
    if form.is_valid():
        given = by_code.confirm(helper_id=person_id, code=form.cleaned_data["code"], at=at)
        if not isinstance(given, MandateProblem):
            return redirect("web:for")
        form.add_error("code", str(helper_forms.PROBLEMS[given]))
    return render(request, "web/helpers/code.html", context | {"form": form}, status=422)


def _own_mandate(person_id: int, number: int) -> MandateView:
    """Return a mandate in force that names the person; any other looks absent."""
    on = wiring.clock().now().date()
    found = (it for it in mandates.of_helper(person_id, on=on) if it.id == number)
    mandate = next(found, None)
    if mandate is None:
        raise Http404
    return mandate


def _name(mandate: MandateView) -> str:
    return mask_name(people.person(mandate.holder_id).name)
