"""A department fetches a sealed sheet with its holder's code, and only with that."""

import hashlib
from base64 import b64decode

import pytest

from juzhu import wiring
from juzhu.api import tokens
from juzhu.domain.vocabulary import Source
from juzhu.journeys import sheets as journey
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import ShareField
from juzhu.modules.sheets.models import Sheet
from tests.adapters.sheets.reading import text_of
from tests.api.conftest import Department, ask, new_key, problem, register
from tests.api.test_shared import a_share
from tests.api.test_verifications import a_holder, rows
from tests.factories import NOON
from tests.web.conftest import World

ADDRESS = "/api/v1/sheets"


@pytest.fixture
def registers(monkeypatch) -> World:
    """Have the registers that a sheet is made from answer."""
    found = World()
    monkeypatch.setattr(wiring, "departments", lambda: found)
    monkeypatch.setattr(wiring, "photographs", lambda: found)
    return found


def wish(share, number, **more):
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    return {"share_code": share.code, "birth_date": born} | more


def test_the_sheet_is_sealed_for_the_codes_purpose_and_written_down(education, registers):
    number, person_id, _ = a_holder()
    share = a_share(person_id, (ShareField.SHEET,), purpose="子女入学", tell_me=True)

    answer = education.ask("POST", ADDRESS, json=wish(share, number))

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert wiring.sheet_files().examine(answer.content).problem is None
    assert "子女入学" in text_of(answer.content)
    stated = answer.headers["content-digest"].removeprefix("sha-256=:").removesuffix(":")
    assert b64decode(stated) == hashlib.sha256(answer.content).digest()
    printed = answer.headers["juzhu-sheet-number"]
    entries = rows("SELECT purpose, actor, fields, occasion, basis FROM audit_entry ORDER BY id")
    assert [entry[:2] for entry in entries] == [
        ("sheet", "partner:education"),
        ("share", "partner:education"),
    ]
    assert entries[1][2:] == ("sheet", printed, "持证人凭分享码同意")
    assert sheets.share_of(person_id, share.id).uses == 1
    assert Occasion.SHARE_USED in [message.occasion for message in notices.inbox(person_id)]


def test_the_same_day_gives_the_same_sheet_and_each_department_its_own(education, registers):
    number, person_id, _ = a_holder()
    share = a_share(person_id, (ShareField.SHEET,))
    key = new_key()
    register("housing", key)

    first, again = (education.ask("POST", ADDRESS, json=wish(share, number)) for _ in range(2))
    other = Department("housing", key).ask("POST", ADDRESS, json=wish(share, number))

    assert first.content == again.content
    assert sheets.share_of(person_id, share.id).uses == 2 + (other.status_code == 200)
    assert Sheet.objects.count() == 1 + (other.status_code == 200)


@pytest.mark.parametrize("how", ["birth date", "code", "fields", "revoked", "over", "malformed"])
def test_every_reason_to_refuse_looks_the_same_and_leaves_no_trace(education, registers, how):
    number, person_id, _ = a_holder()
    fields = (ShareField.STANDING,) if how == "fields" else tuple(ShareField)
    share = a_share(person_id, fields, tell_me=True)
    asked = wish(share, number)
    match how:
        case "birth date":
            asked["birth_date"] = "1970-01-01"
        case "code":
            asked["share_code"] = "000000000"
        case "malformed":
            asked["share_code"] = "???"
        case "revoked":
            sheet_services.revoke(person_id=person_id, share_id=share.id, at=NOON)
        case "over":
            rows("UPDATE sheets_share SET expires_on = '2020-01-01' RETURNING 1")

    answer = education.ask("POST", ADDRESS, json=asked)

    assert (answer.status_code, problem(answer)["slug"]) == (404, "not-found")
    assert sheets.share_of(person_id, share.id).uses == 0
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]
    assert Sheet.objects.count() == 0


def test_silence_is_a_try_again_and_no_use(education, registers):
    number, person_id, _ = a_holder()
    share = a_share(person_id, (ShareField.SHEET,))
    registers.silent = {Source.POPULATION}

    waiting = education.ask("POST", ADDRESS, json=wish(share, number))
    registers.silent = set()
    sheet = Sheet.objects.get()

    assert (waiting.status_code, waiting.headers["retry-after"]) == (503, "30")
    assert sheets.share_of(person_id, share.id).uses == 0
    journey.make(sheet_id=sheet.pk)
    there = education.ask("POST", ADDRESS, json=wish(share, number))
    assert there.headers["juzhu-sheet-number"] == sheet.number


def test_a_sheet_its_holder_withdrew_is_not_handed_over_again(education, registers):
    number, person_id, _ = a_holder()
    share = a_share(person_id, (ShareField.SHEET,))
    first = education.ask("POST", ADDRESS, json=wish(share, number))
    printed = first.headers["juzhu-sheet-number"]
    sheet_services.withdraw(person_id=person_id, number=printed, at=NOON)

    assert education.ask("POST", ADDRESS, json=wish(share, number)).status_code == 404


def test_a_token_for_something_else_fetches_nothing(education):
    narrow = tokens.issue(code="education", scopes=["verify:school-enrolment"])
    body = {"share_code": "7K2M93QD5", "birth_date": "1990-03-07"}

    answer = ask("POST", ADDRESS, json=body, headers={"Authorization": f"Bearer {narrow}"})

    assert problem(answer)["slug"] == "purpose-not-granted"
    assert "sheets:read" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"share_code": "7K2M93QD5"},
        {"share_code": "7K2M93QD5", "birth_date": "1990"},
        {"share_code": 7, "birth_date": "1990-03-07"},
        {"share_code": "7K2M93QD5", "birth_date": "1990-03-07", "more": 1},
    ],
)
def test_a_wrong_body_is_told_without_repeating_it(education, body):
    answer = education.ask("POST", ADDRESS, json=body)

    assert (answer.status_code, problem(answer)["slug"]) == (422, "invalid-request")
    assert "7K2M93QD5" not in answer.text
