"""The one place where a port meets its adapter, chosen from settings. One of each per process."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from juzhu.adapters import city_legacy
from juzhu.adapters.clock_city import CityClock
from juzhu.adapters.clock_system import SystemClock
from juzhu.adapters.departments_http import HttpDepartments
from juzhu.adapters.face_city import SimulatedFaceCheck
from juzhu.adapters.gateway import Gateway
from juzhu.adapters.sms_http import HttpSms
from juzhu.ports.clock import Clock
from juzhu.ports.departments import Departments
from juzhu.ports.face import FaceCheck
from juzhu.ports.sms import SmsGateway


def _gateway(url: str) -> Gateway:
    env = settings.JUZHU
    return Gateway(url=url, secret=env.gateway_secret, app_id=env.gateway_appid)


@cache
def clock() -> Clock:
    """Return where the day comes from."""
    env = settings.JUZHU
    return CityClock(env.city_url) if env.clock == "city" else SystemClock()


@cache
def departments() -> Departments:
    """Return the door to the departments' registers."""
    return HttpDepartments(_gateway(settings.JUZHU.gateway_url))


@cache
def sms() -> SmsGateway:
    """Return the carrier's gateway."""
    return HttpSms(_gateway(settings.JUZHU.sms_url))


@cache
def face() -> FaceCheck:
    """Return the face check.

    Raises:
        ImproperlyConfigured: in production, which lets nothing simulated in.

    """
    if settings.JUZHU.production:
        raise ImproperlyConfigured("The simulated face check is for the sandbox only.")
    return SimulatedFaceCheck(_gateway(settings.JUZHU.face_url))


def legacy_permits() -> str:
    """Return the sandbox city's CSV of permits issued before this system."""
    return city_legacy.legacy_permits(settings.JUZHU.city_url)
