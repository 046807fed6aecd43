"""WeChat's callbacks in the safe mode: signature, AES, XML that is only a list of words.

The format is WeChat's 消息加解密说明: AES-256-CBC whose initial vector is the head of the key,
16 random bytes, the length, the XML, the AppID, PKCS#7 to 32 bytes; SHA-1 over the sorted words.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import struct
from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from juzhu.adapters.wechat_file import WechatSettings, aes_key
from juzhu.ports.wechat import Event, WechatCallbackError

MOST_BYTES: Final = 32 * 1024
"""A text has 2,048 bytes at most; no event comes near this."""
SKEW_SECONDS: Final = 300
_BLOCK: Final = 32
_RANDOM: Final = 16


class Callbacks:
    """Reads callbacks of one account and seals the answers."""

    def __init__(self, settings: WechatSettings) -> None:
        self._app_id = settings.app_id
        self._token = settings.token
        self._key = aes_key(settings.aes_key)

    def echo(self, query: Mapping[str, str], *, now: float) -> str:
        """Return the words that prove that this address knows the token."""
        self._admit(query, query.get("signature", ""), now)
        return query.get("echostr", "")

    def read(self, query: Mapping[str, str], body: bytes, *, now: float) -> Event:
        """Return what a callback says; nothing of it is parsed further before its signature."""
        if query.get("encrypt_type") != "aes":
            raise WechatCallbackError("not in the safe mode: choose it at 公众平台")
        sealed = _words(body).get("Encrypt", "")
        self._admit(query, query.get("msg_signature", ""), now, sealed)
        words = _words(self._open(sealed))
        openid = words.get("FromUserName", "")
        if not openid:
            raise WechatCallbackError("nobody's")
        event = words.get("Event", "").lower()
        which = words.get("MsgID", "") or words.get("EventKey", "")
        key = words.get("MsgId") or f"{openid}-{words.get('CreateTime', '')}-{event}-{which}"
        return Event(
            key=key,
            openid=openid,
            kind=words.get("MsgType", ""),
            text=words.get("Content", ""),
            event=event,
            event_key=words.get("EventKey", ""),
            number=words.get("MsgID", ""),
            status=words.get("Status", ""),
        )

    def answer(self, event: Event, text: str, *, now: float) -> bytes:
        """Return the encrypted answer; WeChat knows the account by the AppID inside."""
        plain = (
            f"<xml><ToUserName>{escape(event.openid)}</ToUserName>"
            f"<FromUserName>{escape(self._app_id)}</FromUserName>"
            f"<CreateTime>{int(now)}</CreateTime><MsgType>text</MsgType>"
            f"<Content>{escape(text)}</Content></xml>"
        )
        sealed = self._seal(plain.encode())
        stamp, nonce = str(int(now)), secrets.token_hex(8)
        return (
            f"<xml><Encrypt>{sealed}</Encrypt>"
            f"<MsgSignature>{self._sign(stamp, nonce, sealed)}</MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>"
        ).encode()

    def _admit(self, query: Mapping[str, str], given: str, now: float, *words: str) -> None:
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        expected = self._sign(stamp, nonce, *words)
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise WechatCallbackError("the signature is not WeChat's")
        if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp)) > SKEW_SECONDS:
            raise WechatCallbackError("the time is not now")

    def _sign(self, *words: str) -> str:
        text = "".join(sorted((self._token, *words)))
        return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - the protocol's

    def _open(self, sealed: str) -> bytes:
        try:
            raw = base64.b64decode(sealed, validate=True)
            cipher = Cipher(AES(self._key), CBC(self._key[:16])).decryptor()
            plain = cipher.update(raw) + cipher.finalize()
        except (binascii.Error, ValueError) as error:
            raise WechatCallbackError("cannot be decrypted") from error
        content = plain[_RANDOM : -plain[-1]] if plain and 1 <= plain[-1] <= _BLOCK else b""
        if len(content) < 4:
            raise WechatCallbackError("cannot be decrypted")
        end = 4 + struct.unpack(">I", content[:4])[0]
        if content[end:] != self._app_id.encode():
            raise WechatCallbackError("for another account")
        return content[4:end]

    def _seal(self, plain: bytes) -> str:
        content = os.urandom(_RANDOM) + struct.pack(">I", len(plain)) + plain
        content += self._app_id.encode()
        missing = _BLOCK - len(content) % _BLOCK
        cipher = Cipher(AES(self._key), CBC(self._key[:16])).encryptor()
        sealed = cipher.update(content + bytes((missing,)) * missing) + cipher.finalize()
        return base64.b64encode(sealed).decode()


def _words(body: bytes) -> dict[str, str]:
    """Return the elements of an XML list by name."""
    if len(body) > MOST_BYTES:
        raise WechatCallbackError("too long")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise WechatCallbackError("not understood") from error
    return {child.tag: child.text or "" for child in root}
