"""Who may open which page. Every view carries one of these two marks."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import CaseView
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes.contracts import DisputeView
from juzhu.modules.mandates.contracts import NotMandatedError
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments.contracts import OrderView
from juzhu.modules.people import queries as people
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets.contracts import ShareView, SheetView
from juzhu.web import acting, sessions

P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])

PUBLIC: Final = "public"
RESIDENT: Final = "resident"


def public_page(view: View) -> View:
    """Mark a page that everybody may open."""
    setattr(view, "access", PUBLIC)  # noqa: B010  # functions take attributes, mypy does not know it
    return view


def resident_page(
    view: Callable[Concatenate[HttpRequest, int, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Mark a page of one's own data: the view gets the person's number, others go to sign in.

    While the visitor acts for somebody (`acting`) the view gets that person's number.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visitor = sessions.visitor(request)
        if visitor is None:
            return redirect(sign_in_address(request))
        if people.has_died(visitor.person_id):  # whichever way it was opened, and however long ago
            sessions.end(request)
            return redirect("web:account-closed")
        if "X-Poll" not in request.headers:  # asking by itself is not activity
            sessions.touch(request)
        if acting.is_acting(request) and not acting.is_own(request):
            return _for_somebody(request, view, *args, **kwargs)
        return view(request, visitor.person_id, *args, **kwargs)

    setattr(guarded, "access", RESIDENT)  # noqa: B010
    return guarded


def _for_somebody(
    request: HttpRequest,
    view: Callable[Concatenate[HttpRequest, int, P], HttpResponseBase],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> HttpResponseBase:
    """Show a helper the holder's page, if their mandate reaches it; the look is written first."""
    mandate = acting.mandate_of(request)
    if mandate is None:
        return _mandate_over(request)
    refused = acting.refusal(request, mandate)
    if refused is not None:
        return refused
    acting.note_look(request, mandate)
    try:
        return view(request, mandate.holder_id, *args, **kwargs)
    except NotMandatedError:  # ended a moment ago
        return _mandate_over(request)


def _mandate_over(request: HttpRequest) -> HttpResponseBase:
    acting.leave(request)
    return redirect(reverse("web:for", query={"over": "1"}))


def sign_in_address(request: HttpRequest, **more: Any) -> str:
    """Return the sign-in page that leads back to where the person wanted to go."""
    target = request.path if request.method in ("GET", "HEAD") else local_path(request, "here")
    query = urlencode({"next": target, **more}) if target != reverse("web:home") or more else ""
    return reverse("web:sign-in") + (f"?{query}" if query else "")


def local_path(request: HttpRequest, name: str) -> str:
    """Return the address in field `name` of the form or query if it is ours, else the home page."""
    value = request.POST.get(name) or request.GET.get(name) or ""
    if value.startswith("/") and url_has_allowed_host_and_scheme(value, allowed_hosts=None):
        return value
    return reverse("web:home")


def own_case(person_id: int, number: str) -> CaseView:
    """Return the person's own case; a case of somebody else looks absent."""
    try:
        return cases.case_of(person_id, number)
    except cases.CaseNotFoundError as error:
        raise Http404 from error


def own_sheet(person_id: int, number: str) -> SheetView:
    """Return the person's own sheet; a sheet of somebody else looks absent."""
    try:
        return sheets.sheet_of(person_id, number)
    except sheets.SheetNotFoundError as error:
        raise Http404 from error


def own_share(person_id: int, share_id: int) -> ShareView:
    """Return the person's own share code; a code of somebody else looks absent."""
    try:
        return sheets.share_of(person_id, share_id)
    except sheets.SheetNotFoundError as error:
        raise Http404 from error


def own_dispute(person_id: int, dispute_id: int) -> DisputeView:
    """Return the person's own dispute; one of somebody else looks absent."""
    try:
        return disputes.dispute_of(person_id, dispute_id)
    except disputes.DisputeNotFoundError as error:
        raise Http404 from error


def own_order(person_id: int, number: str, *, at: datetime) -> OrderView:
    """Return the person's own order; one of somebody else looks absent."""
    try:
        return payments.order_of(person_id, number, at=at)
    except payments.OrderNotFoundError as error:
        raise Http404 from error
