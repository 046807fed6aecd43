"""The file that names the payment gateways, most preferred first."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from juzhu.adapters import payments_http
from juzhu.adapters.payments_alipay import Alipay, AlipaySettings
from juzhu.adapters.payments_wechat import WeChatPay, WeChatSettings
from juzhu.ports.payments import PaymentGateway

Settings = WeChatSettings | AlipaySettings


class PaymentsFileError(ValueError):
    """The file cannot be used; the message says why and names no secret."""


def read_gateways(path: Path) -> Mapping[str, PaymentGateway]:
    """Return the gateways in the file by name, in its order.

    Raises:
        PaymentsFileError: missing, open to other accounts, not understood, or a key is unfit.

    """
    try:
        found = msgspec.json.decode(payments_http.secret(path), type=list[Settings])
        gateways = [_gateway(settings) for settings in found]
    except (msgspec.DecodeError, payments_http.KeyFileError) as error:
        raise PaymentsFileError(f"{path}: {error}") from error
    if not gateways or len({gateway.name for gateway in gateways}) < len(gateways):
        raise PaymentsFileError(f"{path}: one gateway at least, and each once")
    return {gateway.name: gateway for gateway in gateways}


def _gateway(settings: Settings) -> PaymentGateway:
    match settings:
        case WeChatSettings():
            return WeChatPay(settings)
        case AlipaySettings():
            return Alipay(settings)
