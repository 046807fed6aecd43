"""No citizen number, phone number or house code ever reaches a log."""

import json
import logging
import string

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from juzhu.config import logs

CITIZEN = "44030519900101123X"
OLD_CITIZEN = "440305900101123"
PHONE = "13812345678"
HOUSE = "4403050010010010001000001"


@pytest.mark.parametrize(
    "text",
    [
        CITIZEN,
        CITIZEN.lower(),
        "440305 19900101 1234",
        "440305-19900101-1234",
        OLD_CITIZEN,
        PHONE,
        "138 1234 5678",
        "138-1234-5678",
        f"86{PHONE}",
        f"+86{PHONE}",
        HOUSE,
        CITIZEN + PHONE,
        "４４０３０５１９９００１０１１２３４",
    ],
)
def test_a_number_is_masked(text):
    assert not any(character.isdigit() for character in logs.mask(text))


@pytest.mark.parametrize(
    "text", ["2026-11-24T06:00:00.123456Z", "case 4711", "SZ20261124000123", "10.0.0.1:5432", ""]
)
def test_what_is_no_number_of_a_person_stays(text):
    assert logs.mask(text) == text


AROUND = st.text(st.characters(exclude_categories=("Nd", "Cs"))).filter(
    lambda text: not text.endswith(("-", " ")) and not text.startswith(("-", " "))
)


@given(
    AROUND,
    st.text(string.digits, min_size=17, max_size=17),
    st.sampled_from("0123456789xX"),
    AROUND,
)
@example("id=", "44030519900101123", "X", "&")
def test_a_citizen_number_is_masked_wherever_it_stands(before, digits, check, after):
    masked = logs.mask(before + digits + check + after)

    assert digits not in masked
    assert masked.endswith(after)


@pytest.fixture
def lines(capsys):
    """Log through everything as a process does, and return the lines."""

    def read() -> list[str]:
        return capsys.readouterr().err.splitlines()

    before = (logging.getLogger().handlers, logging.getLogger().level)
    yield read
    logging.getLogger().handlers, level = before
    logging.getLogger().setLevel(level)
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize("form", ["json", "console"])
def test_nothing_personal_comes_through_any_door(lines, form):
    logs.configure({"format": form, "level": "INFO"})

    structlog.get_logger().info("web.asked", about=CITIZEN, nested={"phone": [PHONE], HOUSE: 1})
    structlog.get_logger().warning(f"深{PHONE}")
    logging.getLogger("django.server").error("GET /%s", CITIZEN)
    logging.getLogger("_granian").info("x %s", PHONE)
    try:
        raise ValueError(f"bad number {CITIZEN}")
    except ValueError:
        structlog.get_logger().exception("web.failed")
        logging.getLogger("procrastinate.worker").exception("job failed")

    written = "\n".join(lines())
    assert written.count("ValueError") >= 2
    assert written.count("<citizen number>") >= 4
    assert not {number for number in (CITIZEN, PHONE, HOUSE) if number in written}


def test_json_lines_are_json_with_the_bound_request(lines):
    logs.configure({"format": "json", "level": "INFO"})

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        logging.getLogger("anything").info("hello %s", "there")

    (line,) = lines()
    told = json.loads(line)
    assert told["event"] == "hello there"
    assert told["request_id"] == "r-1"
    assert told["level"] == "info"
