"""People whom the reminders did not reach: somebody of their district goes and tells them."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.counter import gate, permissions, texts, visit
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind, Identified, Reason
from juzhu.modules.notices import followups
from juzhu.modules.notices.followups import Result, Task
from juzhu.modules.people import queries as people
from juzhu.modules.staff.contracts import Role
from juzhu.web.fields import Option
from juzhu.web.forms import Form

SEEN = ("name", "phone", "registrations")


class ResultForm(Form):
    """What came of it."""

    result = forms.ChoiceField(
        label="联系的结果",
        widget=forms.RadioSelect,
        choices=[(result.value, Option(name)) for result, name in texts.FOLLOWED_UP.items()],
        error_messages={"required": "请选择联系的结果", "invalid_choice": "请从下面选择"},
    )


@require_safe
def queue(request: HttpRequest) -> HttpResponseBase:
    """List whom nobody has reached yet, the nearest deadline first; it names nobody."""
    member = gate.member_of(request)
    found = followups.tasks(district=_district(request))
    context = {
        "tasks": [
            (task, texts.UNREACHED[task.occasion], texts.WHY.get(task.why, "")) for task in found
        ],
        "username": member.username,
    }
    return render(request, "counter/followups.html", context)


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take one in hand (POST) and show it to whoever has it; others read who has."""
    member, at = gate.member_of(request), wiring.clock().now()
    task = _own(request, number)
    if request.method == "POST":
        if followups.take(number=number, username=member.username, at=at):
            desk.look(
                hand=visit.hand(request, Identified.ABSENT),
                person_id=task.person_id,
                reason=Reason.FOLLOW_UP,
                fields=SEEN,
                at=at,
                occasion=task.occasion,
            )
        return redirect("counter:followup", number)
    return _show(request, task, ResultForm())


@require_POST
def result(request: HttpRequest, number: int) -> HttpResponseBase:
    """Note what came of it."""
    task, form = _own(request, number), ResultForm(request.POST)
    if not form.is_valid():
        return _show(request, task, form, status=422)
    at = wiring.clock().now()
    settled = followups.settle(
        number=number,
        result=Result(form.cleaned_data["result"]),
        username=gate.member_of(request).username,
        at=at,
    )
    if settled is not None:
        desk.note(
            hand=visit.hand(request, Identified.ABSENT),
            kind=ActKind.FOLLOWED_UP,
            person_id=settled.person_id,
            at=at,
            occasion=settled.occasion,
            outcome=form.cleaned_data["result"],
        )
    return redirect("counter:followups")


def _show(
    request: HttpRequest, task: Task, form: ResultForm, *, status: int = 200
) -> HttpResponseBase:
    member = gate.member_of(request)
    mine = task.taken_by == member.username and task.result is None
    context = {
        "task": task,
        "what": texts.UNREACHED[task.occasion],
        "why": texts.WHY.get(task.why, ""),
        "result": texts.FOLLOWED_UP[task.result] if task.result else "",
        "mine": mine,
        "person": people.person(task.person_id) if mine else None,
        "may_take": permissions.may(member.role, "followup", "POST") and not task.taken_by,
        "form": form,
    }
    return render(request, "counter/followup.html", context, status=status)


def _own(request: HttpRequest, number: int) -> Task:
    task = followups.task(number, district=_district(request))
    if task is None:
        raise Http404
    return task


def _district(request: HttpRequest) -> str | None:
    """Return the district of the member's point; None for auditors, who see all."""
    member = gate.member_of(request)
    return None if member.role is Role.AUDITOR else member.point.partition("-")[0]
