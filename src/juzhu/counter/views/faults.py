"""Faults that are not the holders': those on record, doubtful days, recording one by hand."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from juzhu import wiring
from juzhu.counter import gate, permissions, texts
from juzhu.counter.fault_forms import FaultForm
from juzhu.modules.faults import queries as faults
from juzhu.modules.faults import services
from juzhu.modules.faults.contracts import Part


@require_http_methods(["GET", "POST"])
def faults_page(request: HttpRequest) -> HttpResponseBase:
    """Show the faults and the doubtful days; record one that is over."""
    member, at = gate.member_of(request), wiring.clock().now()
    form = FaultForm(gate.posted(request), today=at.date())
    if form.is_valid():
        services.record(
            part=Part(form.cleaned_data["part"]),
            first=form.cleaned_data["first"],
            last=form.cleaned_data["last"],
            reason=form.cleaned_data["reason"],
            recorded_by=member.username,
            at=at,
        )
        return redirect("counter:faults")
    context = {
        "proposals": [(one, texts.PARTS[one.part]) for one in faults.proposals()],
        "faults": [
            (one, texts.PARTS[one.part], texts.RECORDERS.get(one.recorded_by, ""))
            for one in faults.faults()
        ],
        "form": form,
        "may_write": permissions.may(member.role, "faults", "POST"),
    }
    return render(request, "counter/faults.html", context, status=422 if form.is_bound else 200)


@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Say whether a doubtful day was lost; a lost one is given back to whom it touched."""
    services.answer(
        number=number,
        accept=request.POST.get("lost") == "yes",
        by=gate.member_of(request).username,
        at=wiring.clock().now(),
    )
    return redirect("counter:faults")
