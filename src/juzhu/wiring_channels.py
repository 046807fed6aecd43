"""Where the channels meet their adapters; part of `wiring`, apart for its length."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

from juzhu.adapters.app_issuers import read_issuers
from juzhu.adapters.face_wechat import WechatFace
from juzhu.adapters.wechat_api import WechatApi
from juzhu.adapters.wechat_crypto import Callbacks
from juzhu.adapters.wechat_file import WechatSettings, citys_wechat, read_wechat
from juzhu.modules.channels.lent import LentSecrets
from juzhu.modules.notices import texts
from juzhu.modules.notices.wordings import places
from juzhu.ports.face import FaceUnavailableError, WechatFaceCheck
from juzhu.ports.hand_over import AppIssuer
from juzhu.ports.site import SiteMarks
from juzhu.ports.wechat import WechatAccount, WechatCallbacks


@cache
def app_issuers() -> Mapping[str, AppIssuer]:
    """Return the apps that may hand people over, by the names of their keys.

    Raises:
        AppIssuersError: the file that lists them cannot be used.

    """
    name = settings.JUZHU.app_issuers_file
    return read_issuers(Path(name)) if name else {}


@cache
def _wechat_settings() -> WechatSettings | None:
    env = settings.JUZHU
    if env.wechat_file:
        values = {occasion.value: places(occasion) for occasion in texts.TEXTS}
        return read_wechat(Path(env.wechat_file), values=values)
    if env.production:
        return None
    words = {occasion.value: editions[-1].chinese for occasion, editions in texts.TEXTS.items()}
    return citys_wechat(env.city_url, env.gateway_secret.encode(), words)


@cache
def wechat_face() -> WechatFaceCheck:
    """Return WeChat's face check; only where there is an account.

    Raises:
        FaceUnavailableError: this deployment has no account.

    """
    found = _wechat_settings()
    if found is None:
        raise FaceUnavailableError("JUZHU_WECHAT_FILE is not set")
    return WechatFace(WechatApi(found, LentSecrets()))


@cache
def wechat() -> WechatAccount | None:
    """Return the WeChat official account, None without one.

    Raises:
        WechatFileError: the file of the account cannot be used.

    """
    found = _wechat_settings()
    return WechatApi(found, LentSecrets()) if found else None


@cache
def wechat_callbacks() -> WechatCallbacks | None:
    """Return what reads WeChat's callbacks, None without an account.

    Raises:
        WechatFileError: the file of the account cannot be used.

    """
    found = _wechat_settings()
    return Callbacks(found) if found else None


def hand_over_url() -> str:
    """Return the address for which hand-over tokens must be made (`aud`)."""
    return f"{settings.JUZHU.address}/app/enter/"


def site_marks() -> SiteMarks:
    """Return the registrations that a government portal shows at the foot of its pages."""
    env = settings.JUZHU
    return SiteMarks(code=env.site_code, icp=env.site_icp, police=env.site_police)


def site_url() -> str:
    """Return the address of the pages as people reach them, without a slash at its end."""
    return str(settings.JUZHU.address)
