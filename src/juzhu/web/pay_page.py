"""What the pages of a payment show, and the policy they need."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from juzhu.modules.cases.contracts import Channel
from juzhu.modules.payments.contracts import (
    AttemptState,
    AttemptView,
    Fee,
    OrderState,
    OrderView,
    RefundState,
    Surplus,
)
from juzhu.ports.payments import Device, PaymentGateway, ReceiptPage, Way
from juzhu.web import channels
from juzhu.web.fields import Text
from juzhu.web.middleware import CONTENT_SECURITY_POLICY

FEES: Final[Mapping[Fee, Text]] = {
    Fee.REISSUE: _("补领居住证"),
    Fee.REPLACEMENT: _("换领居住证"),
    Fee.REAPPLICATION: _("再次申领居住证"),
}
GATEWAYS: Final[Mapping[str, Text]] = {
    "wechat": _("微信支付"),
    "wechat_mini": _("微信支付"),
    "alipay": _("支付宝"),
    "city": _("试用收银台"),
}
"""By the gateway's name; one that is not here is called by it."""

SURPLUSES: Final[Mapping[Surplus, Text]] = {
    Surplus.LATE: _("付款时已过缴费时间，没有计入"),
    Surplus.TWICE: _("重复付款，没有计入"),
    Surplus.WRONG_AMOUNT: _("金额不对，没有计入"),
}


@dataclass(frozen=True, slots=True)
class Extra:
    """Money that does not count, and whether it is back."""

    amount: str
    why: Text
    back: bool
    troubled: bool


def device_of(request: HttpRequest) -> Device:
    """Return what the person holds, from what the browser calls itself."""
    agent = request.headers.get("User-Agent", "")
    if "MicroMessenger" in agent:
        mini = channels.channel_of(request) is Channel.MINI_PROGRAM
        return Device.MINI_PROGRAM if mini else Device.WECHAT
    return Device.PHONE if re.search(r"Mobile|Android|iPhone|HarmonyOS", agent) else Device.DESKTOP


def gateway_name(name: str) -> str:
    """Return what people call a gateway."""
    return str(GATEWAYS.get(name, name))


def context(order: OrderView) -> dict[str, Any]:
    """Return what the template of any state may show."""
    payment = order.payment
    back = [it for it in payment.refunds if it.state is RefundState.DONE] if payment else []
    return {
        "order": order,
        "fee": FEES[order.fee],
        "amount": yuan(order.amount_fen),
        "round_amount": f"{order.amount_fen // 100}" if order.amount_fen % 100 == 0 else None,
        "payment": payment,
        "paid_with": gateway_name(payment.gateway) if payment else "",
        "refunded": yuan(sum(it.amount_fen for it in back)) if back else "",
        "refunded_at": back[-1].done_at if back else None,
        "extras": [
            Extra(
                yuan(it.amount_fen),
                SURPLUSES[it.surplus],
                back=all(one.state is RefundState.DONE for one in it.refunds),
                troubled=any(one.state is RefundState.FAILED for one in it.refunds),
            )
            for it in order.settlements
            if it.surplus is not None
        ],
        "poll": poll_mark(order),
    }


def open_attempt(order: OrderView) -> AttemptView | None:
    """Return the newest attempt if it can still be paid."""
    newest = order.attempts[-1] if order.attempts else None
    if order.state is not OrderState.OPEN or newest is None:
        return None
    return newest if newest.state is AttemptState.OPEN and newest.link else None


def poll_mark(order: OrderView) -> str:
    """Return a word that changes when the page would."""
    attempt = open_attempt(order)
    return f"{order.state}-{len(order.settlements)}-{attempt.number if attempt else ''}"


def yuan(fen: int) -> str:
    """Return an amount with its two places: 20.00."""
    return f"{fen // 100}.{fen % 100:02d}"


def lead_out(response: HttpResponseBase, gateways: list[PaymentGateway]) -> HttpResponseBase:
    """Let the page's form lead to the gateways, and let them see from which site people come.

    WeChat's page for phone browsers opens only for the registered site; it looks at the Referer.
    """
    origins = " ".join(dict.fromkeys(o for it in gateways for o in it.origins))
    policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {origins}")
    response.headers["Content-Security-Policy"] = policy.strip()
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def let_bridge_in(response: HttpResponseBase, attempt: AttemptView | None) -> HttpResponseBase:
    """Let WeChat's client put its bridge on the page, where the page opens its dialog.

    The bridge is put in by the client itself; old ones answer through a frame of their own scheme.
    """
    if attempt is not None and attempt.way == Way.BRIDGE:
        policy = f"{CONTENT_SECURITY_POLICY}; frame-src weixin:"
        response.headers["Content-Security-Policy"] = policy
    return response


NOTE: Final = _(
    "这是缴款记录，不是发票，也不是财政票据。居住证补领、换领、再次申领收工本费，"
    "依据《深圳经济特区居住证条例》第二十一条。"
)
"""What the receipt is, and what it is not."""


def receipt(order: OrderView, payer: str, *, trial: bool) -> ReceiptPage:
    """Return what the receipt says as a file, in Chinese; call only for a paid order."""
    payment = order.payment
    assert payment is not None, "only a paid order has a receipt"
    with translation.override("zh-hans"):
        rows = [
            ("缴款人", payer),
            ("收款单位", "深圳市公安局"),
            ("缴费项目", f"{FEES[order.fee]}工本费"),
            ("金额", f"人民币 {yuan(order.amount_fen)} 元（{in_capitals(order.amount_fen)}）"),
            ("付款时间", f"{localtime(payment.paid_at):%Y年%-m月%-d日 %H:%M}"),
            ("付款方式", gateway_name(payment.gateway)),
            ("支付机构单号", payment.transaction),
            ("缴款单号", order.number),
            ("受理号", order.case_number),
        ]
        back = sum(it.amount_fen for it in payment.refunds if it.state is RefundState.DONE)
        if back:
            rows.append(("其中已退", f"人民币 {yuan(back)} 元"))
        return ReceiptPage(
            title="缴款凭据",
            payee="深圳市公安局",
            number_label="凭据号",
            number=payment.receipt_number,
            rows=rows,
            note=str(NOTE),
            trial="试用城市，不是真实缴款" if trial else "",
            made_at=payment.settled_at,
        )


def in_capitals(fen: int) -> str:
    """Return an amount in the numerals of Chinese receipts: 贰拾元整, 壹佰零伍元伍角."""
    whole, rest = divmod(fen, 100)
    words = _capital_number(whole) + "元" if whole else ""
    jiao, cents = divmod(rest, 10)
    if not rest:
        return (words or "零元") + "整"
    words += _DIGITS[jiao] + "角" if jiao else "零" if whole else ""
    return words + (_DIGITS[cents] + "分" if cents else "整")


_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟", "万", "拾", "佰", "仟")


def _capital_number(number: int) -> str:
    text, digits = "", str(number)
    for index, digit in enumerate(digits):
        place = _PLACES[len(digits) - 1 - index]
        if digit != "0":
            text += _DIGITS[int(digit)] + place
        elif place == "万":
            text = text.rstrip("零") + "万"
        elif not text.endswith("零"):
            text += "零"
    return text.rstrip("零")
