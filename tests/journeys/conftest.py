"""The journeys run against a real city: its own process, signed HTTP, real time limits."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

from juzhu import wiring
from juzhu.adapters.background import close_background
from juzhu.city.process import CityProcess
from tests.factories import TODAY

CACHED = (
    wiring.clock,
    wiring.departments,
    wiring.sms,
    wiring.sms_providers,
    wiring.face,
    wiring.payment_gateways,
    wiring.photographs,
    wiring.card_factory,
)


class LiveCity:
    """The city's control desk, as a person at the sandbox uses it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str):
        with urlopen(f"{self.url}{path}") as answer:
            return json.load(answer)

    def post(self, path: str, **fields):
        request = Request(
            f"{self.url}{path}",
            data=json.dumps(fields).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        with urlopen(request) as answer:
            return json.load(answer)

    def named(self, name: str):
        return next(person for person in self.get("/people.json") if person["name"] == name)

    def messages(self, phone: str) -> list[str]:
        return [message["text"] for message in self.get(f"/phones/{phone}.json")]


@pytest.fixture(scope="session", autouse=True)
def background_closed_at_the_end() -> Iterator[None]:
    """Leave no open connection behind."""
    yield
    close_background()


@pytest.fixture(scope="session")
def city_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityProcess]:
    folder: Path = tmp_path_factory.mktemp("city")
    with CityProcess(folder, born_on=TODAY) as process:
        yield process


@pytest.fixture
def city(city_process: CityProcess) -> Iterator[LiveCity]:
    before = settings.JUZHU
    settings.JUZHU = dataclasses.replace(
        before,
        city_url=city_process.url,
        gateway_url=city_process.url,
        sms_url=city_process.url,
        face_url=city_process.url,
        card_factory_url=city_process.url,
        gateway_secret=city_process.secret,
    )
    for cached in CACHED:
        cached.cache_clear()
    live = LiveCity(city_process.url)
    live.post("/control/reset")
    yield live
    live.post("/control/reset")
    settings.JUZHU = before
    for cached in CACHED:
        cached.cache_clear()
