"""Which adapters check who somebody is: a part of `wiring`, which hands these on."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from juzhu.adapters.account_oidc import Client, OidcAccounts
from juzhu.adapters.face_city import SimulatedFaceCheck
from juzhu.adapters.face_local import LocalFaceCheck, token_of
from juzhu.adapters.gateway import Gateway
from juzhu.adapters.photographs_http import HttpPhotographs
from juzhu.ports.account import AccountProvider
from juzhu.ports.face import FaceCheck, LiveFaceCheck
from juzhu.ports.photographs import Photographs


def _gateway(url: str) -> Gateway:
    env = settings.JUZHU
    return Gateway(url=url, secret=env.gateway_secret, app_id=env.gateway_appid)


def face_kind() -> str:
    """Return who checks faces: `simulated`, `local` or `none`."""
    return str(settings.JUZHU.face)


@cache
def face() -> FaceCheck:
    """Return the face check that asks a service at once.

    Raises:
        ImproperlyConfigured: there is none, or it is simulated in production.

    """
    env = settings.JUZHU
    if env.production or face_kind() != "simulated":
        raise ImproperlyConfigured("The simulated face check is for the sandbox only.")
    return SimulatedFaceCheck(_gateway(env.face_url))


@cache
def photographs() -> Photographs:
    """Return the register of photographs."""
    return HttpPhotographs(_gateway(settings.JUZHU.gateway_url))


@cache
def live_face() -> LiveFaceCheck:
    """Return the face check that looks at frames, on this machine."""
    env = settings.JUZHU
    return LocalFaceCheck(f"http://{env.face_listen}", token=token_of(env.secret_key))


def has_accounts() -> bool:
    """Say whether people may sign in with an account of the unified identity platform."""
    return bool(settings.JUZHU.account_issuer)


@cache
def accounts() -> AccountProvider:
    """Return the unified identity platform; only where there is one."""
    env = settings.JUZHU
    client = Client(env.account_issuer, env.account_client, env.account_secret)
    return OidcAccounts(client, env.account_levels)
