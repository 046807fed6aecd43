"""Going on with a form on another device: a code on the desktop's screen, read by the phone.

The code leads to the form and signs nobody in: the phone signs in by itself, and only the person
who made the code finds what they had typed.
"""

import time
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.modules.channels import queries, services
from juzhu.modules.channels.contracts import PASS_TIME, PassKind
from juzhu.web import drafts, sealed
from juzhu.web.access import local_path, resident_page

_HELD: Final = "moving"
_GONE_AFTER: Final = 30 * 60


@require_http_methods(["GET", "POST"])
@resident_page
def moving(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Keep what was typed and show the code; by GET the code as long as it leads somewhere."""
    if request.method == "POST":
        here = local_path(request, "here").partition("?")[0]
        content = {"path": here, "typed": drafts.typed(request)}
        secret = services.make_pass(
            kind=PassKind.CONTINUE, person_id=person_id, content=content, at=wiring.clock().now()
        )
        sealed.put(request, _HELD, [secret, here, time.time()])
        drafts.keep(request, path=here)  # whoever turns back finds the form as it was
        return redirect("web:moving")
    held = _held(request)
    if held is None:
        return redirect("web:home")
    secret, here = held
    context = {
        "open": queries.is_open(secret, at=wiring.clock().now()),
        "here": here,
        "minutes": int(PASS_TIME.total_seconds() // 60),
    }
    return render(request, "web/moving.html", context)


@require_safe
@resident_page
def code(request: HttpRequest, person_id: int) -> HttpResponseBase:  # noqa: ARG001
    """Draw the code that this session has made last."""
    held = _held(request)
    if held is None:
        raise Http404
    address = f"{wiring.site_url()}{reverse('web:moved-here', args=[held[0]])}"
    return HttpResponse(wiring.code_drawing(address), content_type="image/svg+xml")


@require_safe
@resident_page
def arrive(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Open the form with what was typed elsewhere; once, and for its own person only."""
    found = services.use_pass(
        number, kind=PassKind.CONTINUE, at=wiring.clock().now(), person_id=person_id
    )
    if found is None:
        return render(request, "web/moving_over.html", status=410)
    drafts.put(request, path=found.content["path"], typed=found.content["typed"])
    return redirect(found.content["path"])


def _held(request: HttpRequest) -> tuple[str, str] | None:
    held = sealed.get(request, _HELD)
    if held is None or time.time() - held[2] > _GONE_AFTER:
        return None
    return str(held[0]), str(held[1])
