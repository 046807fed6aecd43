"""One's share codes: somebody else looks at exactly what was chosen, and no longer than chosen."""

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.modules.permits import queries as permits
from juzhu.modules.sheets import queries
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import ShareField
from juzhu.web import addresses, drafts, keys, sheet_forms, sheet_texts
from juzhu.web.access import own_share, resident_page

_FORM: Final = "share"


@require_safe
@resident_page
def shares(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """List the codes that open something, then those that no longer do."""
    on = wiring.clock().now().date()
    found = queries.shares_of(person_id)
    live = [share for share in found if share.revoked_at is None and on <= share.expires_on]
    may_make = permits.permit_of(person_id, on) is not None
    if not may_make and not found:
        return redirect("web:home")
    ended = [share for share in found if share not in live]
    context = {"live": live, "ended": ended, "may_make": may_make}
    return render(request, "web/shares/list.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
def new(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Choose purpose, fields and days; the code is shown on the page that follows."""
    at = wiring.clock().now()
    if permits.permit_of(person_id, at.date()) is None:
        return redirect("web:home")
    if request.method == "GET":
        initial = {"key": keys.current(request, _FORM)}
        return _show(request, drafts.form(request, sheet_forms.ShareForm, initial=initial))
    form = sheet_forms.ShareForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    keys.used(request, _FORM)
    share_id = sheet_services.share(
        person_id=person_id,
        key=form.cleaned_data["key"],
        purpose=form.purpose_words(),
        fields=[ShareField(name) for name in form.cleaned_data["fields_shown"]],
        days=int(form.cleaned_data["days"]),
        tell_me=form.cleaned_data["tell_me"],
        at=at,
    )
    return redirect("web:share", share_id)


def _show(request: HttpRequest, form: sheet_forms.ShareForm, *, status: int = 200) -> HttpResponse:
    return render(request, "web/shares/new.html", {"form": form}, status=status)


@require_safe
@resident_page
def share(request: HttpRequest, person_id: int, number: int) -> HttpResponseBase:
    """Show the code in groups, with the address to give along."""
    shown = own_share(person_id, number)
    on = wiring.clock().now().date()
    context = {
        "share": shown,
        "fields": [text for name, text in sheet_texts.SHARED.items() if name in shown.fields],
        "over": on > shown.expires_on,
        "address": addresses.host() + reverse("web:verify-share"),
    }
    return render(request, "web/shares/share.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
def revoke(request: HttpRequest, person_id: int, number: int) -> HttpResponseBase:
    """Confirm, then end the code at once."""
    shown = own_share(person_id, number)
    if request.method == "GET" and shown.revoked_at is None:
        return render(request, "web/shares/revoke.html", {"share": shown})
    if request.method == "POST":
        sheet_services.revoke(person_id=person_id, share_id=number, at=wiring.clock().now())
    return redirect("web:share", number)
