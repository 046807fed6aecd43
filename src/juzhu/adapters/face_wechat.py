"""WeChat's face check (微信人脸核身): `juzhu.ports.face.WechatFaceCheck`.

`getVerifyId` names the person, the JS-SDK films them on their own phone, `queryVerifyInfo` says
what came of it. What the page reports is never believed: only the last call counts.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Final

from juzhu.adapters.wechat_api import WechatApi
from juzhu.ports.face import FaceTicket, FaceUnavailableError
from juzhu.ports.wechat import WechatRefusedError, WechatUnavailableError

MATCHED: Final = 10000
_BEGIN: Final = "/cityservice/face/identify/getverifyid"
_ASK: Final = "/cityservice/face/identify/queryverifyinfo"
_KIND: Final = "IDENTITY_CARD"


class WechatFace:
    """The face check of one official account."""

    def __init__(self, account: WechatApi) -> None:
        self._account = account

    def begin(self, *, openid: str, id_number: str, name: str) -> FaceTicket:
        """Name the person to WeChat; see the port."""
        number = secrets.token_hex(16)
        content = {
            "out_seq_no": number,
            "cert_info": {"cert_type": _KIND, "cert_name": name, "cert_no": id_number},
            "openid": openid,
        }
        found = self._call(_BEGIN, content).get("verify_id")
        if not isinstance(found, str) or not found:
            raise FaceUnavailableError("no verify_id in the answer")
        return FaceTicket(found, number, openid)

    def matched(self, ticket: FaceTicket, *, id_number: str, name: str) -> bool:
        """Ask what came of it; see the port."""
        content = {
            "verify_id": ticket.verify_id,
            "out_seq_no": ticket.number,
            "cert_hash": digest_of(id_number, name),
            "openid": ticket.openid,
        }
        return self._call(_ASK, content).get("verify_ret") == MATCHED

    def _call(self, path: str, content: Mapping[str, object]) -> dict[str, object]:
        try:
            return self._account.call(path, content)
        except (WechatUnavailableError, WechatRefusedError) as error:
            raise FaceUnavailableError(str(error)) from error


def digest_of(id_number: str, name: str) -> str:
    """Return WeChat's `cert_hash`: SHA-256 over the base64 of the three, in this order."""
    parts = {"cert_type": _KIND, "cert_name": name, "cert_no": id_number}
    text = "&".join(
        f"{key}={base64.b64encode(value.encode()).decode()}" for key, value in parts.items()
    )
    return hashlib.sha256(text.encode()).hexdigest()
