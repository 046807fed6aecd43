"""Reminders in the phone's own calendar: a file, or a feed that follows every change."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.modules.notices import calendar as feeds
from juzhu.modules.permits import queries as permits
from juzhu.modules.vault.ring import ring
from juzhu.web.access import public_page, resident_page
from juzhu.web.calendar_file import calendar_file, days_of


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def calendar(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show the days and the ways to have them; a POST makes the feed's address, shown this once."""
    at = wiring.clock().now()
    permit = permits.permit_of(person_id, at.date())
    context: dict[str, object] = {"days": days_of(permit.status) if permit else []}
    if request.method == "POST":
        secret = feeds.open_feed(person_id=person_id, at=at)
        address = request.build_absolute_uri(reverse("web:calendar-feed", args=[secret]))
        context["address"] = address
    return render(request, "web/calendar.html", context | {"made_at": feeds.made_at(person_id)})


@require_POST
@resident_page
def close(request: HttpRequest, person_id: int) -> HttpResponseBase:  # noqa: ARG001
    """Take the feed's address back."""
    feeds.close_feed(person_id=person_id)
    return redirect("web:calendar")


@require_safe
@resident_page
def file(request: HttpRequest, person_id: int) -> HttpResponseBase:  # noqa: ARG001
    """Hand out the calendar file."""
    response = _file(person_id)
    response["Content-Disposition"] = 'attachment; filename="juzhuzheng.ics"'
    return response


@require_safe
@public_page
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:  # noqa: ARG001
    """Hand the same to whoever has the secret address; a wrong or ended one looks absent."""
    person_id = feeds.person_of(secret)
    if person_id is None:
        raise Http404
    return _file(person_id)


def _file(person_id: int) -> HttpResponse:
    at = wiring.clock().now()
    permit = permits.permit_of(person_id, at.date())
    seed = ring().digest(str(person_id), label="calendar").hex()
    content = calendar_file(permit.status if permit else None, seed=seed, at=at)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response
