"""WeChat in the city: who follows the account, what it sent them, and what it lent the service.

Kept in memory: a city that starts again has forgotten its followers' messages, and its tokens are
no longer known, as WeChat's are after two hours.
"""

import base64
import hashlib
import os
import secrets
import struct
import time
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from juzhu.ports.wechat import SandboxAccount

LENT_SECONDS: Final = 7200
CODE_SECONDS: Final = 300
_CREDENTIAL: Final = 40001
_MOST_SHOWN: Final = 100


class WechatError(Exception):
    """What the API answers instead: a number of WeChat's own list."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bubble:
    """Something on the phone: a template message, an answer, or what the person typed."""

    mine: bool
    text: str
    url: str = ""


@dataclass(slots=True)
class Wechat:
    """The account and its followers.

    Attributes:
        account: the secrets that the service knows too.
        service: address of the service, which the callbacks go to.
        calls: how often each path of the API was called.
        faults: errcodes that the next calls are answered with, in order.

    """

    account: SandboxAccount
    service: str
    menu: dict[str, Any] = field(default_factory=dict)
    followers: set[str] = field(default_factory=set)
    phones: dict[str, list[Bubble]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    checks: dict[str, Any] = field(default_factory=dict)  # of faces: see wechat_face
    faults: list[int] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)  # openid and number, to be confirmed
    _lent: dict[str, float] = field(default_factory=dict)
    _codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    _keys: dict[tuple[str, str], str] = field(default_factory=dict)
    _openids: dict[str, str] = field(default_factory=dict)

    def openid(self, phone: str) -> str:
        """Return the OpenID of the account that is on this phone."""
        digest = hashlib.sha256(f"{self.account.app_id} {phone}".encode()).digest()
        openid = "o" + base64.urlsafe_b64encode(digest).decode()[:27]
        self._openids[openid] = phone
        return openid

    def count(self, path: str) -> None:
        """Count a call; raise the fault that is due."""
        self.calls[path] = self.calls.get(path, 0) + 1
        if self.faults:
            code = self.faults.pop(0)
            if code:
                raise WechatError(code, "as told")

    def lend(self, kind: str, *, anew: bool = False) -> str:
        """Return the access token or the ticket; `anew` makes the one before worthless."""
        live = [it for it, until in self._lent.items() if it.startswith(kind)]
        if live and not anew and self._lent[live[-1]] > time.time():
            return live[-1]
        for one in live:
            del self._lent[one]
        fresh = f"{kind}-{secrets.token_hex(16)}"
        self._lent[fresh] = time.time() + LENT_SECONDS
        return fresh

    def forget_lent(self) -> None:
        """Make every token and ticket worthless."""
        self._lent.clear()

    def check_credential(self, app_id: str, secret: str) -> None:
        """Refuse a caller who is not the account."""
        if app_id != self.account.app_id:
            raise WechatError(40013, "invalid appid")
        if secret != self.account.secret:
            raise WechatError(40125, "invalid appsecret")

    def check_token(self, token: str) -> None:
        """Refuse a token that was not lent or has run out."""
        until = self._lent.get(token) if token.startswith("access") else None
        if until is None:
            raise WechatError(_CREDENTIAL, "invalid credential, access_token is invalid")
        if until <= time.time():
            raise WechatError(42001, "access_token expired")

    def make_code(self, openid: str) -> str:
        """Return a code that says whose browser this is; once, for five minutes."""
        code = secrets.token_hex(16)
        self._codes[code] = (openid, time.time() + CODE_SECONDS)
        return code

    def use_code(self, code: str) -> str:
        """Return whose code it is."""
        openid, until = self._codes.pop(code, ("", 0.0))
        if not openid or until <= time.time():
            raise WechatError(40029, "invalid code")
        return openid

    def take(self, wish: dict[str, Any]) -> str:
        """Put a template message on a phone and return its number; the same key only once."""
        openid, key = str(wish.get("touser", "")), str(wish.get("client_msg_id", ""))
        if not wish.get("template_id"):
            raise WechatError(40037, "invalid template_id")
        phone = self._openids.get(openid)
        if phone is None:
            raise WechatError(40003, "invalid openid")
        if openid not in self.followers:
            raise WechatError(43004, "require subscribe")
        if key and (openid, key) in self._keys:
            return self._keys[openid, key]
        number = str(secrets.randbelow(10**15))
        self._keys[openid, key] = number
        data = wish.get("data") or {}
        text = "\n".join(str(place.get("value", "")) for place in data.values())
        self.show(phone, Bubble(mine=False, text=text, url=str(wish.get("url", ""))))
        self.sent.append((openid, number))
        return number

    def show(self, phone: str, bubble: Bubble) -> None:
        """Put something on a phone."""
        shown = self.phones.setdefault(phone, [])
        shown.append(bubble)
        del shown[:-_MOST_SHOWN]

    def seal(self, words: dict[str, str]) -> tuple[dict[str, str], bytes]:
        """Return query and body of a callback that carries these words, signed and encrypted."""
        inside = "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in words.items())
        plain = f"<xml>{inside}</xml>".encode()
        content = os.urandom(16) + struct.pack(">I", len(plain)) + plain
        content += self.account.app_id.encode()
        missing = 32 - len(content) % 32
        cipher = self._cipher().encryptor()
        raw = cipher.update(content + bytes((missing,)) * missing) + cipher.finalize()
        sealed = base64.b64encode(raw).decode()
        stamp, nonce = str(int(time.time())), secrets.token_hex(5)
        query = {
            "signature": self.sign(stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": words.get("FromUserName", ""),
            "encrypt_type": "aes",
            "msg_signature": self.sign(stamp, nonce, sealed),
        }
        outside = f"<ToUserName>gh_sandbox</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt>"
        return query, f"<xml>{outside}</xml>".encode()

    def open(self, body: str) -> str:
        """Return the text of an encrypted answer, "" when there is none."""
        sealed = _between(body, "Encrypt")
        stamp, nonce = _between(body, "TimeStamp"), _between(body, "Nonce")
        if not sealed or _between(body, "MsgSignature") != self.sign(stamp, nonce, sealed):
            return ""
        cipher = self._cipher().decryptor()
        plain = cipher.update(base64.b64decode(sealed)) + cipher.finalize()
        size = struct.unpack(">I", plain[16:20])[0]
        text = _between(plain[20 : 20 + size].decode(), "Content")
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def sign(self, *words: str) -> str:
        """Return the signature over the token and these words."""
        return hashlib.sha1("".join(sorted((self.account.token, *words))).encode()).hexdigest()  # noqa: S324

    def _cipher(self) -> "Cipher[CBC]":
        key = base64.b64decode(self.account.aes_key + "=")
        return Cipher(AES(key), CBC(key[:16]))


def _between(text: str, name: str) -> str:
    start, end = f"<{escape(name)}>", f"</{escape(name)}>"
    return text.partition(start)[2].partition(end)[0]
