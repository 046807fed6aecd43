"""The day list of a point, and the line."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from juzhu import wiring
from juzhu.counter import gate
from juzhu.counter.views.desk import acts
from juzhu.modules.desk import queries as desk
from juzhu.modules.desk import services as desk_services
from juzhu.modules.staff import queries as staff
from juzhu.modules.staff.contracts import Role
from juzhu.web import points


@require_safe
def day(request: HttpRequest) -> HttpResponseBase:
    """Show what was done today: one's own, or for supervisors and auditors the whole point."""
    member, on = gate.member_of(request), wiring.clock().now().date()
    own = member.role is Role.OFFICER
    point = request.GET.get("point") or member.point
    found = desk.done_by(member.username, on) if own else desk.done_at(point, on)
    names = {act.officer: staff.name_of(act.officer) for act in found}
    context = {
        "rows": [(act, name, what, names[act.officer]) for act, name, what in acts(found)],
        "on": on,
        "own": own,
        "point": point,
        "points": [(p.code, p.name) for p in points.POINTS],
    }
    return render(request, "counter/day.html", context)


@require_POST
def next_ticket(request: HttpRequest) -> HttpResponseBase:
    """Call the next number to this window."""
    member = gate.member_of(request)
    shift = desk.open_shift(member.username)
    if shift is None:
        return redirect("counter:shift")
    desk_services.call_next(
        point=shift.point, window=shift.window, username=member.username, at=wiring.clock().now()
    )
    return redirect("counter:desk")


@require_POST
def new_ticket(request: HttpRequest) -> HttpResponseBase:
    """Give out a number to somebody who has come in."""
    member = gate.member_of(request)
    shift = desk.open_shift(member.username)
    if shift is None:
        return redirect("counter:shift")
    number = desk_services.take_ticket(point=shift.point, at=wiring.clock().now())
    return render(
        request, "counter/ticket.html", {"number": number, "point": points.named(shift.point)}
    )
