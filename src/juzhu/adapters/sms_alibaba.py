"""Alibaba Cloud SMS (阿里云短信服务), API 2017-05-25, signed by ACS3-HMAC-SHA256.

It takes the same message twice if asked twice: the nonce guards the request, not the message. A
message without an answer is asked about by its phone and our key, which travels as `OutId`.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec

from juzhu.adapters import sms_cloud
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

URL: Final = "https://dysmsapi.aliyuncs.com"
VERSION: Final = "2017-05-25"
_PAGE: Final = 50

_REJECTED: Final = (
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.SMS_CONTENT_ILLEGAL",
)
_UNSURE: Final = ("isp.", "InternalError", "ServiceUnavailable")


class AlibabaSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag="alibaba"):
    """An account. `templates` names the approved template of each text edition."""

    access_key_id: str
    access_key_secret: str
    sign: str
    callback_token: str
    templates: dict[str, str]
    name: str = "alibaba"
    url: str = URL


class _Report(msgspec.Struct):
    biz_id: str
    phone_number: str
    success: bool
    err_code: str = ""
    err_msg: str = ""
    out_id: str = ""
    report_time: str = ""


_REPORTS: Final = msgspec.json.Decoder(list[_Report])


def canonical_query(values: Mapping[str, str]) -> str:
    """Return the query in the order and the escaping that are signed (RFC 3986)."""
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in values.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def authorization(
    *, key_id: str, secret: str, query: str, headers: Mapping[str, str], body: bytes = b""
) -> str:
    """Return the Authorization header over `host` and all `x-acs-` headers, names in lower case."""
    signed = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"POST\n/\n{query}\n{lines}\n{signed}\n{sms_cloud.digest(body)}"
    text = f"ACS3-HMAC-SHA256\n{sms_cloud.digest(canonical.encode())}"
    signature = sms_cloud.mac(secret.encode(), text).hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={signed},Signature={signature}"


class AlibabaSms:
    """Sends by approved template; asks by phone and day."""

    once_per_key = False
    standing = False
    callback_answer = '{"code":0,"msg":"接收成功"}'.encode()

    def __init__(
        self,
        settings: AlibabaSettings,
        *,
        limit_seconds: float = sms_cloud.LIMIT_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._limit_seconds = limit_seconds
        self._clock = clock
        self.name = settings.name
        self.callback_token = settings.callback_token

    def knows(self, template: str) -> bool:
        """Say whether a text has an approved template here."""
        return template in self._settings.templates

    async def send(self, sms: Sms) -> str:
        """Send and return the receipt id (BizId); errors as the port says."""
        template = self._settings.templates.get(sms.template)
        if template is None:
            raise SmsNotTakenError(f"no template is approved for {sms.template or 'this text'}")
        answer = await self._call(
            "SendSms",
            {
                "PhoneNumbers": sms.phone,
                "SignName": self._settings.sign,
                "TemplateCode": template,
                "TemplateParam": msgspec.json.encode(dict(sms.values)).decode(),
                "OutId": sms.key,
            },
        )
        number = answer.get("BizId")
        if not isinstance(number, str) or not number:
            raise SmsUnavailableError("not understood")
        return number

    async def ask(self, sent: Sent) -> Receipt | None:
        """Return what became of a message; errors as the port says."""
        if not sent.phone:
            return None
        question = {
            "PhoneNumber": sent.phone,
            "SendDate": f"{sent.at.astimezone(SHENZHEN):%Y%m%d}",
            "PageSize": str(_PAGE),
            "CurrentPage": "1",
        }
        if sent.number:
            question["BizId"] = sent.number
        try:
            answer = await self._call("QuerySendDetails", question)
        except (SmsNotTakenError, SmsRejectedError) as error:
            raise SmsUnavailableError(str(error)) from error
        listed = (answer.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
        for found in listed:
            if found.get("OutId") == sent.key:
                return Receipt(
                    _FATES.get(found.get("SendStatus"), _failed)(found.get("ErrCode", "")),
                    sent.number,
                    key=sent.key,
                    phone=sent.phone,
                    at=_instant(found.get("ReceiveDate")),
                )
        whole = len(listed) < _PAGE  # a full page may have hidden it
        return Receipt(Fate.NOT_TAKEN, "", key=sent.key) if whole and not sent.number else None

    async def arrived(self) -> Sequence[Receipt]:
        """Return nothing: receipts come by callback."""
        return ()

    def parse(self, body: bytes) -> Sequence[Receipt]:
        """Read a callback: a list of reports."""
        try:
            reports = _REPORTS.decode(body)
        except msgspec.DecodeError as error:
            raise SmsCallbackError(str(error)) from error
        return [
            Receipt(
                Fate.DELIVERED
                if report.success
                else _failed(f"{report.err_code} {report.err_msg}"),
                report.biz_id,
                key=report.out_id,
                phone=report.phone_number,
                at=_instant(report.report_time),
            )
            for report in reports
        ]

    async def _call(self, action: str, values: Mapping[str, str]) -> dict[str, Any]:
        settings, query = self._settings, canonical_query(values)
        headers = {
            "host": urlsplit(settings.url).netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": sms_cloud.digest(b""),
            "x-acs-date": f"{datetime.fromtimestamp(self._clock(), UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": VERSION,
        }
        headers["Authorization"] = authorization(
            key_id=settings.access_key_id,
            secret=settings.access_key_secret,
            query=query,
            headers=headers,
        )
        answer = await sms_cloud.post(
            f"{settings.url}/?{query}",
            headers=headers,
            body=b"",
            within_seconds=self._limit_seconds,
        )
        code = str(answer.get("Code", ""))
        if code != "OK":
            raise _error(code)
        return answer


def _error(code: str) -> Exception:
    """Return what a code means: a refused request took nothing, a fault inside may have."""
    if code.startswith(_UNSURE) or not code:
        return SmsUnavailableError(code or "not understood")
    return SmsRejectedError(code) if code in _REJECTED else SmsNotTakenError(code)


def _failed(code: str) -> Fate:
    nobodys = "MOBILE_NOT_ON_SERVICE" in code or sms_cloud.NOBODYS in code
    return Fate.NO_SUBSCRIBER if nobodys else Fate.UNREACHABLE


_FATES: Final[Mapping[Any, Callable[[str], Fate]]] = {
    1: lambda _: Fate.PENDING,
    2: _failed,
    3: lambda _: Fate.DELIVERED,
}


def _instant(text: Any) -> datetime | None:
    """Read `2017-01-01 00:00:00` of China."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHENZHEN)
    except (TypeError, ValueError):
        return None
