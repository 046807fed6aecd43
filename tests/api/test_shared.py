"""A department checks a share code: it sees what the holder shares and its purpose may see."""

import pytest

from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import ShareField
from tests.api.conftest import Department, new_key, problem, register
from tests.api.test_verifications import ONE, a_holder, rows, verified
from tests.factories import NOON

EVERYTHING = tuple(ShareField)


def a_share(person_id, fields=EVERYTHING, **more):
    wanted = {"purpose": "school", "days": 7, "tell_me": False} | more
    share_id = sheet_services.share(person_id=person_id, key="k", fields=fields, at=NOON, **wanted)
    return sheets.share_of(person_id, share_id)


def question(code, number, **more):
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    return {"purpose": "school-enrolment", "share_code": code, "birth_date": born, **more}


def test_a_code_shows_what_its_holder_shares_and_is_proved(education):
    number, person_id, _ = a_holder()
    fields = (ShareField.STANDING, ShareField.CONTINUOUS_SINCE, ShareField.HELD_PERIODS)
    share = a_share(person_id, fields)

    answer = education.ask("POST", ONE, json=question(share.code, number))

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["status"] == "valid"
    assert found["continuous_since"] == "2024-03-01"
    assert found["held_periods"] == [{"from": "2024-03-01", "through": "2027-02-28"}]
    assert (found["valid_through"], found["subject"]) == (None, None)
    assert not {"first_issued_on", "name"} & set(found)
    verified(answer.headers["juzhu-receipt"], answer.content, answer.request.content)
    again = education.ask("GET", f"/api/v1/receipts/{found['receipt_id']}")
    assert again.content == answer.content
    assert rows("SELECT person_id, actor, purpose, fields, occasion FROM audit_entry") == [
        (
            person_id,
            "partner:education",
            "school-enrolment",
            "status,continuous_since,held_periods",
            found["receipt_id"],
        )
    ]
    assert sheets.share_of(person_id, share.id).uses == 1
    assert rows("SELECT count(*) FROM partners_known") == [(0,)]


def test_the_purpose_limits_what_is_shared(exchange):
    key = new_key()
    register("transport", key)
    number, person_id, _ = a_holder()
    share = a_share(person_id)

    answer = Department("transport", key).ask(
        "POST", ONE, json=question(share.code, number) | {"purpose": "plate-lottery"}
    )

    found = answer.json()
    assert (found["status"], found["valid_through"]) == ("valid", "2027-02-28")
    assert not {"continuous_since", "first_issued_on", "held_periods"} & set(found)


def test_a_holder_who_does_not_share_the_standing_is_not_taken_for_one_without(education):
    number, person_id, _ = a_holder()
    share = a_share(person_id, (ShareField.FIRST_ISSUED_ON,))

    found = education.ask("POST", ONE, json=question(share.code, number)).json()

    assert (found["status"], found["first_issued_on"]) == ("not-shared", "2024-03-01")


def test_every_reason_not_to_open_is_answered_alike_and_looks_at_nobody(education):
    number, person_id, _ = a_holder()
    share = a_share(person_id)
    wrong = [question("0" * 9, number), question(share.code, number, birth_date="1961-01-01")]

    answers = [education.ask("POST", ONE, json=it).json() for it in wrong]
    sheet_services.revoke(person_id=person_id, share_id=share.id, at=NOON)
    answers.append(education.ask("POST", ONE, json=question(share.code, number)).json())

    for it in answers:
        it.pop("receipt_id")
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["status"] == "none"
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]
    assert sheets.share_of(person_id, share.id).uses == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"share_code": "12"}, "/share_code"),
        ({"birth_date": None}, "/birth_date"),
        ({"name": "陈小明"}, "/name"),
        ({"as_of": "2025-01-01"}, "/as_of"),
    ],
)
def test_a_mistaken_question_is_refused(education, change, pointer):
    number, person_id, _ = a_holder()

    answer = education.ask("POST", ONE, json=question(a_share(person_id).code, number) | change)

    assert [it["pointer"] for it in problem(answer)["errors"]] == [pointer]


def test_the_holder_is_told_when_they_wished_so(education):
    number, person_id, _ = a_holder()
    share = a_share(person_id, tell_me=True)

    education.ask("POST", ONE, json=question(share.code, number))

    assert rows("SELECT occasion FROM notices_message") == [("share_used",)]
