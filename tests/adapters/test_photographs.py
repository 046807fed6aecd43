"""Photographs over the gateway: one person's, or none, or later."""

from io import BytesIO

import httpx
import pytest
from PIL import Image

from juzhu.adapters.photographs_http import HttpPhotographs
from juzhu.ports.photographs import PhotographUnavailableError

NAME, NUMBER = "陈小明", "430105199203049970"


@pytest.fixture
def photographs(gateway):
    return HttpPhotographs(gateway, limit_seconds=0.5)


def test_the_photograph_has_the_standards_size_and_stays_the_same(photographs):
    first = photographs.photograph(id_number=NUMBER, name=NAME)

    assert Image.open(BytesIO(first)).size == (358, 441)
    assert photographs.photograph(id_number=NUMBER, name=NAME) == first


def test_who_is_on_no_record_has_none(photographs):
    assert photographs.photograph(id_number="11010519491231002X", name="无名") is None


@pytest.mark.parametrize(
    "mode", ["error500", "refuse", "silent", "rubbish", "forged", "another_person"]
)
def test_trouble_is_never_taken_for_no_photograph(photographs, switch, mode):
    switch("photographs", mode)

    with pytest.raises(PhotographUnavailableError):
        photographs.photograph(id_number=NUMBER, name=NAME)


def test_a_visitor_becomes_somebody_with_their_own_photograph(photographs, city):
    taken = BytesIO()
    Image.new("RGB", (640, 480), (200, 30, 30)).save(taken, "JPEG")

    answer = httpx.post(f"{city.url}/enrol", content=taken.getvalue(), trust_env=False)

    who = answer.json()
    held = photographs.photograph(id_number=who["id_number"], name=who["name"])
    with Image.open(BytesIO(held)) as image:
        assert image.size == (358, 441)
        assert image.getpixel((100, 100))[0] > 150


@pytest.mark.parametrize("sent", [b"", b"no picture", b"\xff\xd8\xff" + b"x" * 100])
def test_what_is_no_photograph_makes_nobody(city, sent):
    answer = httpx.post(f"{city.url}/enrol", content=sent, trust_env=False)

    assert answer.status_code == 400
