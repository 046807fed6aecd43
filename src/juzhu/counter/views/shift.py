"""Beginning a shift at a window, and handing over."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from juzhu import wiring
from juzhu.counter import forms, gate, texts
from juzhu.modules.cases import queries as cases
from juzhu.modules.desk import queries as desk
from juzhu.modules.desk import services as desk_services
from juzhu.modules.desk.contracts import ActKind


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponseBase:
    """Say where one works today."""
    member = gate.member_of(request)
    if desk.open_shift(member.username) is not None:
        return redirect("counter:home")
    form = forms.ShiftForm(gate.posted(request), initial={"point": member.point})
    if not form.is_valid():
        context = {"form": form, "last": desk.last_note(member.point)}
        return render(request, "counter/shift.html", context, status=422 if form.is_bound else 200)
    desk_services.begin_shift(
        username=member.username,
        point=form.cleaned_data["point"],
        window=form.cleaned_data["window"],
        at=wiring.clock().now(),
    )
    return redirect("counter:home")


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """Show what was done in this shift, take a note for the next one, and end it (交班)."""
    member = gate.member_of(request)
    shift = desk.open_shift(member.username)
    if shift is None:
        return redirect("counter:shift")
    form = forms.HandOverForm(gate.posted(request))
    if request.method == "POST" and form.is_valid():
        desk_services.end_shift(
            username=member.username, note=form.cleaned_data["note"], at=wiring.clock().now()
        )
        gate.end(request)
        return redirect("counter:sign-in")
    counts = desk.counts_of(shift.id, member.username, shift.began_at.date())
    context = {
        "form": form,
        "running": shift,
        "open_cases": [
            (case, texts.BUSINESSES[case.business], texts.STATES[case.state])
            for case in cases.open_of(member.username)
        ],
        "counts": [(texts.ACTS[ActKind(kind)], number) for kind, number in counts.items()],
    }
    return render(request, "counter/hand_over.html", context)
