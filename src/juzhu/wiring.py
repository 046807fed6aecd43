"""The one place where a port meets its adapter, chosen from settings. One of each per process."""

from functools import cache

from django.conf import settings

from juzhu.adapters.clock_city import CityClock
from juzhu.adapters.clock_system import SystemClock
from juzhu.adapters.departments_http import HttpDepartments
from juzhu.adapters.face_city import CityFaceCheck
from juzhu.adapters.gateway import Credentials
from juzhu.adapters.sms_http import HttpSmsGateway
from juzhu.ports.clock import Clock
from juzhu.ports.departments import Departments
from juzhu.ports.face import FaceCheck
from juzhu.ports.sms import SmsGateway


def _credentials() -> Credentials:
    return Credentials(settings.JUZHU.gateway_appid, settings.JUZHU.gateway_secret)


@cache
def clock() -> Clock:
    """Return where the day comes from."""
    env = settings.JUZHU
    return CityClock(env.city_url) if env.clock == "city" else SystemClock()


@cache
def departments() -> Departments:
    """Return the door to the departments' registers."""
    return HttpDepartments(settings.JUZHU.gateway_url, _credentials())


@cache
def sms() -> SmsGateway:
    """Return the carrier's gateway."""
    return HttpSmsGateway(settings.JUZHU.sms_url, _credentials())


@cache
def face() -> FaceCheck:
    """Return the face check."""
    return CityFaceCheck(settings.JUZHU.face_url, _credentials())
