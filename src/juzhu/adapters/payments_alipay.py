"""Alipay (支付宝): its page on phones and desktops; requests and answers signed with RSA2."""

import csv
import io
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from juzhu.adapters import payments_http
from juzhu.ports.clock import SHENZHEN
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

CALLBACK_SECONDS: Final = 26 * 60 * 60
"""How old a callback may be: Alipay repeats one for 25 hours."""
SKEW_SECONDS: Final = 300
BILL_SECONDS: Final = 60.0
MOST_BILL_BYTES: Final = 256 * 1024 * 1024
_ABSENT: Final = "ACQ.TRADE_NOT_EXIST"
_LATER: Final = frozenset(
    {"ACQ.SYSTEM_ERROR", "ACQ.SELLER_BALANCE_NOT_ENOUGH", "aop.ACQ.SYSTEM_ERROR"}
)
_METHODS: Final = {
    Device.PHONE: ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    Device.DESKTOP: ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
}


class AlipaySettings(msgspec.Struct, tag="alipay", forbid_unknown_fields=True):
    """The merchant's application.

    Attributes:
        app_id: number of the application.
        seller_id: the merchant's account number, 2088….
        key_file: the application's private key, PEM.
        alipay_key_file: Alipay's public key, PEM.

    """

    app_id: str
    seller_id: str
    key_file: str
    alipay_key_file: str
    url: str = "https://openapi.alipay.com/gateway.do"


class Alipay:
    """The application as a payment gateway.

    Raises:
        KeyFileError: a key file cannot be used.

    """

    name = "alipay"
    callback_answer = ("text/plain", b"success")

    def __init__(
        self,
        settings: AlipaySettings,
        *,
        clock: Callable[[], float] = time.time,
        limit_seconds: float = payments_http.LIMIT_SECONDS,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._limit_seconds = limit_seconds
        self._key = payments_http.private_key(Path(settings.key_file))
        self._theirs = payments_http.public_key(Path(settings.alipay_key_file))

    @property
    def origins(self) -> Sequence[str]:
        """Where the form leads, and the pages it is sent on to."""
        parts = urlsplit(self._settings.url)
        return (f"{parts.scheme}://{parts.netloc}", "https://*.alipay.com")

    def way_on(self, device: Device) -> Way | None:
        """Take money by Alipay's page; not inside WeChat, which keeps it out."""
        return Way.PAGE if device in _METHODS else None

    def identify(self, *, return_url: str, state: str) -> str:  # noqa: ARG002  # the port's
        """Need not know who pays."""
        return ""

    def payer(self, code: str) -> str:
        """Never be asked."""
        raise PaymentRejectedError(code)

    def bridge(self, link: str) -> Mapping[str, str]:
        """Never be asked."""
        raise PaymentRejectedError(link)

    def begin(self, charge: Charge) -> str:
        """Return the signed address of the page; Alipay learns of the charge when it is opened."""
        method, product = _METHODS[charge.device]
        wish = {
            "out_trade_no": charge.number,
            "total_amount": payments_http.yuan_of(charge.amount_fen),
            "subject": charge.title,
            "product_code": product,
            "time_expire": _written(charge.closes_at),
        }
        more = {"notify_url": charge.notify_url, "return_url": charge.return_url}
        return f"{self._settings.url}?{urlencode(self._signed(method, wish, more))}"

    def ask(self, number: str) -> Standing:
        """Return where a charge stands."""
        try:
            found = self._call("alipay.trade.query", {"out_trade_no": number})
        except _RefusedError as error:
            if error.code == _ABSENT:
                return Absent()
            raise
        if found.get("out_trade_no") != number:
            raise PaymentUnavailableError("answered for another charge")
        match found.get("trade_status"):
            case "TRADE_SUCCESS" | "TRADE_FINISHED":
                amount = payments_http.fen_of(str(found.get("total_amount")))
                return Paid(str(found.get("trade_no")), amount, _read(found.get("send_pay_date")))
            case "WAIT_BUYER_PAY":
                return Unpaid()
            case "TRADE_CLOSED":
                return Closed()
            case strange:
                raise PaymentUnavailableError(f"not understood: {strange}")

    def close(self, number: str) -> None:
        """Let nobody pay it from now on; one that Alipay never heard of needs no closing."""
        try:
            self._call("alipay.trade.close", {"out_trade_no": number})
        except _RefusedError as error:
            if error.code != _ABSENT:
                raise

    def refund(self, wish: RefundWish) -> RefundStanding:
        """Give money back; the same number again changes nothing."""
        found = self._call(
            "alipay.trade.refund",
            {
                "trade_no": wish.transaction,
                "refund_amount": payments_http.yuan_of(wish.amount_fen),
                "out_request_no": wish.number,
                "refund_reason": wish.title,
            },
        )
        if found.get("fund_change") == "Y":
            return RefundStanding.DONE
        standing = self._call(
            "alipay.trade.fastpay.refund.query",
            {"trade_no": wish.transaction, "out_request_no": wish.number},
        )
        if standing.get("refund_status") == "REFUND_SUCCESS":
            return RefundStanding.DONE
        return RefundStanding.UNDER_WAY

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:  # noqa: ARG002  # the port's
        """Read a callback: a form with its own signature."""
        try:
            told = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        except ValueError as error:
            raise CallbackRefusedError("not understood") from error
        signature = told.pop("sign", "")
        told.pop("sign_type", "")
        if not payments_http.is_signed(self._theirs, _canonical(told).encode(), signature):
            raise CallbackRefusedError("wrong signature")
        mine = (self._settings.app_id, self._settings.seller_id)
        if (told.get("app_id"), told.get("seller_id")) != mine:
            raise CallbackRefusedError("for another merchant")
        try:
            sent_at = _read(told.get("notify_time"))
            amount = payments_http.fen_of(told.get("total_amount", ""))
        except PaymentUnavailableError as error:
            raise CallbackRefusedError(str(error)) from error
        age = self._clock() - sent_at.timestamp()
        if not -SKEW_SECONDS <= age <= CALLBACK_SECONDS:
            raise CallbackRefusedError("too old")
        nonce = f"{told.get('notify_id', '')[:40]}-{sent_at:%Y%m%d%H%M%S}"
        return Hint(told.get("out_trade_no", ""), nonce, amount)

    def bill(self, day: date) -> Sequence[BillLine]:
        """Return every payment and refund of a day, from the trade bill."""
        wish = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            found = self._call("alipay.data.dataservice.bill.downloadurl.query", wish)
        except _RefusedError as error:
            if "bill_not_exist" in error.code.lower():
                raise BillNotReadyError(error.code) from error
            raise PaymentUnavailableError(error.code) from error
        # The address comes in a signed answer, so what lies there is Alipay's.
        reply = payments_http.call(
            "GET", str(found.get("bill_download_url")), headers={}, within_seconds=BILL_SECONDS
        )
        if reply.status != 200:
            raise PaymentUnavailableError(f"the bill: status {reply.status}")
        return bill_lines(reply.body)

    def _call(self, method: str, wish: Mapping[str, Any]) -> dict[str, Any]:
        reply = payments_http.call(
            "POST",
            self._settings.url,
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            body=urlencode(self._signed(method, wish, {})).encode(),
            within_seconds=self._limit_seconds,
        )
        try:
            parts = msgspec.json.decode(reply.body, type=dict[str, msgspec.Raw])
            raw = bytes(parts[f"{method.replace('.', '_')}_response"])
            signature = msgspec.json.decode(parts["sign"], type=str)
            answer = msgspec.json.decode(raw, type=dict[str, Any])
        except (msgspec.DecodeError, KeyError) as error:
            raise PaymentUnavailableError(f"not understood: {error}") from error
        if not payments_http.is_signed(self._theirs, raw, signature):
            raise PaymentUnavailableError("wrong signature")
        if answer.get("code") == "10000":
            return answer
        code = str(answer.get("sub_code") or answer.get("code"))
        if answer.get("code") == "20000" or code in _LATER:
            raise PaymentUnavailableError(code)
        raise _RefusedError(code)

    def _signed(
        self, method: str, wish: Mapping[str, Any], more: Mapping[str, str]
    ) -> dict[str, str]:
        values = {
            "app_id": self._settings.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": _written(datetime.fromtimestamp(self._clock(), UTC)),
            "version": "1.0",
            **more,
            "biz_content": msgspec.json.encode(wish).decode(),
        }
        return values | {"sign": payments_http.sign(self._key, _canonical(values))}


class _RefusedError(PaymentRejectedError):
    """Alipay's own code for why not."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _canonical(values: Mapping[str, str]) -> str:
    """Return what is signed: the values that are not empty, by name."""
    return "&".join(f"{name}={values[name]}" for name in sorted(values) if values[name])


def _written(at: datetime) -> str:
    return f"{at.astimezone(SHENZHEN):%Y-%m-%d %H:%M:%S}"


def _read(text: object) -> datetime:
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHENZHEN)
    except ValueError as error:
        raise PaymentUnavailableError("not understood: the time") from error


def bill_lines(packed: bytes) -> list[BillLine]:
    """Read a packed trade bill: tables in GBK, remarks behind #, the sums in a file of their own.

    Raises:
        PaymentUnavailableError: it is no such bill.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as files:
            return [line for info in files.infolist() for line in _lines_of(files, info)]
    except (zipfile.BadZipFile, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise PaymentUnavailableError(f"the bill: {type(error).__name__}") from error


def _lines_of(files: zipfile.ZipFile, info: zipfile.ZipInfo) -> list[BillLine]:
    if info.file_size > MOST_BILL_BYTES:
        raise PaymentUnavailableError("the bill is too long")
    text = files.read(info).decode("gb18030")
    table = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    rows = csv.reader(table)
    names = [name.strip() for name in next(rows, [])]
    if "商户订单号" not in names:  # the sums
        return []
    return [
        _line({name: value.strip() for name, value in zip(names, row, strict=False)})
        for row in rows
    ]


def _line(values: Mapping[str, str]) -> BillLine:
    fen = payments_http.fen_of(values["订单金额（元）"])
    if values["业务类型"] == "退款":
        number = values["退款批次号/请求号"]
        return BillLine(number, values["支付宝交易号"], abs(fen), is_refund=True)
    return BillLine(values["商户订单号"], values["支付宝交易号"], fen, is_refund=False)
