"""The staff pages in one process with the tests: their own addresses, cookies and gate."""

import copy
import itertools
from dataclasses import dataclass

import pytest
from django.test import Client

from juzhu.config import counter_settings
from juzhu.counter import now
from juzhu.modules.staff import codes, services
from juzhu.modules.staff.contracts import Credentials, Role
from tests.factories import NOON
from tests.web.conftest import World, world

__all__ = ["world"]

_serial = itertools.count(1)
_MATCH = "juzhu.modules.staff.codes.now"


class Watch:
    """The machine's clock, which a test moves by hand."""

    def __init__(self) -> None:
        self.seconds = NOON.timestamp()

    def forward(self, **by: float) -> None:
        self.seconds += by.get("seconds", 0) + 60 * by.get("minutes", 0)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Hold the machine's clock, by which sessions and codes go."""
    held = Watch()
    monkeypatch.setattr(codes, "now", lambda: held.seconds)
    return held


@pytest.fixture
def desk(settings, world: World, watch: Watch) -> None:
    """Serve the staff pages instead of the citizens'."""
    strict = settings.TEMPLATES[0]["OPTIONS"].get("string_if_invalid")
    for name, value in counter_settings.OVERRIDES.items():
        setattr(settings, name, copy.deepcopy(value))
    if strict is not None:
        settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = strict


class Browser(Client):
    """Sends forms as the pages carry them: with the stamp of the visit that is on the screen."""

    def post(self, path, data=None, **extra):
        """Send a form; a stamp in it is that of an older page."""
        held = self.session.get("visit")
        if held and isinstance(data, dict | None):
            data = {"window": held["stamp"]} | (data or {})
        return super().post(path, data, **extra)


@dataclass
class Staff:
    """One of the staff at a browser of their own."""

    client: Client
    credentials: Credentials
    watch: Watch

    @property
    def username(self) -> str:
        return self.credentials.username

    def sign_in(self, **typed: str):
        """Type number, password and the present code, or what is given instead."""
        self.watch.forward(seconds=60)  # each code is good once
        fields = {
            "username": self.username,
            "password": self.credentials.password,
            "code": codes.code(self.credentials.totp_secret, self.watch.seconds),
        }
        return self.client.post("/sign-in/", fields | typed)

    def begin(self, point: str = "440304-01", window: str = "3") -> "Staff":
        """Begin a shift."""
        self.client.post("/shift/", {"point": point, "window": window})
        return self


def hire(watch: Watch, role: Role, *, signed_in: bool = True) -> Staff:
    username = f"t{next(_serial):04d}"
    credentials = services.add(
        username=username,
        name="王小警",
        role=role,
        point="440304-01",
        by="test",
        at=now.instant(),
    )
    staff = Staff(Browser(), credentials, watch)
    if signed_in:
        assert staff.sign_in().status_code == 302
    return staff


@pytest.fixture
def officer(desk: None, watch: Watch) -> Staff:
    """Return an acceptance officer at window 3."""
    return hire(watch, Role.OFFICER).begin()
