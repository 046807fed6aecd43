"""Lists of one's own: cases, messages."""

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from juzhu import wiring
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import LIVE
from juzhu.modules.notices import queries as notices
from juzhu.modules.permits import queries as permits
from juzhu.web.access import resident_page

MESSAGES: Final = 50


@require_safe
@resident_page
def progress(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show what is under way, then what is done."""
    found = cases.cases_of(person_id)
    context = {
        "permit": permits.permit_of(person_id, wiring.clock().now().date()),
        "live": [case for case in found if case.state in LIVE],
        "done": [case for case in found if case.state not in LIVE],
    }
    return render(request, "web/progress.html", context)


@require_safe
@resident_page
def messages(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show what was written to the person, whether or not the SMS arrived."""
    context = {
        "messages": notices.inbox(person_id, MESSAGES),
        "wechat": wiring.wechat() is not None,
    }
    return render(request, "web/messages.html", context)
