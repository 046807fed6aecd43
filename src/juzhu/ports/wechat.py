"""The WeChat official account (微信公众号): what is asked of WeChat, and what comes from it."""

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class WechatUnavailableError(Exception):
    """No answer to be believed, or "busy": try later. What was asked for may have happened."""


class WechatRefusedError(Exception):
    """WeChat says no, with a number of its own list (全局返回码)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"errcode {code}: {reason}")
        self.code = code


class WechatCallbackError(ValueError):
    """What claims to be a callback is not WeChat's, or too old to be believed."""


class Secret(StrEnum):
    """What WeChat lends for two hours and every process shares."""

    ACCESS_TOKEN = "access_token"  # noqa: S105 - its name
    JSAPI_TICKET = "jsapi_ticket"


Fetch = Callable[[], tuple[str, int]]
"""Asks WeChat for a secret; returns it and for how many seconds it is good."""


class SharedSecrets(Protocol):
    """Where the secrets lie that WeChat lends: fetched by one process, used by all."""

    def get(self, kind: Secret, fetch: Fetch, *, stale: str = "") -> str:
        """Return the secret, fetching it if there is none that is good and not `stale`.

        Of processes that want it at once one fetches and the others wait for it.

        Raises:
            WechatUnavailableError: whoever fetches it does not come back.
            WechatRefusedError: WeChat refuses to lend it.

        """


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """A template message (模板消息) on its way out; never with personal data.

    Attributes:
        key: ours; WeChat sends one key to one account once within ten minutes.
        openid: the account it goes to.
        template: the template's id at WeChat.
        data: what its places are filled with.
        url: the page it opens.

    """

    key: str
    openid: str
    template: str
    data: Mapping[str, str]
    url: str


@dataclass(frozen=True, slots=True)
class WechatTaken:
    """WeChat has it, under this number; an event says later what became of it."""

    number: str


@dataclass(frozen=True, slots=True)
class WechatRefused:
    """It will never be taken.

    Attributes:
        code: of WeChat's list.
        unfollowed: the account does not follow (any more): nothing reaches it.
        quota: the day's quota is used up: take it up tomorrow.

    """

    code: int
    unfollowed: bool
    quota: bool


@dataclass(frozen=True, slots=True)
class WechatNotTaken:
    """Certainly not taken: no token, no connection. It may be tried again at any time."""

    reason: str


@dataclass(frozen=True, slots=True)
class WechatUnsure:
    """Perhaps taken; the same key may be sent again within ten minutes."""

    reason: str


WechatResult = WechatTaken | WechatRefused | WechatNotTaken | WechatUnsure
"""What came of handing one template message over."""


@dataclass(frozen=True, slots=True)
class PageSignature:
    """What a page hands to `wx.config` of the JS-SDK."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str


@dataclass(frozen=True, slots=True)
class Event:
    """A message or event of an account, checked and decrypted.

    Attributes:
        key: the same for each repetition of it.
        openid: whose.
        kind: MsgType: `text`, `event`, `image`…
        text: what was typed, for `text`.
        event: Event, in lower case, for `event`: `subscribe`, `unsubscribe`, `click`…
        event_key: EventKey: which entry of the menu.
        number: MsgID of the template message it is about.
        status: what became of that.

    """

    key: str
    openid: str
    kind: str
    text: str = ""
    event: str = ""
    event_key: str = ""
    number: str = ""
    status: str = ""


class WechatCallbacks(Protocol):
    """Reads what WeChat posts, in the safe mode (安全模式), and seals what it is answered."""

    def echo(self, query: Mapping[str, str], *, now: float) -> str:
        """Return what WeChat wants to hear when it checks the address; WechatCallbackError."""

    def read(self, query: Mapping[str, str], body: bytes, *, now: float) -> Event:
        """Return what a callback says; raise WechatCallbackError."""

    def answer(self, event: Event, text: str, *, now: float) -> bytes:
        """Return the encrypted XML that answers an event with a text."""


class WechatAccount(Protocol):
    """The official account, as far as this service uses it. All methods may block for seconds."""

    @property
    def app_id(self) -> str:
        """The account's AppID."""

    @property
    def templates(self) -> Mapping[str, tuple[str, Mapping[str, str]]]:
        """Template id and wording of its places, by occasion of a message."""

    def menu(self) -> dict[str, Any]:
        """Return the account's menu; WechatRefusedError 46003 when there is none."""

    def publish_menu(self, menu: Mapping[str, Any]) -> None:
        """Replace the account's menu; the same menu again changes nothing."""

    @property
    def authorize_origin(self) -> str:
        """Scheme and host of `authorize_url`: a form whose answer leads there must be let."""

    def authorize_url(self, *, back: str, state: str) -> str:
        """Return the address at WeChat that sends the browser `back` with a code (snsapi_base)."""

    def openid_of(self, code: str) -> str:
        """Return whose account a code of `authorize_url` is."""

    def send(self, messages: Sequence[TemplateMessage]) -> list[WechatResult]:
        """Hand template messages over side by side; return what came of each, in their order."""

    def sign_page(self, url: str, *, now: float) -> PageSignature:
        """Sign a page's address for the JS-SDK."""


@dataclass(frozen=True, slots=True)
class SandboxAccount:
    """The account of a sandbox: both sides know its secrets without anybody writing them down."""

    app_id: str
    secret: str
    token: str
    aes_key: str


def sandbox_account(secret: bytes) -> SandboxAccount:
    """Return the sandbox city's account, from the secret that city and service share."""

    def derived(name: str) -> bytes:
        return hmac.digest(secret, f"wechat {name}".encode(), "sha256")

    key = base64.b64encode(derived("key")).decode().rstrip("=")
    token = derived("token").hex()[:32]
    return SandboxAccount("wxsandboxcity", derived("secret").hex(), token, key)
