"""What the mini program's shell opens natively: a document, a payment.

The shell's own requests carry no session. A page that the person is signed in on makes a pass, good
for minutes, once, for one thing; the shell hands it over.
"""

from typing import Final
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.journeys import paying
from juzhu.modules.channels import services
from juzhu.modules.channels.contracts import PassKind
from juzhu.modules.mandates import services as mandates
from juzhu.modules.mandates.contracts import Task
from juzhu.modules.payments.services import NotPayableError
from juzhu.modules.sheets import queries as sheets
from juzhu.ports.payments import (
    Device,
    PaymentGateway,
    PaymentRejectedError,
    PaymentUnavailableError,
    Way,
)
from juzhu.web import acting, channels, sealed
from juzhu.web.access import own_order, own_sheet, public_page, resident_page
from juzhu.web.addresses import client_address

_HELD: Final = "mini"


@require_http_methods(["GET", "POST"])
@resident_page
def open_document(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Make a pass for a sheet's file, then show the page that opens it."""
    own_sheet(person_id, number)
    back = reverse("web:sheet", args=[number])
    here = reverse("web:sheet-native", args=[number])
    if request.method == "POST":
        return _made(request, person_id, PassKind.DOCUMENT, number, here)
    return _opening(request, "/pages/document/document", back, number)


@require_http_methods(["GET", "POST"])
@resident_page
def open_payment(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Make a pass for paying an order, then show the page that opens the payment."""
    own_order(person_id, number, at=wiring.clock().now())
    back = reverse("web:pay-check", args=[number])
    here = reverse("web:pay-native", args=[number])
    if request.method == "POST":
        return _made(request, person_id, PassKind.PAYMENT, number, here)
    return _opening(request, "/pages/pay/pay", back, number)


def _made(
    request: HttpRequest, person_id: int, kind: PassKind, number: str, here: str
) -> HttpResponseBase:
    at = wiring.clock().now()
    mandate_id = acting.mandate_id(request)
    with transaction.atomic():
        if mandate_id is not None and kind is PassKind.PAYMENT:
            mandates.use(
                mandate_id=mandate_id, holder_id=person_id, task=Task.PAY, occasion=number, at=at
            )
        secret = services.make_pass(kind=kind, person_id=person_id, content=number, at=at)
    sealed.put(request, _HELD, [secret, number])
    return redirect(here)


def _opening(request: HttpRequest, native: str, back: str, number: str) -> HttpResponseBase:
    held = sealed.get(request, _HELD)
    if held is None or held[1] != number:
        return redirect(back)
    context = {
        "go": "/go/progress/" if "pay" in native else "/go/sheet/",
        "native": f"{native}?{urlencode({'pass': held[0]})}",
        "back_to": back,
    }
    return channels.let_wechat_in(render(request, "web/mini_open.html", context))


@require_safe
@public_page
def document(request: HttpRequest, number: str) -> HttpResponseBase:  # noqa: ARG001
    """Hand a sheet's file to the shell, once; anything else looks absent."""
    found = services.use_pass(number, kind=PassKind.DOCUMENT, at=wiring.clock().now())
    if found is None:
        raise Http404
    try:
        pdf = sheets.file_of(found.person_id, found.content)
    except sheets.SheetNotFoundError as error:
        raise Http404 from error
    if pdf is None:
        raise Http404
    return HttpResponse(pdf, "application/pdf")


@csrf_exempt
@require_POST
@public_page
def pay(request: HttpRequest) -> HttpResponseBase:
    """Begin to pay an order and tell the shell what to open WeChat's dialog with."""
    at = wiring.clock().now()
    found = services.use_pass(request.POST.get("pass", ""), kind=PassKind.PAYMENT, at=at)
    gateway = _gateway()
    if found is None or gateway is None:
        raise Http404
    order = own_order(found.person_id, found.content, at=at)
    try:
        begun = paying.begin(
            order=order,
            gateway=gateway,
            device=Device.MINI_PROGRAM,
            payer=gateway.payer(request.POST.get("code", "")),
            address=client_address(request),
            at=at,
        )
    except (NotPayableError, PaymentRejectedError):
        return JsonResponse({"error": "not_payable"}, status=409)
    except PaymentUnavailableError:
        return JsonResponse({"error": "unavailable"}, status=503)
    if isinstance(begun, paying.NotNow):
        return JsonResponse({"error": "unavailable"}, status=503)
    return JsonResponse(dict(gateway.bridge(begun.link)))


def _gateway() -> PaymentGateway | None:
    return next((it for it in paying.gateways_on(Device.MINI_PROGRAM) if _is_native(it)), None)


def _is_native(gateway: PaymentGateway) -> bool:
    return gateway.way_on(Device.MINI_PROGRAM) is Way.BRIDGE
