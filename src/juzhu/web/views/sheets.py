"""One's information sheets (居住证信息单): the list, a new one, one sheet with its files."""

from datetime import date
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.domain.sheet import standing_of
from juzhu.journeys import sheets as journey
from juzhu.modules.cases.contracts import Channel
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.sheets import queries
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import SheetState, SheetView
from juzhu.web import acting, addresses, channels, drafts, keys, sheet_forms
from juzhu.web.access import own_sheet, resident_page

_FORM: Final = "sheet"
PDF_POLICY: Final = "frame-ancestors 'none'"  # the browser's own viewer needs its styles


@require_safe
@resident_page
def sheets(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """List the sheets made so far; a person without a permit has none to make."""
    on = wiring.clock().now().date()
    found = queries.sheets_of(person_id)
    may_make = permits.permit_of(person_id, on) is not None
    if not may_make and not found:
        return redirect("web:home")
    return render(request, "web/sheets/list.html", {"sheets": found, "may_make": may_make})


@require_http_methods(["GET", "POST"])
@resident_page
def new(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Choose a purpose; on submission make the sheet at once."""
    if request.method == "GET":
        initial = {"key": keys.current(request, _FORM)}
        form = drafts.form(request, sheet_forms.SheetForm, initial=initial)
        return _show_form(request, person_id, form)
    form = sheet_forms.SheetForm(request.POST)
    if not form.is_valid():
        return _show_form(request, person_id, form, status=422)
    keys.used(request, _FORM)
    sheet = journey.order(
        person_id=person_id,
        purpose=form.purpose_words(),
        key=form.cleaned_data["key"],
        at=wiring.clock().now(),
        mandate_id=acting.mandate_id(request),
    )
    return redirect("web:home") if sheet is None else redirect("web:sheet", sheet.number)


def _show_form(
    request: HttpRequest, person_id: int, form: sheet_forms.SheetForm, *, status: int = 200
) -> HttpResponseBase:
    permit = permits.permit_of(person_id, wiring.clock().now().date())
    if permit is None:
        return redirect("web:home")
    context = {"form": form, "standing": standing_of(permit.status.state).value}
    return render(request, "web/sheets/new.html", context, status=status)


@require_safe
@resident_page
def sheet(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Show the sheet, or where it stands."""
    shown = own_sheet(person_id, number)
    context = {
        "sheet": shown,
        "person": people.person(person_id),
        "verify_host": addresses.host(),
        "verify_url": wiring.verify_url(),
        "in_mini": channels.channel_of(request) is Channel.MINI_PROGRAM,
    }
    return render(request, _template(shown, wiring.clock().now().date()), context)


def _template(shown: SheetView, on: date) -> str:
    if shown.withdrawn_at is not None:
        return "web/sheets/withdrawn.html"
    match shown.state:
        case SheetState.ASKED:
            return "web/sheets/making.html"
        case SheetState.HELD:
            return "web/sheets/held.html"
        case SheetState.MADE:
            return "web/sheets/over.html" if on > shown.file_until else "web/sheets/made.html"


@require_safe
@resident_page
def picture(_request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Return the very file as a picture for the screen: the citizen number's middle is covered."""
    response = HttpResponse(_picture(person_id, number, small=False), "image/jpeg")
    response["Content-Disposition"] = f'inline; filename="{number}.jpg"'
    return response


@require_safe
@resident_page
def glance(_request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Return the same picture, small enough for a slow connection."""
    return HttpResponse(_picture(person_id, number, small=True), "image/webp")


def _picture(person_id: int, number: str, *, small: bool) -> bytes:
    pdf, shown = _pdf(person_id, number), own_sheet(person_id, number)
    return wiring.sheet_picture(pdf, hide=queries.printed_number(shown.id), small=small)


@require_safe
@resident_page
def file(_request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Return the sealed file, byte for byte."""
    response = HttpResponse(_pdf(person_id, number), "application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    response["Content-Security-Policy"] = PDF_POLICY
    return response


def _pdf(person_id: int, number: str) -> bytes:
    try:
        pdf = queries.file_of(person_id, number)
    except queries.SheetNotFoundError as error:
        raise Http404 from error
    if pdf is None:
        raise Http404
    return pdf


@require_http_methods(["GET", "POST"])
@resident_page
def withdraw(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Confirm, then take the sheet back: every check says so from now on."""
    shown = own_sheet(person_id, number)
    if shown.state is not SheetState.MADE or shown.withdrawn_at is not None:
        return redirect("web:sheet", number)
    if request.method == "GET":
        return render(request, "web/sheets/withdraw.html", {"sheet": shown})
    sheet_services.withdraw(person_id=person_id, number=number, at=wiring.clock().now())
    return redirect("web:sheet", number)
