"""WeChat's face check in the city: no face is compared; the phone says how it went.

The person named must exist in the city under that name, as the real one asks the population base.
"""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from juzhu.city.state import City
from juzhu.city.wechat import WechatError

SECONDS: Final = 3600
_CANCELLED: Final = 90002
_ANOTHER: Final = 10003
_MATCHED: Final = 10000


@dataclass(slots=True)
class Check:
    """A check under way: whose, and what came of it."""

    number: str
    openid: str
    digest: str
    until: float
    result: int = _CANCELLED


def begin(city: City, wish: dict[str, Any]) -> dict[str, Any]:
    """Answer getVerifyId."""
    who = wish.get("cert_info") or {}
    if who.get("cert_type") != "IDENTITY_CARD" or not wish.get("out_seq_no"):
        raise WechatError(40097, "invalid args")
    if not wish.get("openid"):
        raise WechatError(40003, "invalid openid")
    name, number = str(who.get("cert_name", "")), str(who.get("cert_no", ""))
    verify_id = secrets.token_urlsafe(24)
    city.wechat.checks[verify_id] = Check(
        str(wish["out_seq_no"]),
        str(wish["openid"]),
        _digest(number, name),
        time.time() + SECONDS,
    )
    person = city.find(number)
    if person is None or person.name != name:
        city.wechat.checks[verify_id].result = _ANOTHER
    return {"verify_id": verify_id, "expires_in": SECONDS}


def film(city: City, verify_id: str) -> None:
    """Let the phone film its person: whom WeChat knows by that name passes."""
    check = city.wechat.checks.get(verify_id)
    if check is not None and check.result == _CANCELLED:
        check.result = _MATCHED


def waiting(city: City, openid: str) -> str | None:
    """Return the newest check that waits for the phone of an account to film its person."""
    found = [
        verify_id
        for verify_id, check in city.wechat.checks.items()
        if check.openid == openid and check.result == _CANCELLED and check.until > time.time()
    ]
    return found[-1] if found else None


def ask(city: City, wish: dict[str, Any]) -> dict[str, Any]:
    """Answer queryVerifyInfo."""
    check = city.wechat.checks.get(str(wish.get("verify_id", "")))
    if check is None or check.until < time.time():
        raise WechatError(86002, "verify_id invalid")
    told = (wish.get("out_seq_no"), wish.get("openid"), wish.get("cert_hash"))
    if told != (check.number, check.openid, check.digest):
        raise WechatError(86003, "verify_id does not belong to these")
    return {"verify_ret": check.result}


def _digest(number: str, name: str) -> str:
    def packed(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    text = f"cert_type={packed('IDENTITY_CARD')}&cert_name={packed(name)}&cert_no={packed(number)}"
    return hashlib.sha256(text.encode()).hexdigest()
