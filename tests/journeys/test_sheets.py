"""A sheet from the wish to the checked file, with everything real."""

import dataclasses

import pytest
from django.conf import settings

from juzhu import wiring
from juzhu.domain.sheet import Standing, grouped
from juzhu.journeys import sheets, verify
from juzhu.journeys.sheets import NotReadyError
from juzhu.modules.sheets import queries
from juzhu.modules.sheets.contracts import CheckResult, SheetState
from juzhu.ports.sheets import FileProblem
from tests.journeys.test_journeys import now, sign_in_as, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def seal_folder(city, tmp_path):
    settings.JUZHU = dataclasses.replace(settings.JUZHU, data_dir=tmp_path)
    cached = (
        wiring.proofs,
        wiring.seal_files,
        wiring.sealer,
        wiring.sheet_files,
        wiring.sheet_pages,
        wiring._trial_authority,
    )
    for one in cached:
        one.cache_clear()
    yield
    for one in cached:
        one.cache_clear()


@pytest.fixture
def holder(city):
    person_id = sign_in_as(city, "陈小明")
    submit(person_id)
    return person_id


def order(person_id, key="s"):
    return sheets.order(person_id=person_id, purpose="子女入学", key=key, at=now())


def test_the_sheet_is_sealed_and_everything_about_it_checks(holder):
    sheet = order(holder)
    file = queries.file_of(holder, sheet.number)

    by_code = verify.by_code(grouped(sheet.check_code).lower(), at=now())
    by_file, problem = verify.by_file(file, at=now())

    assert sheet.state is SheetState.MADE
    assert (by_code.result, by_file.result, problem) == (CheckResult.TRUE, CheckResult.TRUE, None)
    assert by_code.standing_now is Standing.VALID


@pytest.mark.parametrize("tail", [b"\n", b"x"])
def test_one_byte_more_is_never_true(holder, tail):
    file = queries.file_of(holder, order(holder).number)

    answer, problem = verify.by_file(file + tail, at=now())

    assert (answer.result, problem) == (CheckResult.DAMAGED, FileProblem.CHANGED)


@pytest.mark.parametrize("service", ["population", "registrations", "photographs"])
def test_a_silent_register_makes_the_sheet_follow(city, holder, service):
    city.post(f"/control/services/{service}", mode="error500")

    waiting = order(holder)
    with pytest.raises(NotReadyError):
        sheets.make(sheet_id=waiting.id)
    city.post("/control/reset")
    sheets.make(sheet_id=waiting.id)

    assert waiting.state is SheetState.ASKED
    assert queries.sheet_by_id(waiting.id).state is SheetState.MADE


def test_without_a_permit_there_is_no_sheet(city):
    assert order(sign_in_as(city, "林小雨")) is None


def test_the_status_list_is_signed_and_names_no_one(holder):
    sheet = order(holder)
    number, _ = queries.place(sheet.id)

    signed = verify.status_list(number, at=now())

    assert signed.count(b".") == 2
    assert verify.status_list(999_999, at=now()) is None
