"""Paying a fee (缴费): the page, the way out to a gateway, the way back, the receipt."""

import secrets
from hmac import compare_digest
from typing import Final

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.journeys import paying
from juzhu.modules.payments.contracts import AttemptView, OrderState, OrderView
from juzhu.modules.payments.services import NotPayableError
from juzhu.modules.people import queries as people
from juzhu.ports.payments import (
    CallbackRefusedError,
    Device,
    PaymentGateway,
    PaymentRejectedError,
    PaymentUnavailableError,
    Way,
)
from juzhu.web import acting, pay_page
from juzhu.web.access import own_order, public_page, resident_page
from juzhu.web.addresses import client_address
from juzhu.web.views import mini
from juzhu.web.views.sheets import PDF_POLICY

ASK_SECONDS: Final = 2
"""A gateway is asked about an order at most once in so long by one process, however often the
page is loaded."""
_STATE: Final = "pay_state"

_TEMPLATES: Final = {
    OrderState.OPEN: "web/pay/open.html",
    OrderState.OVERDUE: "web/pay/overdue.html",
    OrderState.PAID: "web/pay/paid.html",
    OrderState.REFUNDED: "web/pay/refunded.html",
    OrderState.LAPSED: "web/pay/lapsed.html",
    OrderState.CALLED_OFF: "web/pay/called_off.html",
}


@require_http_methods(["GET", "POST"])
@resident_page
def pay(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Show what is to be paid, or what became of it; on submission go where it can be paid."""
    at = wiring.clock().now()
    order = own_order(person_id, number, at=at)
    if order.state is not OrderState.OPEN:
        return render(request, _TEMPLATES[order.state], pay_page.context(order))
    device = pay_page.device_of(request)
    gateways = paying.gateways_on(device)
    if request.method == "GET":
        return _show(request, person_id, order, gateways)
    chosen = next((it for it in gateways if it.name == request.POST.get("gateway")), None)
    if chosen is None:
        return _show(request, person_id, order, gateways, status=422, unchosen=True)
    return _begin(request, person_id, order, chosen, device)


def _show(
    request: HttpRequest,
    person_id: int,
    order: OrderView,
    gateways: list[PaymentGateway],
    *,
    status: int = 200,
    **more: bool,
) -> HttpResponseBase:
    context = pay_page.context(order) | more
    context |= {
        "person": people.person(person_id),
        "ways": [(it.name, pay_page.gateway_name(it.name)) for it in gateways],
        "in_wechat": pay_page.device_of(request) is Device.WECHAT,
        "under_way": pay_page.open_attempt(order),
    }
    answer = render(request, _TEMPLATES[OrderState.OPEN], context, status=status)
    return pay_page.lead_out(answer, gateways)


def _begin(
    request: HttpRequest,
    person_id: int,
    order: OrderView,
    gateway: PaymentGateway,
    device: Device,
    payer: str = "",
) -> HttpResponseBase:
    if device is Device.MINI_PROGRAM and gateway.way_on(device) is Way.BRIDGE:
        # The shell's own page pays; it begins the attempt once it knows who pays.
        return mini.open_payment(request, order.number)
    if gateway.way_on(device) is Way.BRIDGE and not payer:
        back = request.build_absolute_uri(reverse("web:pay-who", args=[order.number]))
        request.session[_STATE] = state = secrets.token_urlsafe(16)
        identify = gateway.identify(return_url=back, state=state)
        return pay_page.lead_out(redirect(identify), [gateway])
    try:
        begun = paying.begin(
            order=order,
            gateway=gateway,
            device=device,
            payer=payer,
            address=client_address(request),
            at=wiring.clock().now(),
            mandate_id=acting.mandate_id(request),
        )
    except NotPayableError:  # paid or over since the page was shown
        return redirect("web:pay", order.number)
    if isinstance(begun, paying.NotNow):
        gateways = paying.gateways_on(device)
        return _show(request, person_id, order, gateways, status=503, away=True)
    return _onwards(order, begun, gateway)


def _onwards(order: OrderView, attempt: AttemptView, gateway: PaymentGateway) -> HttpResponseBase:
    if attempt.way == Way.PAGE:
        return pay_page.lead_out(redirect(attempt.link), [gateway])
    return redirect("web:pay-check", order.number)


@require_safe
@resident_page
def who(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Learn from WeChat who pays, on the way to its dialog; a stranger's code leads nowhere."""
    order = own_order(person_id, number, at=wiring.clock().now())
    expected = request.session.pop(_STATE, "")
    given, code = request.GET.get("state", ""), request.GET.get("code", "")
    gateways = paying.gateways_on(Device.WECHAT)
    bridge = next((it for it in gateways if it.way_on(Device.WECHAT) is Way.BRIDGE), None)
    if not (expected and code and bridge and compare_digest(expected, given)):
        return redirect("web:pay", number)
    try:
        payer = bridge.payer(code)
    except (PaymentUnavailableError, PaymentRejectedError):
        return _show(request, person_id, order, gateways, status=503, away=True)
    if order.state is not OrderState.OPEN:
        return redirect("web:pay", number)
    return _begin(request, person_id, order, bridge, Device.WECHAT, payer)


@require_safe
@resident_page
def check(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Ask the gateways whether it was paid; until it is, show how to pay or that it is checked."""
    order = own_order(person_id, number, at=wiring.clock().now())
    if cache.add(f"pay-asked-{number}", value=True, timeout=ASK_SECONDS):
        order = paying.look(order=order, at=wiring.clock().now())
    attempt = pay_page.open_attempt(order)
    if order.state not in (OrderState.OPEN, OrderState.OVERDUE) or not order.attempts:
        return redirect("web:pay", number)
    context = pay_page.context(order) | {"attempt": attempt}
    if attempt is not None:
        context |= {"paid_at_name": pay_page.gateway_name(attempt.gateway), "bridge": {}}
        if attempt.way == Way.BRIDGE and pay_page.device_of(request) is not Device.MINI_PROGRAM:
            gateway = wiring.payment_gateways()[attempt.gateway]
            context["bridge"] = gateway.bridge(attempt.link)
    answer = render(request, "web/pay/check.html", context)
    return pay_page.let_bridge_in(answer, attempt)


@require_safe
@resident_page
def code(_request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Draw the QR code that a phone scans to pay."""
    order = own_order(person_id, number, at=wiring.clock().now())
    attempt = pay_page.open_attempt(order)
    if attempt is None or attempt.way != Way.CODE:
        raise Http404
    return HttpResponse(wiring.code_drawing(attempt.link), "image/svg+xml")


@require_safe
@resident_page
def receipt(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Show the payment receipt, to be printed; an unpaid order has none."""
    order = own_order(person_id, number, at=wiring.clock().now())
    if order.payment is None:
        raise Http404
    context = pay_page.context(order) | {
        "person": people.person(person_id),
        "capitals": pay_page.in_capitals(order.amount_fen),
        "note": pay_page.NOTE,
    }
    return render(request, "web/pay/receipt.html", context)


@require_safe
@resident_page
def receipt_file(_request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Return the payment receipt as a file, in Chinese as the authority's papers are."""
    order = own_order(person_id, number, at=wiring.clock().now())
    if order.payment is None:
        raise Http404
    page = pay_page.receipt(order, people.person(person_id).name, trial=wiring.is_trial())
    response = HttpResponse(wiring.payment_receipt(page), "application/pdf")
    name = order.payment.receipt_number
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Content-Security-Policy"] = PDF_POLICY
    return response


@csrf_exempt
@require_POST
@public_page
def callback(request: HttpRequest, gateway: str) -> HttpResponseBase:
    """Take a gateway's callback in; it only makes us ask."""
    found = wiring.payment_gateways().get(gateway)
    if found is None:
        raise Http404
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        paying.take_callback(
            gateway=found, headers=headers, body=request.body, at=wiring.clock().now()
        )
    except CallbackRefusedError:
        return HttpResponse(status=401)
    content_type, body = found.callback_answer
    return HttpResponse(body, content_type=content_type)
