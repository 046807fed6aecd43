"""Two servers that speak as the clouds' short-message services do: every signature is checked anew
from what arrived, by code of its own; wrong ones get the cloud's own refusal.
"""

import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


@dataclass
class Cloud:
    """A running service: its secret, what it sent, and how it is told to misbehave."""

    key_id: str = "AKID-test"
    secret: str = "a secret of the tests"
    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    status: dict[str, str] = field(default_factory=dict)  # our key: fate
    next_code: str = ""
    delay: float = 0.0
    http_status: int = 200
    silent_after_work: bool = False
    nonces: set[str] = field(default_factory=set)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def take(self, message: dict[str, Any]) -> str:
        number = f"{next(self.numbers)}^0"
        self.sent.append({**message, "number": number})
        return number


def tencent_signed(cloud: Cloud, request: BaseHTTPRequestHandler, body: bytes) -> str:
    """Return "" when the signature is right, else Tencent's error code."""
    given = request.headers["Authorization"] or ""
    stamp = request.headers["X-TC-Timestamp"] or "0"
    if abs(time.time() - int(stamp)) > 300:
        return "AuthFailure.SignatureExpire"
    day = datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{request.headers['Host'].split('.')[0]}/tc3_request"
    names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
    lines = "".join(f"{name}:{request.headers[name].strip().lower()}\n" for name in names)
    canonical = "\n".join(["POST", "/", "", lines, ";".join(names), sha(body)])
    text = "\n".join(["TC3-HMAC-SHA256", stamp, scope, sha(canonical.encode())])
    key = ("TC3" + cloud.secret).encode()
    for part in scope.split("/"):
        key = mac(key, part)
    right = (
        f"TC3-HMAC-SHA256 Credential={cloud.key_id}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={mac(key, text).hex()}"
    )
    return "" if given == right else "AuthFailure.SignatureFailure"


def alibaba_signed(cloud: Cloud, request: BaseHTTPRequestHandler, body: bytes) -> str:
    """Return "" when the signature is right, else Alibaba's error code."""
    given = request.headers["Authorization"] or ""
    nonce = request.headers["x-acs-signature-nonce"]
    if nonce in cloud.nonces:
        return "SignatureNonceUsed"
    cloud.nonces.add(nonce)
    names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
    if not {"host", "x-acs-action", "x-acs-version", "x-acs-date"} <= set(names):
        return "IncompleteSignature"
    pairs = parse_qsl(urlsplit(request.path).query, keep_blank_values=True)
    query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(pairs))
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    canonical = "\n".join(["POST", "/", query, lines, ";".join(names), sha(body)])
    signature = mac(cloud.secret.encode(), f"ACS3-HMAC-SHA256\n{sha(canonical.encode())}").hex()
    return "" if given.endswith(f"Signature={signature}") else "SignatureDoesNotMatch"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cloud: Cloud

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        answer = self.answer(body)
        time.sleep(self.cloud.delay)
        if self.cloud.silent_after_work:
            self.close_connection = True
            return
        content = json.dumps(answer).encode()
        self.send_response(self.cloud.http_status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def answer(self, body: bytes) -> dict[str, Any]:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        pass


_WORDS = {"delivered": "用户短信送达成功", "nobody": "空号"}


class Tencent(_Handler):
    def answer(self, body: bytes) -> dict[str, Any]:
        content = self.content(body)
        return {"Response": {**content, "RequestId": "r"}}

    def content(self, body: bytes) -> dict[str, Any]:
        cloud = self.cloud
        code = tencent_signed(cloud, self, body)
        if code or self.headers["X-TC-Version"] != "2021-01-11":
            return {"Error": {"Code": code or "InvalidVersion", "Message": ""}}
        asked = json.loads(body)
        if self.headers["X-TC-Action"] == "PullSmsSendStatusByPhoneNumber":
            return {"PullSmsSendStatusSet": self.pulled(asked)}
        if cloud.next_code.startswith(("RequestLimit", "InternalError")):
            return {"Error": {"Code": cloud.next_code, "Message": ""}}
        failed = bool(cloud.next_code)
        status = {
            "SerialNo": "" if failed else cloud.take(asked),
            "PhoneNumber": asked["PhoneNumberSet"][0],
            "Fee": 0 if failed else 1,
            "SessionContext": asked["SessionContext"],
            "Code": cloud.next_code or "Ok",
            "Message": "",
            "IsoCode": "CN",
        }
        return {"SendStatusSet": [status]}

    def pulled(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "UserReceiveTime": int(time.time()),
                "CountryCode": "86",
                "SubscriberNumber": asked["PhoneNumber"][3:],
                "PhoneNumber": asked["PhoneNumber"],
                "SerialNo": message["number"],
                "ReportStatus": "SUCCESS" if fate == "delivered" else "FAIL",
                "Description": {"delivered": "用户短信送达成功", "nobody": "空号"}.get(
                    fate, "关机"
                ),
                "SessionContext": message["SessionContext"],
            }
            for message in self.cloud.sent
            if message["PhoneNumberSet"] == [asked["PhoneNumber"]]
            and (fate := self.cloud.status.get(message["SessionContext"]))
        ]


class Alibaba(_Handler):
    def answer(self, body: bytes) -> dict[str, Any]:
        cloud = self.cloud
        code = alibaba_signed(cloud, self, body)
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if code:
            return {"Code": code, "Message": "", "RequestId": "r"}
        if self.headers["x-acs-action"] == "QuerySendDetails":
            details = self.details(asked)
            return {
                "Code": "OK",
                "Message": "OK",
                "RequestId": "r",
                "TotalCount": len(details),
                "SmsSendDetailDTOs": {"SmsSendDetailDTO": details},
            }
        if cloud.next_code:
            return {"Code": cloud.next_code, "Message": "", "RequestId": "r"}
        return {"Code": "OK", "Message": "OK", "BizId": cloud.take(asked), "RequestId": "r"}

    def details(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        shown = {"delivered": (3, "DELIVERED"), "nobody": (2, "MOBILE_NOT_ON_SERVICE")}
        return [
            {
                "PhoneNum": message["PhoneNumbers"],
                "OutId": message["OutId"],
                "SendStatus": shown.get(self.cloud.status.get(message["OutId"], ""), (1, ""))[0],
                "ErrCode": shown.get(self.cloud.status.get(message["OutId"], ""), (1, ""))[1],
                "ReceiveDate": "2026-11-24 12:00:05",
                "TemplateCode": message["TemplateCode"],
            }
            for message in self.cloud.sent
            if message["PhoneNumbers"] == asked["PhoneNumber"]
            and asked.get("BizId", message["number"]) == message["number"]
        ]


@contextmanager
def running(kind: type[_Handler]) -> Iterator[Cloud]:
    cloud = Cloud()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("H", (kind,), {"cloud": cloud}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
