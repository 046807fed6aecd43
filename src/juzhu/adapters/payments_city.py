"""The cashier of the sandbox city: its page takes trial money, behind the gateway's signature."""

import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from juzhu.adapters.gateway import Gateway, GatewayMalformedError, GatewayUnreachableError
from juzhu.ports import gateway as signing
from juzhu.ports.payments import (
    Absent,
    BillLine,
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

T = TypeVar("T")

LIMIT_SECONDS: Final = 5.0


class _Made(msgspec.Struct):
    token: str


class _Standing(msgspec.Struct):
    number: str
    state: str
    transaction: str = ""
    amount_fen: int = 0
    at: datetime | None = None


class _Refunded(msgspec.Struct):
    number: str
    state: RefundStanding


class _Line(msgspec.Struct):
    number: str
    transaction: str
    amount_fen: int
    is_refund: bool


class _Bill(msgspec.Struct):
    lines: list[_Line]


class _Told(msgspec.Struct):
    number: str


class CityPayments:
    """The cashier as a payment gateway.

    Args:
        gateway: signed calls to the city.
        url: where a browser finds the city.
        secret: what the city signs its callbacks with.

    """

    name = "city"
    callback_answer = ("text/plain", b"ok")

    def __init__(self, gateway: Gateway, *, url: str, secret: str) -> None:
        self._gateway = gateway
        self._url = url
        self._secret = secret.encode()

    @property
    def origins(self) -> Sequence[str]:
        """The city itself."""
        parts = urlsplit(self._url)
        return (f"{parts.scheme}://{parts.netloc}",)

    def way_on(self, device: Device) -> Way | None:  # noqa: ARG002  # the port's signature
        """Take money by the cashier's page, everywhere."""
        return Way.PAGE

    def identify(self, *, return_url: str, state: str) -> str:  # noqa: ARG002
        """Need not know who pays."""
        return ""

    def payer(self, code: str) -> str:
        """Never be asked."""
        raise PaymentRejectedError(code)

    def bridge(self, link: str) -> Mapping[str, str]:
        """Never be asked."""
        raise PaymentRejectedError(link)

    def begin(self, charge: Charge) -> str:
        """Return the address of the cashier's page for this charge."""
        made = self._call(
            "/cashier/charges",
            {
                "number": charge.number,
                "amount_fen": charge.amount_fen,
                "title": charge.title,
                "closes_at": charge.closes_at.isoformat(),
                "notify_url": charge.notify_url,
                "return_url": charge.return_url,
            },
            _Made,
        )
        return f"{self._url}/cashier/{made.token}"

    def ask(self, number: str) -> Standing:
        """Return where a charge stands."""
        found = self._call("/cashier/query", {"number": number}, _Standing)
        if found.number != number:
            raise PaymentUnavailableError("answered for another charge")
        match found.state:
            case "paid" if found.at is not None:
                return Paid(found.transaction, found.amount_fen, found.at)
            case "open":
                return Unpaid()
            case "closed":
                return Closed()
            case "absent":
                return Absent()
            case _:
                raise PaymentUnavailableError(f"not understood: {found.state}")

    def close(self, number: str) -> None:
        """Let nobody pay it from now on."""
        self._call("/cashier/close", {"number": number}, _Standing)

    def refund(self, wish: RefundWish) -> RefundStanding:
        """Give money back, once for each number."""
        content = {
            "number": wish.number,
            "charge_number": wish.charge_number,
            "amount_fen": wish.amount_fen,
        }
        found = self._call("/cashier/refund", content, _Refunded)
        if found.number != wish.number:
            raise PaymentUnavailableError("answered for another refund")
        return found.state

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        """Read a callback: signed like a request to the gateway, under a path of one's own."""
        stamp, nonce = headers.get(signing.TIMESTAMP, ""), headers.get(signing.NONCE, "")
        expected = signing.sign_request(
            self._secret,
            method="POST",
            path=signing.CASHIER_CALLBACK,
            timestamp=stamp,
            nonce=nonce,
            body=body,
        )
        if not signing.same_signature(expected, headers.get(signing.SIGNATURE, "")):
            raise CallbackRefusedError("wrong signature")
        if abs(time.time() - int(stamp)) > signing.SKEW_SECONDS:
            raise CallbackRefusedError("too old")
        try:
            return Hint(msgspec.json.decode(body, type=_Told).number, nonce)
        except msgspec.DecodeError as error:
            raise CallbackRefusedError(str(error)) from error

    def bill(self, day: date) -> Sequence[BillLine]:
        """Return every payment and refund of a day."""
        found = self._call("/cashier/bill", {"day": day.isoformat()}, _Bill)
        return [
            BillLine(it.number, it.transaction, it.amount_fen, it.is_refund) for it in found.lines
        ]

    def _call(self, path: str, content: Mapping[str, object], answer: type[T]) -> T:
        try:
            reply = self._gateway.call(
                path, msgspec.json.encode(content), within_seconds=LIMIT_SECONDS
            )
        except (TimeoutError, GatewayUnreachableError, GatewayMalformedError) as error:
            raise PaymentUnavailableError(f"{type(error).__name__}: {error}") from error
        if reply.status == 422:
            raise PaymentRejectedError(reply.body.decode(errors="replace"))
        if reply.status != 200:
            raise PaymentUnavailableError(f"status {reply.status}")
        try:
            return msgspec.json.decode(reply.body, type=answer)
        except msgspec.DecodeError as error:
            raise PaymentUnavailableError(f"not understood: {error}") from error
