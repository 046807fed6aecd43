"""The public record: errors are counted, silence is counted, and nothing is said of anybody."""

from datetime import timedelta

import pytest
from django.db import connection

from juzhu.journeys import service_record
from juzhu.modules.faults import services as faults
from tests.factories import NOON


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(service_record, "_kept", [])


def test_a_page_that_fails_is_counted(visitor, monkeypatch):
    visitor.raise_request_exception = False
    monkeypatch.setattr("juzhu.web.views.pages.points.by_district", lambda: 1 / 0)

    assert visitor.get("/points/").status_code == 500
    page = visitor.get("/record/")

    assert page.context["record"].errors == 1
    assert page.context["record"].up_percent is None  # a trial may be switched off at will


def test_minutes_without_a_sign_of_life_are_counted_from_the_third_on(world):
    faults.beat(at=NOON)
    assert service_record.read(at=NOON).silent_minutes == 0
    for minutes in (2, 31):
        _last_beat_was(minutes)
        faults.beat(at=NOON)

    record = service_record.read(at=NOON + timedelta(minutes=6))

    assert record.silent_minutes == 30
    assert record.up_percent == pytest.approx(100 * (1 - 30 / 43_200))
    assert timedelta(minutes=31) < faults.SILENCE  # no window was extended for that


def _last_beat_was(minutes: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE faults_heartbeat SET beat_at = now() - %s * '1 min'::interval", [minutes]
        )
