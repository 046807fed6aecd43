"""Pages without data of anybody, and the switches of language and version."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from juzhu import wiring
from juzhu.journeys import service_record as record_of_service
from juzhu.web import display as shown
from juzhu.web import drafts, points, sessions
from juzhu.web.access import local_path, public_page

ROBOTS = "User-agent: *\nDisallow: /\n"


def page(template: str, **context: object) -> Callable[[HttpRequest], HttpResponse]:
    """Return a view that shows a page of text."""

    @require_safe
    @public_page
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, template, context)

    return view


@require_safe
@public_page
def acceptance_points(request: HttpRequest) -> HttpResponseBase:
    """List the acceptance points by district."""
    return render(request, "web/pages/points.html", {"districts": points.by_district()})


@require_safe
@public_page
def service_record(request: HttpRequest) -> HttpResponse:
    """Show how the service did in the last thirty days: sums, nothing about anybody."""
    record = record_of_service.read(at=wiring.clock().now())
    return render(request, "web/pages/record.html", {"record": record})


@require_POST
@public_page
def display(request: HttpRequest) -> HttpResponseBase:
    """Switch language or version, keeping the page and what was typed on it."""
    here = local_path(request, "here")
    drafts.keep(request, path=here.partition("?")[0])
    response = redirect(here)
    shown.remember(response, lang=request.POST.get("lang", ""), mode=request.POST.get("mode", ""))
    return response


@require_safe
@public_page
def idle(request: HttpRequest) -> HttpResponseBase:
    """Ask whether anybody is still there; opening this page is not activity."""
    rest = sessions.IDLE_END_SECONDS - sessions.IDLE_WARNING_SECONDS + 1
    return render(
        request, "web/pages/idle.html", {"next": local_path(request, "next"), "rest_seconds": rest}
    )


@require_POST
@public_page
def stay(request: HttpRequest) -> HttpResponseBase:
    """Go on: the session counts from now again."""
    if sessions.visitor(request) is None:
        return redirect("web:sign-in")
    sessions.touch(request)
    if "X-Poll" in request.headers:
        return HttpResponse(status=204)
    return redirect(local_path(request, "here"))


@require_safe
@public_page
def robots(_request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")
