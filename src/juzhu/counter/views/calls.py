"""On the telephone: the caller shows who they are by a code to their reserved phone."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from juzhu import wiring
from juzhu.counter import desk_forms, gate, visit
from juzhu.counter.views.business import allowed, frame
from juzhu.counter.visit import Visit
from juzhu.modules.desk.contracts import Identified
from juzhu.modules.people import spoken
from juzhu.modules.sheets import spoken as shares
from juzhu.modules.sheets.contracts import ShareField


@require_POST
def call(request: HttpRequest) -> HttpResponseBase:
    """Send the code to the phone that is reserved; whoever calls reads it out."""
    found = _on_the_telephone(request)
    username, at = gate.member_of(request).username, wiring.clock().now()
    if not spoken.ask(person_id=found.person_id, username=username, at=at):
        context = frame(request, found, "")
        context |= {"no_code": True, "missed": False, "mistaken": False}
        return render(request, "counter/person.html", context, status=422)
    return redirect("counter:call-code")


@require_http_methods(["GET", "POST"])
def call_code(request: HttpRequest) -> HttpResponseBase:
    """Take the code that the caller reads out; from then on the visit is proven by it."""
    found, at = _on_the_telephone(request), wiring.clock().now()
    username = gate.member_of(request).username
    form = desk_forms.CallCodeForm(gate.posted(request))
    if not spoken.pending(person_id=found.person_id, username=username, at=at):
        return redirect("counter:desk")
    if form.is_valid():
        hand = visit.hand(request, Identified.CODE)
        code = form.cleaned_data["code"]
        if spoken.confirm(person_id=found.person_id, code=code, hand=hand, at=at):
            visit.prove(request)
            return redirect("counter:desk")
        form.add_error("code", desk_forms.WRONG_CALL_CODE)
    context = frame(request, found, "") | {"form": form}
    status = 422 if form.is_bound else 200
    return render(request, "counter/call_code.html", context, status=status)


@require_http_methods(["GET", "POST"])
def share(request: HttpRequest) -> HttpResponseBase:
    """Have a share code sent to the reserved phone; the officer does not see it."""
    found = visit.at_window(request)
    if not allowed(found, "share"):
        return redirect("counter:desk")
    form = desk_forms.ShareForm(gate.posted(request), initial={"key": visit.key(request, "share")})
    if form.is_valid():
        shares.share(
            person_id=found.person_id,
            key=form.cleaned_data["key"],
            purpose=form.purpose_words(),
            fields=[ShareField(name) for name in form.cleaned_data["fields_shown"]],
            days=int(form.cleaned_data["days"]),
            hand=visit.hand(request, found.identified),
            at=wiring.clock().now(),
        )
        visit.key_used(request, "share")
        return redirect("counter:done", "share")
    context = frame(request, found, "share") | {"form": form}
    return render(request, "counter/share.html", context, status=422 if form.is_bound else 200)


def _on_the_telephone(request: HttpRequest) -> Visit:
    found = visit.at_window(request)
    if not found.can_be_proven:
        raise Http404
    return found
