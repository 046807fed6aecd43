"""Tencent Cloud SMS (腾讯云短信), API 2021-01-11, signed by TC3-HMAC-SHA256.

It takes the same message twice if asked twice: there is no idempotency token, so a message without
an answer is asked about by its phone and our key, which travels as `SessionContext`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

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

URL: Final = "https://sms.tencentcloudapi.com"
VERSION: Final = "2021-01-11"
_JSON: Final = "application/json; charset=utf-8"
_SIGNED: Final = "content-type;host;x-tc-action"

_REJECTED: Final = (
    "InvalidParameterValue.IncorrectPhoneNumber",
    "FailedOperation.PhoneNumberInBlacklist",
    "FailedOperation.ContainSensitiveWord",
    "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
)
_UNSURE: Final = ("InternalError",)


class TencentSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag="tencent"):
    """An account. `templates` names the approved template of each text edition."""

    secret_id: str
    secret_key: str
    app_id: str
    sign: str
    callback_token: str
    templates: dict[str, str]
    name: str = "tencent"
    region: str = "ap-guangzhou"
    url: str = URL


class _Report(msgspec.Struct):
    sid: str
    mobile: str
    report_status: str
    errmsg: str = ""
    description: str = ""
    user_receive_time: str = ""


_REPORTS: Final = msgspec.json.Decoder(list[_Report])


def authorization(
    *, secret_id: str, secret_key: str, host: str, action: str, stamp: int, body: bytes
) -> str:
    """Return the Authorization header of a request of the service that `host` names first."""
    day, service = f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d}", host.split(".")[0]
    canonical = (
        f"POST\n/\n\ncontent-type:{_JSON}\nhost:{host}\nx-tc-action:{action.lower()}\n\n"
        f"{_SIGNED}\n{sms_cloud.digest(body)}"
    )
    scope = f"{day}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{sms_cloud.digest(canonical.encode())}"
    key = sms_cloud.mac(f"TC3{secret_key}".encode(), day)
    key = sms_cloud.mac(sms_cloud.mac(key, service), "tc3_request")
    return (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={_SIGNED}, "
        f"Signature={sms_cloud.mac(key, text).hex()}"
    )


class TencentSms:
    """Sends by approved template; asks by phone."""

    once_per_key = False
    standing = False
    callback_answer = b'{"result":0,"errmsg":"OK"}'

    def __init__(
        self,
        settings: TencentSettings,
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
        """Send and return the serial number; errors as the port says."""
        template = self._settings.templates.get(sms.template)
        if template is None:
            raise SmsNotTakenError(f"no template is approved for {sms.template or 'this text'}")
        answer = await self._call(
            "SendSms",
            {
                "PhoneNumberSet": [f"+86{sms.phone}"],
                "SmsSdkAppId": self._settings.app_id,
                "SignName": self._settings.sign,
                "TemplateId": template,
                "TemplateParamSet": [value for _, value in sms.values],
                "SessionContext": sms.key,
            },
        )
        try:
            [status] = answer["SendStatusSet"]
            code, number = str(status["Code"]), str(status["SerialNo"])
        except (KeyError, TypeError, ValueError) as error:
            raise SmsUnavailableError("not understood") from error
        if code == "Ok":
            return number
        raise _error(code, per_number=True)

    async def ask(self, sent: Sent) -> Receipt | None:
        """Return what became of a message. Only messages with a receipt are told, so silence is
        no news; errors as the port says.
        """
        if not sent.phone:
            return None
        begin = int((sent.at - timedelta(minutes=1)).timestamp())
        try:
            answer = await self._call(
                "PullSmsSendStatusByPhoneNumber",
                {
                    "PhoneNumber": f"+86{sent.phone}",
                    "SmsSdkAppId": self._settings.app_id,
                    "BeginTime": begin,
                    "EndTime": int(self._clock()),
                    "Offset": 0,
                    "Limit": 100,
                },
            )
        except (SmsNotTakenError, SmsRejectedError) as error:
            raise SmsUnavailableError(str(error)) from error
        for found in answer.get("PullSmsSendStatusSet") or ():
            mine = sent.key == found.get("SessionContext")
            if mine or (sent.number and sent.number == found.get("SerialNo")):
                return Receipt(
                    _fate(found.get("ReportStatus", ""), found.get("Description", "")),
                    str(found.get("SerialNo", "")),
                    key=sent.key,
                    phone=sent.phone,
                    at=_instant(found.get("UserReceiveTime")),
                )
        return None

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
                _fate(report.report_status, report.description),
                report.sid,
                phone=report.mobile[-11:],
                at=_instant(report.user_receive_time),
            )
            for report in reports
        ]

    async def _call(self, action: str, content: Mapping[str, Any]) -> dict[str, Any]:
        settings, stamp = self._settings, int(self._clock())
        body, host = msgspec.json.encode(content), urlsplit(settings.url).netloc
        headers = {
            "Authorization": authorization(
                secret_id=settings.secret_id,
                secret_key=settings.secret_key,
                host=host,
                action=action,
                stamp=stamp,
                body=body,
            ),
            "Content-Type": _JSON,
            "Host": host,
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Timestamp": str(stamp),
            "X-TC-Region": settings.region,
        }
        answer = await sms_cloud.post(
            settings.url, headers=headers, body=body, within_seconds=self._limit_seconds
        )
        response = answer.get("Response")
        if not isinstance(response, dict):
            raise SmsUnavailableError("not understood")
        if "Error" in response:
            raise _error(str(response["Error"].get("Code")), per_number=False)
        return response


def _error(code: str, *, per_number: bool) -> Exception:
    """Return what a code means: a refused request took nothing, a fault inside may have."""
    if code.startswith(_UNSURE):
        return SmsUnavailableError(code)
    if code in _REJECTED or (per_number and not code.startswith(("LimitExceeded", "FailedOper"))):
        return SmsRejectedError(code)
    return SmsNotTakenError(code)


def _fate(status: str, description: str) -> Fate:
    if status == "SUCCESS":
        return Fate.DELIVERED
    return Fate.NO_SUBSCRIBER if sms_cloud.NOBODYS in description else Fate.UNREACHABLE


def _instant(text: Any) -> datetime | None:
    """Read `2015-10-17 08:03:04` of China, or Unix seconds, which the pull API gives."""
    try:
        if isinstance(text, int):
            return datetime.fromtimestamp(text, SHENZHEN)
        return datetime.fromisoformat(text).replace(tzinfo=SHENZHEN)
    except (TypeError, ValueError):
        return None
