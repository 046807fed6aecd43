"""Ways in from elsewhere: deep links, and the hand-over from an app."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.journeys.hand_over import HandOverProblem, TakenOver, take_over
from juzhu.web import channels, sessions
from juzhu.web.access import local_path, public_page

DEEP_LINKS: Final = {
    "home": "web:home",
    "apply": "web:apply",
    "endorse": "web:endorse",
    "progress": "web:progress",
    "sheet": "web:sheets",
    "messages": "web:messages",
    "calendar": "web:calendar",
    "looks": "web:looks",
    "points": "web:points",
    "help": "web:help",
    "verify": "web:verify",
}
"""What menus, messages and apps may link to; these names stay when pages move."""


@require_safe
@public_page
def go(request: HttpRequest, name: str) -> HttpResponseBase:  # noqa: ARG001
    """Lead to a page by its lasting name; it asks to sign in where it must."""
    if name not in DEEP_LINKS:
        raise Http404
    return redirect(DEEP_LINKS[name])


@csrf_exempt
@require_http_methods(["GET", "POST"])
@public_page
def enter(request: HttpRequest) -> HttpResponseBase:
    """Take over whom an app has signed in, and lead on; refused, nobody is signed in here.

    Only an app's own web view may post here. Another site could sign a person in as somebody else:
    such a request leaves everything as it is.
    """
    if request.method == "GET" or _from_a_site(request):
        return _refused(request, HandOverProblem.NOT_GOOD)
    sessions.end(request)  # whoever was here before: the app may have changed hands
    match take_over(request.POST.get("token", ""), at=wiring.clock().now()):
        case TakenOver(person_id, level):
            # An app may have signed them in weeks ago: what cannot be undone asks for more.
            sessions.begin(request, person_id=person_id, way="app", level=level, alone=False)
            response = redirect(local_path(request, "to"))
            response.status_code = 303
            channels.remember_app(response)
            return response
        case problem:
            return _refused(request, problem)


def _from_a_site(request: HttpRequest) -> bool:
    """Say whether a page of a site sends this: a web view opened by its app says `none`."""
    if request.headers.get("Sec-Fetch-Site", "none") != "none":
        return True
    return request.headers.get("Origin", "null") not in ("null", wiring.site_url())


def _refused(request: HttpRequest, problem: HandOverProblem) -> HttpResponseBase:
    status = 200 if request.method == "GET" else 403
    return render(request, "web/entry_refused.html", {"problem": problem}, status=status)
