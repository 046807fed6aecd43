"""Carrier gateways (短信网关) by SMPP 3.4: texts instead of templates, receipts on the same line.

The protocol knows no key under which a message is taken once: without an answer it is not sent
again. There is nothing to ask afterwards either; a receipt comes by itself or not at all.
"""

import asyncio
import re
import ssl
import struct
from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import Any, Final

import msgspec
import structlog
from aiosmpplib.protocol import DeliverSm, SubmitSm
from aiosmpplib.state import NPI, RECEIPTED_MESSAGE_ID, TON, PhoneNumber
from aiosmpplib.utils import split_sms_udh

from juzhu.adapters.smpp_session import Answer as Reply
from juzhu.adapters.smpp_session import (
    NoAnswerError,
    NotConnectedError,
    Place,
    Request,
    Session,
)
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.sms import (
    Fate,
    Receipt,
    Sent,
    Sms,
    SmsCallbackError,
    SmsNotTakenError,
    SmsRejectedError,
    SmsUnavailableError,
)

log = structlog.get_logger(__name__)

PORT: Final = 2775
PORT_TLS: Final = 3550
LIMIT_SECONDS: Final = 10.0
ONE_PART: Final = 140
"""Bytes of one short message; a longer text travels in parts or as payload."""
AFTER_THROTTLE_SECONDS: Final = 1.0
TRIES: Final = 4
"""How often a message that the centre turned away for haste is offered before it is put off."""
WAIT_SECONDS: Final = 1.0

_THROTTLED: Final = (0x58, 0x14)  # ESME_RTHROTTLED, ESME_RMSGQFUL
_REJECTED: Final = (0x01, 0x0B, 0x50, 0x51)  # text too long; address, its kind, its plan wrong
_UDH: Final = 0x40
_FATES: Final = {
    "DELIVRD": Fate.DELIVERED,
    "ENROUTE": Fate.PENDING,
    "ACCEPTD": Fate.PENDING,
    "UNKNOWN": Fate.PENDING,
}
_FIELD: Final = re.compile(r"(id|stat|err|done date):(\S*)", re.IGNORECASE)


class SmppSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag="smpp"):
    """A line of a carrier.

    Attributes:
        source: what the message comes from, such as the access number `1069…`.
        long: how a text of more than 70 characters travels: `udh` in parts, `payload` whole.
        prefix: before each number; "" for 11 digits without the country's.
        nobodys: states or errors in receipts by which this carrier says that a number is nobody's.
        per_second: most messages a second, as agreed with the carrier.
        window: most messages on the way without an answer.

    """

    host: str
    system_id: str
    password: str
    source: str
    port: int = 0
    tls: bool = False
    ca_file: str = ""
    system_type: str = ""
    source_ton: int = 0
    source_npi: int = 1
    prefix: str = "86"
    long: str = "udh"
    nobodys: list[str] = []
    per_second: int = 100
    window: int = 10
    enquire_seconds: float = 30.0
    name: str = "smpp"

    def __post_init__(self) -> None:
        """Refuse what no carrier would take; msgspec makes a ValidationError of it."""
        if self.long not in ("udh", "payload"):
            raise ValueError("long is `udh` or `payload`")
        if not 1 <= self.window <= 1000 or not 1 <= self.per_second <= 10_000:
            raise ValueError("window is 1 to 1000, per_second 1 to 10000")
        if len(self.password) > 8 or len(self.system_id) > 15:
            raise ValueError("SMPP 3.4 has 15 characters of system_id and 8 of password")


class SmppSms:
    """Sends each text once and hears what became of it."""

    once_per_key = False
    standing = True
    callback_token = ""
    callback_answer = b""

    def __init__(
        self,
        settings: SmppSettings,
        *,
        limit_seconds: float = LIMIT_SECONDS,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._settings = settings
        self._wait_seconds = wait_seconds
        self.name = settings.name
        self._limit_seconds = limit_seconds
        self._session: Session | None = None
        self._window = asyncio.Semaphore(settings.window)
        self._pace = asyncio.Lock()
        self._next_at = 0.0
        self._reference = 0
        self._arrived: asyncio.Queue[Receipt] = asyncio.Queue()

    async def send(self, sms: Sms) -> str:
        """Send and return the centre's number of the message; errors as the port says.

        Of a text in parts the last one's number counts, and its receipt alone is asked for.
        """
        number, taken = "", False
        for part in self._parts(sms):
            try:
                number = await self._send_part(part, sms.key)
            except (SmsNotTakenError, SmsRejectedError) as error:
                if taken:  # the phone may show the beginning: it is not sent anew
                    raise SmsUnavailableError(f"a part was not taken: {error}") from error
                raise
            taken = True
        return number

    async def ask(self, sent: Sent) -> Receipt | None:  # noqa: ARG002
        """Return nothing: what became of a message comes by itself."""
        return None

    async def arrived(self) -> Sequence[Receipt]:
        """Wait a second at most and return the receipts that came, connecting if need be."""
        try:
            await self._connection().receive()
        except NotConnectedError:
            await asyncio.sleep(self._wait_seconds)
            return ()
        try:
            async with asyncio.timeout(self._wait_seconds):
                found = [await self._arrived.get()]
        except TimeoutError:
            return ()
        while not self._arrived.empty():
            found.append(self._arrived.get_nowait())
        return found

    def parse(self, body: bytes) -> Sequence[Receipt]:  # noqa: ARG002
        """Refuse: receipts come over the standing connection."""
        raise SmsCallbackError("this carrier sends no callbacks")

    async def try_out(self) -> None:
        """Bind and unbind; raise NotConnectedError, which says why not."""
        session = self._connection()
        await session.receive()
        await session.close()

    async def close(self) -> None:
        """Unbind and hang up."""
        if self._session is not None:
            await self._session.close()

    def _connection(self) -> Session:
        if self._session is None:
            settings = self._settings
            self._session = Session(
                Place(
                    host=settings.host,
                    port=settings.port or (PORT_TLS if settings.tls else PORT),
                    system_id=settings.system_id,
                    password=settings.password,
                    system_type=settings.system_type,
                    tls=ssl.create_default_context(cafile=settings.ca_file or None)
                    if settings.tls
                    else None,
                    enquire_seconds=settings.enquire_seconds,
                    limit_seconds=self._limit_seconds,
                ),
                delivered=self._delivered,
                late=self._late,
            )
        return self._session

    def _parts(self, sms: Sms) -> list[SubmitSm]:
        encoded = sms.text.encode("utf-16-be")
        if len(encoded) <= ONE_PART or self._settings.long == "payload":
            whole = self._submit(sms, receipt=True)
            if len(encoded) <= ONE_PART:
                whole.set_encoded_message(encoded)
            else:
                whole.short_message, whole.message_payload = "", sms.text
            return [whole]
        self._reference = (self._reference + 1) % 256
        pieces = split_sms_udh(sms.text, "ucs2", self._reference)
        parts = []
        for piece in pieces:
            part = self._submit(sms, receipt=piece is pieces[-1])
            part.esm_class = _UDH
            part.set_encoded_message(piece)
            parts.append(part)
        return parts

    def _submit(self, sms: Sms, *, receipt: bool) -> SubmitSm:
        settings = self._settings
        abroad = bool(settings.prefix)
        return SubmitSm(
            short_message=sms.text,
            source=PhoneNumber(settings.source, TON(settings.source_ton), NPI(settings.source_npi)),
            destination=PhoneNumber(
                f"{settings.prefix}{sms.phone}",
                TON.INTERNATIONAL if abroad else TON.UNKNOWN,
                NPI.ISDN,
            ),
            registered_delivery=int(receipt),
            encoding="ucs2",
            log_id=sms.key,
        )

    async def _send_part(self, part: SubmitSm, key: str) -> str:
        for _ in range(TRIES):
            async with self._window:
                await self._turn()
                reply = await self._submitted(part, key)
            if reply.status not in _THROTTLED:
                break
            self._next_at = max(self._next_at, monotonic() + AFTER_THROTTLE_SECONDS)
        return _number(reply)

    async def _submitted(self, part: SubmitSm, key: str) -> Reply:
        try:
            return await self._connection().ask(part)
        except NotConnectedError as error:
            raise SmsNotTakenError(str(error)) from error
        except NoAnswerError as error:
            log.info("smpp.no_answer", key=key)
            raise SmsUnavailableError(str(error)) from error

    async def _turn(self) -> None:
        """Wait for this message's turn, so that no more leave in a second than agreed."""
        async with self._pace:
            await asyncio.sleep(max(0.0, self._next_at - monotonic()))
            self._next_at = max(self._next_at, monotonic()) + 1 / self._settings.per_second

    def _late(self, request: Request, reply: Reply) -> None:
        """Note that a message whose asker had given up was taken after all."""
        if isinstance(request, SubmitSm) and request.registered_delivery and reply.status == 0:
            self._arrived.put_nowait(Receipt(Fate.PENDING, _number(reply), key=request.log_id))

    def _delivered(self, whole: bytes) -> None:
        try:
            receipt = self._receipt(whole)
        except (ValueError, LookupError, struct.error) as error:
            log.warning("smpp.receipt_not_understood", error=str(error))
            return
        if receipt is not None:
            self._arrived.put_nowait(receipt)

    def _receipt(self, whole: bytes) -> Receipt | None:
        """Read a delivery receipt (SMPP 3.4, appendix B); None for what a phone sent."""
        message: Any = DeliverSm.from_pdu(whole, DeliverSm.parse_header(whole), "latin_1")
        if not message.is_receipt():
            return None
        text = message.short_message or message.message_payload
        found = reversed(_FIELD.findall(text))  # the first of a name counts: the text comes last
        said = {name.lower(): value for name, value in found}
        named = [p.value for p in message.optional_params if p.tag == RECEIPTED_MESSAGE_ID]
        number = str(named[0]) if named else said.get("id", "")
        if not number or "stat" not in said:
            raise ValueError("a receipt without number or state")
        nobodys = {said["stat"], said.get("err", "")} & set(self._settings.nobodys)
        fate = _FATES.get(said["stat"].upper(), Fate.UNREACHABLE)
        return Receipt(
            Fate.NO_SUBSCRIBER if nobodys else fate,
            number,
            at=_instant(said.get("done date", "")),
        )


def _number(reply: Reply) -> str:
    """Return the centre's number of a message; raise what its refusal means."""
    status = reply.status
    if status == 0:
        number = reply.body.split(b"\0")[0].decode("ascii", errors="replace")
        if not number:
            raise SmsUnavailableError("taken without a number")
        return number
    if status in _REJECTED:
        raise SmsRejectedError(f"status 0x{status:08X}")
    raise SmsNotTakenError(f"status 0x{status:08X}")


def _instant(text: str) -> datetime | None:
    """Read `YYMMDDhhmm`, with seconds or without, in the time of China."""
    form = "%y%m%d%H%M%S" if len(text) == 12 else "%y%m%d%H%M"
    try:
        return datetime.strptime(text, form).replace(tzinfo=SHENZHEN)
    except ValueError:
        return None
