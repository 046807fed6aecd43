"""Accounts and running sessions, for those who look after them. No personal data of residents."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from juzhu.counter import gate, permissions, texts
from juzhu.counter.now import instant
from juzhu.modules.staff import queries as staff
from juzhu.modules.staff import services as staff_services
from juzhu.web import points


@require_safe
def accounts(request: HttpRequest) -> HttpResponseBase:
    """Show who has an account and who is signed in."""
    member = gate.member_of(request)
    context = {
        "accounts": [
            (account, texts.ROLES[account.role], points.named(account.point))
            for account in staff.accounts()
        ],
        "sessions": [
            (session, texts.ROLES[session.role])
            for session in staff.sessions(seen_after=instant() - staff_services.IDLE)
        ],
        "may_end": permissions.may(member.role, "end-session", "POST"),
    }
    return render(request, "counter/accounts.html", context)


@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponseBase:
    """End somebody's session at once: the device was left open, or stolen."""
    member = gate.member_of(request)
    staff_services.end(session_id=number, by=member.username, what="ended_by_other", at=instant())
    return redirect("counter:accounts")
