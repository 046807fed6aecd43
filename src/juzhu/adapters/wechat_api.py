"""Calls to WeChat's API: menu, accounts, template messages, the signature of pages.

Access token and ticket are shared by all processes (`SharedSecrets`). When WeChat no longer knows
the token, it is fetched anew once, and the call repeated.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import aiohttp
import msgspec

from juzhu.adapters.background import background
from juzhu.adapters.wechat_file import WechatSettings
from juzhu.ports.wechat import (
    PageSignature,
    Secret,
    SharedSecrets,
    TemplateMessage,
    WechatNotTaken,
    WechatRefused,
    WechatRefusedError,
    WechatResult,
    WechatTaken,
    WechatUnavailableError,
    WechatUnsure,
)

T = TypeVar("T")

LIMIT_SECONDS: Final = 5.0
AT_ONCE: Final = 24
MOST_BYTES: Final = 256 * 1024
NOT_FOLLOWING: Final = frozenset({43004, 43019, 40003})
QUOTA: Final = frozenset({45009, 45011})
_BUSY: Final = -1
_INVALID_TOKEN: Final = frozenset({40001, 40014, 42001})


class WechatApi:
    """One official account."""

    def __init__(
        self,
        settings: WechatSettings,
        shared: SharedSecrets,
        *,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._settings = settings
        self._shared = shared
        self._limit_seconds = limit_seconds

    @property
    def app_id(self) -> str:
        """The account's AppID."""
        return self._settings.app_id

    @property
    def templates(self) -> Mapping[str, tuple[str, Mapping[str, str]]]:
        """Template id and wording of its places, by occasion."""
        return {name: (it.id, it.data) for name, it in self._settings.templates.items()}

    def menu(self) -> dict[str, Any]:
        """Return the menu that followers see."""
        found = self.call("/cgi-bin/menu/get").get("menu")
        return dict(found) if isinstance(found, dict) else {}

    def publish_menu(self, menu: Mapping[str, Any]) -> None:
        """Replace the menu: WeChat keeps one, so the same again is harmless."""
        self.call("/cgi-bin/menu/create", menu)

    @property
    def authorize_origin(self) -> str:
        """Scheme and host of `authorize_url`."""
        parts = urlsplit(self._settings.open_url)
        return f"{parts.scheme}://{parts.netloc}"

    def authorize_url(self, *, back: str, state: str) -> str:
        """Return where the browser asks WeChat for a code; WeChat wants this very order."""
        query = urlencode(
            {
                "appid": self._settings.app_id,
                "redirect_uri": back,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            }
        )
        return f"{self._settings.open_url}/connect/oauth2/authorize?{query}#wechat_redirect"

    def openid_of(self, code: str) -> str:
        """Return whose account the code is; it works once and for five minutes."""
        query = {
            "appid": self._settings.app_id,
            "secret": self._settings.secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        found = _run(self._ask("GET", "/sns/oauth2/access_token", query))
        return _text(found, "openid")

    def send(self, messages: Sequence[TemplateMessage]) -> list[WechatResult]:
        """Hand over side by side; those that met a token gone stale are handed over once more."""
        results, token = self._send_with(messages)
        again = [n for n, it in enumerate(results) if _is_stale(it)]
        if again:
            repeated, _ = self._send_with([messages[n] for n in again], stale=token)
            for place, result in zip(again, repeated, strict=True):
                results[place] = result
        return results

    def sign_page(self, url: str, *, now: float) -> PageSignature:
        """Sign a page's address, without its fragment, for the JS-SDK."""
        ticket = self._shared.get(Secret.JSAPI_TICKET, self._fetch_ticket)
        nonce, stamp = secrets.token_hex(8), int(now)
        words = {
            "jsapi_ticket": ticket,
            "noncestr": nonce,
            "timestamp": stamp,
            "url": url.partition("#")[0],
        }
        text = "&".join(f"{name}={words[name]}" for name in sorted(words))
        signature = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - the protocol's
        return PageSignature(self.app_id, stamp, nonce, signature)

    def call(
        self, path: str, content: Mapping[str, Any] | None = None, **query: str
    ) -> dict[str, Any]:
        """Call the API with the access token: POST with `content`, else GET.

        Raises:
            WechatUnavailableError: no answer, or busy.
            WechatRefusedError: WeChat says no, also with a token fetched anew.

        """
        token = self._token()
        method = "GET" if content is None else "POST"
        try:
            return _run(self._ask(method, path, query | {"access_token": token}, content))
        except WechatRefusedError as error:
            if error.code not in _INVALID_TOKEN:
                raise
            token = self._token(stale=token)
        return _run(self._ask(method, path, query | {"access_token": token}, content))

    def _token(self, *, stale: str = "") -> str:
        def fetch() -> tuple[str, int]:
            wish = {
                "grant_type": "client_credential",
                "appid": self._settings.app_id,
                "secret": self._settings.secret,
                "force_refresh": bool(stale),
            }
            found = _run(self._ask("POST", "/cgi-bin/stable_token", {}, wish))
            return _text(found, "access_token"), _seconds(found)

        return self._shared.get(Secret.ACCESS_TOKEN, fetch, stale=stale)

    def _fetch_ticket(self) -> tuple[str, int]:
        found = self.call("/cgi-bin/ticket/getticket", type="jsapi")
        return _text(found, "ticket"), _seconds(found)

    def _send_with(
        self, messages: Sequence[TemplateMessage], *, stale: str = ""
    ) -> tuple[list[WechatResult], str]:
        try:
            token = self._token(stale=stale)
        except (WechatUnavailableError, WechatRefusedError) as error:
            return [WechatNotTaken(str(error)) for _ in messages], ""
        return _run(self._send_all(messages, token)), token

    async def _send_all(
        self, messages: Sequence[TemplateMessage], token: str
    ) -> list[WechatResult]:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(message: TemplateMessage) -> WechatResult:
            content = {
                "touser": message.openid,
                "template_id": message.template,
                "url": message.url,
                "client_msg_id": message.key,
                "data": {name: {"value": value} for name, value in message.data.items()},
            }
            path, query = "/cgi-bin/message/template/send", {"access_token": token}
            async with turn:
                try:
                    found = await self._ask("POST", path, query, content)
                except WechatUnavailableError as error:
                    never = isinstance(error.__cause__, aiohttp.ClientConnectorError)
                    return (WechatNotTaken if never else WechatUnsure)(str(error))
                except WechatRefusedError as error:
                    code = error.code
                    return WechatRefused(code, code in NOT_FOLLOWING, code in QUOTA)
            return WechatTaken(str(found.get("msgid", "")))

        return list(await asyncio.gather(*(one(message) for message in messages)))

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        content: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = None if content is None else msgspec.json.encode(content)
        found = await self._answer(method, path, query, body)
        code = found.get("errcode", 0)
        if code == _BUSY:
            raise WechatUnavailableError("busy")
        if code != 0:
            raise WechatRefusedError(int(code), str(found.get("errmsg", ""))[:80])
        return found

    async def _answer(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | None
    ) -> dict[str, Any]:
        url = f"{self._settings.api_url}{path}"
        call = (
            background()
            .session()
            .request(method, url, params=query, data=body, allow_redirects=False)
        )
        try:
            async with asyncio.timeout(self._limit_seconds), call as response:
                raw = await response.content.read(MOST_BYTES)
                if response.status != 200:
                    raise WechatUnavailableError(f"status {response.status}")
                # WeChat sends JSON as text/plain, now and then.
                return msgspec.json.decode(raw, type=dict[str, Any])
        except (TimeoutError, aiohttp.ClientError) as error:
            raise WechatUnavailableError(type(error).__name__) from error  # no address: it has keys
        except msgspec.DecodeError as error:
            raise WechatUnavailableError("not understood") from error


def _run(work: Coroutine[Any, Any, T]) -> T:
    return background().run(work)


def _is_stale(result: WechatResult) -> bool:
    return isinstance(result, WechatRefused) and result.code in _INVALID_TOKEN


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise WechatUnavailableError(f"no {name} in the answer")
    return value


def _seconds(found: Mapping[str, Any]) -> int:
    value = found.get("expires_in")
    return value if isinstance(value, int) and value > 0 else 0
