"""WeChat Pay (微信支付), API v3: JSAPI inside WeChat, H5 on a phone, Native on a desktop.

Signed by ourselves: see docs/decisions/0060. Every answer that is acted upon carries WeChat's own
signature over its time, nonce and body.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from juzhu.adapters import payments_http
from juzhu.adapters.payments_http import KeyFileError, Reply
from juzhu.adapters.payments_wechat_bill import bill_lines
from juzhu.ports.payments import (
    Absent,
    BillLine,
    BillNotReadyError,
    CallbackRefusedError,
    Charge,
    Closed,
    Device,
    Hint,
    Paid,
    PaymentRejectedError,
    PaymentUnavailableError,
    RefundStanding,
    RefundWish,
    Standing,
    Unpaid,
    Way,
)

SKEW_SECONDS: Final = 300
"""How old an answer or a callback may be, either way."""
BILL_SECONDS: Final = 60.0
_WAYS: Final = {Device.WECHAT: Way.BRIDGE, Device.PHONE: Way.PAGE, Device.DESKTOP: Way.CODE}
_PATHS: Final = {Way.BRIDGE: "jsapi", Way.PAGE: "h5", Way.CODE: "native"}
_LINKS: Final = {Way.BRIDGE: "prepay_id", Way.PAGE: "h5_url", Way.CODE: "code_url"}
_PAID: Final = frozenset({"SUCCESS", "REFUND"})  # a refunded one was paid before
_OPEN: Final = frozenset({"NOTPAY", "USERPAYING", "ACCEPT"})
_CLOSED: Final = frozenset({"CLOSED", "REVOKED", "PAYERROR"})
_ABSENT: Final = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST"})
_LATER: Final = frozenset(
    {"NOT_ENOUGH", "SYSTEM_ERROR", "SYSTEMERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED"}
)
_NO_BILL: Final = frozenset({"NO_STATEMENT_EXIST", "STATEMENT_CREATING"})
_REFUNDS: Final = {
    "SUCCESS": RefundStanding.DONE,
    "PROCESSING": RefundStanding.UNDER_WAY,
    "CLOSED": RefundStanding.FAILED,
    "ABNORMAL": RefundStanding.FAILED,
}


class WeChatSettings(msgspec.Struct, tag="wechat", forbid_unknown_fields=True):
    """The merchant account.

    Attributes:
        mchid: merchant number (商户号).
        appid: of the official account the merchant is bound to.
        serial: serial number of the merchant's certificate.
        key_file: its private key, PEM.
        apiv3_key_file: the 32 characters of the APIv3 key.
        app_secret_file: of the official account; "" when nobody pays inside WeChat.
        mini_program: whether appid and secret are a mini program's: then for nobody else.
        public_keys: WeChat's own keys by id or serial number: files in PEM, keys or certificates.
            The first is the one answers are asked to be signed with.

    """

    mchid: str
    appid: str
    serial: str
    key_file: str
    apiv3_key_file: str
    public_keys: dict[str, str]
    app_secret_file: str = ""
    mini_program: bool = False
    url: str = "https://api.mch.weixin.qq.com"
    login_url: str = "https://api.weixin.qq.com"
    authorize_url: str = "https://open.weixin.qq.com"
    page_origin: str = "https://wx.tenpay.com"


class WeChatPay:
    """The account as a payment gateway.

    Raises:
        KeyFileError: a key file cannot be used.

    """

    callback_answer = ("application/json", b'{"code":"SUCCESS","message":""}')

    def __init__(
        self,
        settings: WeChatSettings,
        *,
        clock: Callable[[], float] = time.time,
        limit_seconds: float = payments_http.LIMIT_SECONDS,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._limit_seconds = limit_seconds
        self._key = payments_http.private_key(Path(settings.key_file))
        self._sealed_with = payments_http.secret(Path(settings.apiv3_key_file)).encode()
        if len(self._sealed_with) != 32:
            raise KeyFileError(f"{settings.apiv3_key_file} must hold 32 characters")
        secret_file = settings.app_secret_file
        self._app_secret = payments_http.secret(Path(secret_file)) if secret_file else ""
        self._theirs = {
            serial: payments_http.public_key(Path(path))
            for serial, path in settings.public_keys.items()
        }
        if not self._theirs:
            raise KeyFileError("public_keys names no key of WeChat Pay")

    @property
    def name(self) -> str:
        """`wechat`, and apart from it the mini program's account."""
        return "wechat_mini" if self._settings.mini_program else "wechat"

    @property
    def origins(self) -> Sequence[str]:
        """Where phones pay, and where WeChat says who pays."""
        return (self._settings.page_origin, self._settings.authorize_url)

    def way_on(self, device: Device) -> Way | None:
        """Return JSAPI inside WeChat, H5 on a phone, a code on a desktop."""
        if self._settings.mini_program:
            return Way.BRIDGE if device is Device.MINI_PROGRAM else None
        return None if device is Device.WECHAT and not self._app_secret else _WAYS.get(device)

    def identify(self, *, return_url: str, state: str) -> str:
        """Return the address where WeChat says who pays, silently (snsapi_base)."""
        query = {
            "appid": self._settings.appid,
            "redirect_uri": return_url,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        path = f"/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"
        return f"{self._settings.authorize_url}{path}"

    def payer(self, code: str) -> str:
        """Return the payer's openid."""
        mini = self._settings.mini_program
        query = {
            "appid": self._settings.appid,
            "secret": self._app_secret,
            "js_code" if mini else "code": code,
            "grant_type": "authorization_code",
        }
        path = "/sns/jscode2session" if mini else "/sns/oauth2/access_token"
        reply = payments_http.call(
            "GET",
            f"{self._settings.login_url}{path}?{urlencode(query)}",
            headers={},
            within_seconds=self._limit_seconds,
        )
        found = _object(reply.body)
        openid = found.get("openid")
        if not isinstance(openid, str) or not openid:
            raise PaymentRejectedError(f"no openid: {found.get('errcode')}")
        return openid

    def begin(self, charge: Charge) -> str:
        """Ask for a charge; return prepay_id, h5_url with the way back, or code_url."""
        wish: dict[str, Any] = {  # Any: a JSON object on its way out
            "appid": self._settings.appid,
            "mchid": self._settings.mchid,
            "description": charge.title,
            "out_trade_no": charge.number,
            "time_expire": charge.closes_at.isoformat(timespec="seconds"),
            "notify_url": charge.notify_url,
            "amount": {"total": charge.amount_fen, "currency": "CNY"},
        }
        if charge.way is Way.BRIDGE:
            wish["payer"] = {"openid": charge.payer}
        if charge.way is Way.PAGE:
            wish["scene_info"] = {
                "payer_client_ip": charge.address,
                "h5_info": {"type": "Wap"},
            }
        answer = self._call("POST", f"/v3/pay/transactions/{_PATHS[charge.way]}", wish)
        link = answer.get(_LINKS[charge.way])
        if not isinstance(link, str) or not link:
            raise PaymentUnavailableError("not understood: no link")
        if charge.way is Way.PAGE:
            return f"{link}&redirect_url={quote(charge.return_url, safe='')}"
        return link

    def bridge(self, link: str) -> Mapping[str, str]:
        """Return what `getBrandWCPayRequest` is called with."""
        stamp, nonce = str(int(self._clock())), secrets.token_hex(16)
        package = f"prepay_id={link}"
        text = f"{self._settings.appid}\n{stamp}\n{nonce}\n{package}\n"
        return {
            "appId": self._settings.appid,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": payments_http.sign(self._key, text),
        }

    def ask(self, number: str) -> Standing:
        """Return where a charge stands."""
        query = urlencode({"mchid": self._settings.mchid})
        try:
            found = self._call("GET", f"/v3/pay/transactions/out-trade-no/{quote(number)}?{query}")
        except _RefusedError as error:
            if error.code in _ABSENT:
                return Absent()
            raise
        return self._standing(number, found)

    def _standing(self, number: str, found: Mapping[str, Any]) -> Standing:
        self._refuse_foreign(number, found)
        state = found.get("trade_state")
        if state in _PAID:
            amount = found.get("amount") or {}
            if amount.get("currency") != "CNY" or not isinstance(amount.get("total"), int):
                raise PaymentUnavailableError("not understood: the amount")
            at = _instant(found.get("success_time"))
            return Paid(str(found.get("transaction_id")), amount["total"], at)
        if state in _OPEN:
            return Unpaid()
        if state in _CLOSED:
            return Closed()
        raise PaymentUnavailableError(f"not understood: {state}")

    def _refuse_foreign(self, number: str, found: Mapping[str, Any]) -> None:
        ours = (number, self._settings.mchid)
        if (found.get("out_trade_no"), found.get("mchid")) != ours:
            raise PaymentUnavailableError("answered for another charge")

    def close(self, number: str) -> None:
        """Let nobody pay it from now on."""
        path = f"/v3/pay/transactions/out-trade-no/{quote(number)}/close"
        self._call("POST", path, {"mchid": self._settings.mchid})

    def refund(self, wish: RefundWish) -> RefundStanding:
        """Give money back; the same number again says where that refund stands."""
        answer = self._call(
            "POST",
            "/v3/refund/domestic/refunds",
            {
                "transaction_id": wish.transaction,
                "out_refund_no": wish.number,
                "reason": wish.title,
                "amount": {
                    "refund": wish.amount_fen,
                    "total": wish.paid_fen,
                    "currency": "CNY",
                },
            },
        )
        if answer.get("out_refund_no") != wish.number or answer.get("status") not in _REFUNDS:
            raise PaymentUnavailableError("answered for another refund")
        return _REFUNDS[answer["status"]]

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        """Read a callback: signature, time, then the sealed resource."""
        if not self._is_theirs(headers, body):
            raise CallbackRefusedError("wrong signature")
        if not self._is_fresh(headers):
            raise CallbackRefusedError("too old")
        try:
            resource = msgspec.json.decode(body, type=_Callback).resource
            opened = AESGCM(self._sealed_with).decrypt(
                resource.nonce.encode(),
                base64.b64decode(resource.ciphertext, validate=True),
                resource.associated_data.encode(),
            )
            told = msgspec.json.decode(opened, type=_Told)
        except (msgspec.DecodeError, InvalidTag, ValueError) as error:
            raise CallbackRefusedError(f"not understood: {type(error).__name__}") from error
        if told.mchid != self._settings.mchid:
            raise CallbackRefusedError("for another merchant")
        amount = told.amount.total if told.amount else None
        return Hint(told.out_trade_no, headers.get("wechatpay-nonce", "")[:64], amount)

    def bill(self, day: date) -> Sequence[BillLine]:
        """Return every payment and refund of a day, from the trade bill."""
        query = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL"})
        try:
            found = self._call("GET", f"/v3/bill/tradebill?{query}")
        except _RefusedError as error:
            if error.code in _NO_BILL:
                raise BillNotReadyError(error.code) from error
            raise PaymentUnavailableError(str(error)) from error
        parts = urlsplit(str(found.get("download_url")))
        if f"{parts.scheme}://{parts.netloc}" != self._settings.url:
            raise PaymentUnavailableError("the bill lies elsewhere")
        reply = self._send("GET", f"{parts.path}?{parts.query}", b"", within=BILL_SECONDS)
        digest = hashlib.sha1(reply.body, usedforsecurity=False).hexdigest()  # WeChat's choice
        if reply.status != 200 or digest != found.get("hash_value"):
            raise PaymentUnavailableError("the bill is not whole")
        return bill_lines(reply.body.decode("utf-8-sig"))

    def _call(
        self, method: str, path: str, content: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        body = b"" if content is None else msgspec.json.encode(content)
        reply = self._send(method, path, body, within=self._limit_seconds)
        if not self._is_theirs(reply.headers, reply.body) or not self._is_fresh(reply.headers):
            raise PaymentUnavailableError(f"wrong signature, status {reply.status}")
        if 200 <= reply.status < 300:
            return _object(reply.body) if reply.body else {}
        code = str(_object(reply.body).get("code", reply.status))
        if reply.status == 429 or code in _LATER:
            raise PaymentUnavailableError(code)
        raise _RefusedError(code)

    def _send(self, method: str, path: str, body: bytes, *, within: float) -> Reply:
        stamp, nonce = str(int(self._clock())), secrets.token_hex(16)
        text = f"{method}\n{path}\n{stamp}\n{nonce}\n{body.decode()}\n"
        signature = payments_http.sign(self._key, text)
        settings = self._settings
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "juzhu",
            "Wechatpay-Serial": next(iter(self._theirs)),
            "Authorization": (
                f'WECHATPAY2-SHA256-RSA2048 mchid="{settings.mchid}",nonce_str="{nonce}",'
                f'signature="{signature}",timestamp="{stamp}",serial_no="{settings.serial}"'
            ),
        }
        return payments_http.call(
            method, f"{settings.url}{path}", headers=headers, body=body, within_seconds=within
        )

    def _is_theirs(self, headers: Mapping[str, str], body: bytes) -> bool:
        key = self._theirs.get(headers.get("wechatpay-serial", ""))
        stamp, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
        text = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
        signature = headers.get("wechatpay-signature", "")
        return key is not None and payments_http.is_signed(key, text, signature)

    def _is_fresh(self, headers: Mapping[str, str]) -> bool:
        stamp = headers.get("wechatpay-timestamp", "")
        return stamp.isdecimal() and abs(self._clock() - int(stamp)) <= SKEW_SECONDS


class _RefusedError(PaymentRejectedError):
    """WeChat's own code for why not."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Resource(msgspec.Struct):
    ciphertext: str
    nonce: str
    associated_data: str = ""


class _Callback(msgspec.Struct):
    resource: _Resource


class _Amount(msgspec.Struct):
    total: int | None = None


class _Told(msgspec.Struct):
    mchid: str
    out_trade_no: str
    amount: _Amount | None = None


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise PaymentUnavailableError(f"not understood: {error}") from error


def _instant(text: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise PaymentUnavailableError("not understood: the time") from error
    if found.tzinfo is None:
        raise PaymentUnavailableError("not understood: the time")
    return found
