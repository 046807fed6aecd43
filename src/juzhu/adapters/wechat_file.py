"""The file of the official account: its secrets, and the templates of its messages."""

import base64
import binascii
import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Final

import msgspec

from juzhu.ports.wechat import sandbox_account

API: Final = "https://api.weixin.qq.com"
OPEN: Final = "https://open.weixin.qq.com"
KEY_CHARACTERS: Final = 43
_APP_ID: Final = re.compile(r"wx[0-9a-z]{8,32}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9]{3,32}")


class WechatFileError(ValueError):
    """The file cannot be used; the message says why and names no secret."""


class Template(msgspec.Struct, forbid_unknown_fields=True):
    """One template: its id, and what its places say; `{valid_through}` and the like are filled in.

    What may stand in braces are the values of the occasion's SMS, which hold no personal data.
    """

    id: str
    data: dict[str, str]


class WechatSettings(msgspec.Struct, forbid_unknown_fields=True):
    """What the account's page (公众平台, 设置与开发) shows, in its own words.

    Attributes:
        app_id: AppID.
        secret: AppSecret.
        token: Token of the server configuration.
        aes_key: EncodingAESKey, 43 characters.
        templates: by occasion, such as `days_7`; an occasion without one is not told by WeChat.
        api_url: where the API answers.
        open_url: where browsers are sent to.

    """

    app_id: str
    secret: str
    token: str
    aes_key: str
    templates: dict[str, Template] = {}
    api_url: str = API
    open_url: str = OPEN

    def __repr__(self) -> str:
        return f"WechatSettings({self.app_id})"


def aes_key(text: str) -> bytes:
    """Return the 32 bytes of an EncodingAESKey; raise ValueError for anything else."""
    try:
        key = base64.b64decode(text + "=", validate=True) if len(text) == KEY_CHARACTERS else b""
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ValueError(f"aes_key is the EncodingAESKey of {KEY_CHARACTERS} characters")
    return key


def read_wechat(path: Path, *, values: Mapping[str, frozenset[str]]) -> WechatSettings:
    """Return the account's settings.

    Args:
        path: the file.
        values: what each occasion's texts may be filled with.

    Raises:
        WechatFileError: missing, open to other accounts, not understood, or wrong.

    """
    try:
        if path.stat().st_mode & 0o077:
            raise WechatFileError(f"{path} must be readable by its owner only (chmod 600)")
        found = msgspec.json.decode(path.read_bytes(), type=WechatSettings)
        _check(found, values)
    except OSError as error:
        raise WechatFileError(f"{path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise WechatFileError(f"{path}: {error}") from error
    except WechatFileError:
        raise
    except ValueError as error:
        raise WechatFileError(f"{path}: {error}") from error
    return found


def _check(found: WechatSettings, values: Mapping[str, frozenset[str]]) -> None:
    aes_key(found.aes_key)
    if not _APP_ID.fullmatch(found.app_id):
        raise ValueError("app_id is the AppID, such as wx0123456789abcdef")
    if not found.secret or not _TOKEN.fullmatch(found.token):
        raise ValueError("secret and token are needed; a token has 3 to 32 letters and digits")
    for occasion, template in found.templates.items():
        if occasion not in values:
            raise ValueError(f"there is no occasion {occasion}; `juzhu notices preview` lists them")
        named = {n for text in template.data.values() for _, n, _, _ in Formatter().parse(text)}
        unknown = {name for name in named if name is not None} - values[occasion]
        if unknown:
            raise ValueError(f"{occasion} has no value {', '.join(sorted(unknown))}")


def citys_wechat(city_url: str, secret: bytes, words: Mapping[str, str]) -> WechatSettings:
    """Return the account of a sandbox city, whose templates say the texts of the SMS.

    Args:
        city_url: where the city answers.
        secret: what city and service share.
        words: the text of each occasion.

    """
    account = sandbox_account(secret)
    return WechatSettings(
        app_id=account.app_id,
        secret=account.secret,
        token=account.token,
        aes_key=account.aes_key,
        templates={name: Template(name, {"thing1": text}) for name, text in words.items()},
        api_url=f"{city_url}/wechat",
        open_url=f"{city_url}/wechat",
    )
