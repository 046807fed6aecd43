"""A department asks whether a permit is good: what it is told, and what stays behind."""

import base64
import hashlib
import json
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from juzhu.api.directory import directory
from juzhu.domain.calendar import anniversary
from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.modules.people import services as people
from juzhu.modules.permits import services as permits
from juzhu.modules.verifications import services as verifications
from tests.api.conftest import Department, ask, new_key, problem, register
from tests.factories import NOON, TODAY, an_id_number, noon

ONE, MANY = "/api/v1/verifications", "/api/v1/verification-batches"


def a_holder(
    name="陈小明", issued_on=date(2024, 3, 1), endorsed_on=(date(2025, 2, 1), date(2026, 2, 1))
):
    """Return the citizen number, our number of the person, and of their permit."""
    number = an_id_number()
    person_id = people.meet(id_number=number, name=name, at=NOON)
    permit = permits.issue(person_id=person_id, on=issued_on, at=noon(issued_on), occasion="issue")
    for day in endorsed_on:
        permits.act(
            permit_id=permit.id,
            kind=ActionKind.ENDORSED,
            on=day,
            at=noon(day),
            occasion=f"endorse-{day}",
        )
    return number, person_id, permit.id


def question(number, name="陈小明", purpose="school-enrolment", **more):
    return {"purpose": purpose, "id_number": number, "name": name, **more}


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_a_valid_permit_is_told_with_the_fields_of_the_purpose(education):
    number, person_id, _ = a_holder()

    answer = education.ask("POST", ONE, json=question(number))

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["subject"]
    assert {name: found[name] for name in found if name not in ("receipt_id", "subject")} == {
        "status": "valid",
        "valid_through": "2027-02-28",
        "as_of": "2026-11-24",
        "recorded_later": [],
        "continuous_since": "2024-03-01",
        "first_issued_on": "2024-03-01",
        "held_periods": [{"from": "2024-03-01", "through": "2027-02-28"}],
        "checked_at": "2026-11-24T12:00:00+08:00",
        "data_as_of": "2026-11-24T12:00:00+08:00",
    }
    assert rows("SELECT person_id, pseudonym FROM partners_known") == [
        (person_id, found["subject"])
    ]


def test_a_purpose_without_further_fields_is_told_no_more(exchange):
    key = new_key()
    register("transport", key)
    number, _, _ = a_holder()

    answer = Department("transport", key).ask(
        "POST", ONE, json=question(number, purpose="plate-lottery")
    )

    assert set(answer.json()) == {
        *("status", "valid_through", "as_of", "recorded_later", "subject"),
        *("checked_at", "data_as_of", "receipt_id"),
    }


def test_every_look_is_in_the_ledger_with_purpose_basis_and_receipt(education):
    number, person_id, _ = a_holder()

    found = education.ask("POST", ONE, json=question(number)).json()

    ((look),) = rows(
        "SELECT person_id, actor, purpose, fields, occasion, note, basis FROM audit_entry"
    )
    assert look[:3] == (person_id, "partner:education", "school-enrolment")
    assert look[3] == "status,valid_through,continuous_since,held_periods,first_issued_on"
    assert look[4:6] == (found["receipt_id"], "valid")
    assert "居住证条例" in look[6]


def test_a_confidential_look_is_hidden_from_the_holder_until_its_day(border):
    number, _, _ = a_holder()

    border.ask("POST", ONE, json=question(number, purpose="exit-entry"))

    assert rows("SELECT visible_from - at FROM audit_entry") == [(timedelta(days=30),)]


def test_unknown_person_other_name_and_no_permit_are_one_answer(education):
    holder, holder_id, _ = a_holder()
    without = an_id_number()
    without_id = people.meet(id_number=without, name="李四", at=NOON)
    unknown = an_id_number()

    answers = [
        education.ask("POST", ONE, json=question(number, name)).json()
        for number, name in ((unknown, "王五"), (holder, "王五"), (without, "李四"))
    ]

    for it in answers:
        it.pop("receipt_id")
    assert answers[0] == answers[1] == answers[2]
    assert (answers[0]["status"], answers[0]["subject"]) == ("none", None)
    assert rows("SELECT person_id, subject IS NULL, note FROM audit_entry ORDER BY id") == [
        (None, False, "none"),
        (holder_id, True, "none"),
        (without_id, True, "none"),
    ]
    assert rows("SELECT count(*) FROM partners_known") == [(0,)]


def test_a_name_is_compared_as_registers_compare(education):
    number, _, _ = a_holder(name="阿依古丽·买买提")

    spelled = [" 阿依古丽 · 买买提", "阿依古丽•买买提", "阿依古丽.买买提"]
    found = [
        education.ask("POST", ONE, json=question(number, name)).json()["status"] for name in spelled
    ]

    assert found == ["valid"] * 3


def test_any_past_day_is_answered(education):
    number, _, _ = a_holder()
    expected = [
        ("2024-02-29", "none", None),
        ("2024-03-01", "valid", "2025-02-28"),
        ("2025-02-28", "valid", "2026-02-28"),
        ("2025-06-30", "valid", "2026-02-28"),
    ]

    answers = [
        education.ask("POST", ONE, json=question(number, as_of=day)).json()
        for day, _, _ in expected
    ]

    found = [(it["as_of"], it["status"], it["valid_through"]) for it in answers]
    assert found == expected


def test_the_calendar_alone_suspends_and_cancels(education):
    lapsed, _, _ = a_holder(issued_on=TODAY - timedelta(days=500), endorsed_on=())
    gone, _, _ = a_holder(issued_on=anniversary(TODAY, -3), endorsed_on=())

    found = [education.ask("POST", ONE, json=question(it)).json() for it in (lapsed, gone)]

    assert [it["status"] for it in found] == ["suspended", "cancelled"]


def test_an_act_found_out_later_is_flagged_on_days_before(education):
    number, _, permit_id = a_holder()
    permits.act(
        permit_id=permit_id,
        kind=ActionKind.CANCELLED,
        on=date(2026, 5, 1),
        at=noon(date(2026, 8, 1)),
        occasion="found out",
        reason=CancelReason.SHENZHEN_HUKOU,
    )

    june, today = (
        education.ask("POST", ONE, json=question(number, as_of=day)).json()
        for day in ("2026-06-01", "2026-11-24")
    )

    assert (june["status"], today["status"]) == ("cancelled", "cancelled")
    assert june["recorded_later"] == [{"effective_on": "2026-05-01", "recorded_on": "2026-08-01"}]
    assert today["recorded_later"] == []
    assert today["held_periods"] == [{"from": "2024-03-01", "through": "2026-04-30"}]


def test_a_batch_answers_in_order_with_one_look_each(education):
    valid, valid_id, _ = a_holder()
    lapsed, lapsed_id, _ = a_holder(issued_on=TODAY - timedelta(days=500), endorsed_on=())
    unknown = an_id_number()
    asked = [
        {"id_number": unknown, "name": "王五"},
        {"id_number": valid, "name": "陈小明"},
        {"id_number": lapsed, "name": "陈小明"},
        {"id_number": valid, "name": "陈小明", "as_of": "2024-02-29"},
    ]

    answer = education.ask("POST", MANY, json={"purpose": "school-enrolment", "people": asked})

    found = answer.json()
    assert [it["status"] for it in found["results"]] == ["none", "valid", "suspended", "none"]
    assert rows("SELECT person_id, occasion FROM audit_entry ORDER BY id") == [
        (person_id, found["receipt_id"]) for person_id in (None, valid_id, lapsed_id, valid_id)
    ]


def test_ten_thousand_and_one_rows_are_refused_clearly(education):
    people = [{"id_number": an_id_number(), "name": "陈小明"}] * 10_001

    answer = education.ask("POST", MANY, json={"purpose": "school-enrolment", "people": people})

    found = problem(answer)
    assert (answer.status_code, found["slug"]) == (422, "invalid-request")
    assert "10,001 rows: a batch holds 1 to 1,000" in found["detail"]
    assert "verification-jobs" in found["detail"]
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]


# --- receipts ------------------------------------------------------------------------------------


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(receipt: str, answer: bytes, request: bytes) -> None:
    """Check a receipt as a partner would, from the published keys and the documented payload."""
    header, nothing, signature = receipt.split(".")
    assert nothing == ""
    said = json.loads(unpadded(header))
    assert said["alg"] == "EdDSA"
    published = {key["kid"]: key for key in ask("GET", "/.well-known/jwks.json").json()["keys"]}
    payload = json.dumps(
        {
            "answer": hashlib.sha256(answer).hexdigest(),
            "request": hashlib.sha256(request).hexdigest(),
        },
        separators=(",", ":"),
    )
    signed = f"{header}.{base64.urlsafe_b64encode(payload.encode()).decode().rstrip('=')}"
    public = Ed25519PublicKey.from_public_bytes(unpadded(published[said["kid"]]["x"]))
    public.verify(unpadded(signature), signed.encode())


@pytest.mark.parametrize("path", [ONE, MANY])
def test_the_receipt_proves_the_answer_and_is_given_again(education, path):
    number, _, _ = a_holder()
    person = {"id_number": number, "name": "陈小明"}
    body = {"purpose": "school-enrolment"} | (person if path == ONE else {"people": [person]})

    answer = education.ask("POST", path, json=body)
    again = education.ask("GET", f"/api/v1/receipts/{answer.json()['receipt_id']}")

    verified(answer.headers["juzhu-receipt"], answer.content, answer.request.content)
    assert (again.status_code, again.content) == (200, answer.content)
    assert again.headers["juzhu-receipt"] == answer.headers["juzhu-receipt"]
    asked = hashlib.sha256(answer.request.content).hexdigest()
    assert again.headers["juzhu-request-sha256"] == asked


def test_a_receipt_is_nobody_elses(education):
    number, _, _ = a_holder()
    receipt_id = education.ask("POST", ONE, json=question(number)).json()["receipt_id"]
    key = new_key()
    register("transport", key)
    directory.forget()

    other = Department("transport", key).ask("GET", f"/api/v1/receipts/{receipt_id}")
    missing = education.ask("GET", f"/api/v1/receipts/{receipt_id[:-4]}0000")

    assert (other.status_code, missing.status_code) == (404, 404)
    assert problem(other)["slug"] == problem(missing)["slug"] == "not-found"


def test_a_kept_receipt_shows_nothing_and_is_never_changed(education):
    number, _, _ = a_holder()
    education.ask("POST", ONE, json=question(number))

    ((content,),) = rows("SELECT content FROM verifications_receipt")

    assert b"valid" not in bytes(content)
    with pytest.raises(Exception, match="append-only"):
        rows("UPDATE verifications_receipt SET partner_id = 1")


# --- what is refused -----------------------------------------------------------------------------


MISTAKES = (
    ({"id_number": "430102199001010002"}, "/id_number"),
    ({"id_number": 1}, "/id_number"),
    ({"name": ""}, "/name"),
    ({"name": "陈" * 101}, "/name"),
    ({"name": None}, "/name"),
    ({"as_of": "2026-11-25"}, "/as_of"),
    ({"as_of": "yesterday"}, "/as_of"),
    ({"purpose": "curiosity"}, "/purpose"),
    ({"extra": 1}, ""),
)


def test_a_mistaken_question_is_refused_with_a_pointer_and_no_echo(education):
    number, _, _ = a_holder()

    answers = [education.ask("POST", ONE, json=question(number) | change) for change, _ in MISTAKES]

    found = [[it["pointer"] for it in problem(answer)["errors"]] for answer in answers]
    assert found == [[pointer] for _, pointer in MISTAKES]
    assert {(it.status_code, problem(it)["slug"]) for it in answers} == {(422, "invalid-request")}
    assert "430102199001010002" not in answers[0].text
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]


def test_all_mistakes_of_a_batch_are_listed(education):
    number, _, _ = a_holder()
    asked = [
        {"id_number": number, "name": "陈小明"},
        {"id_number": "1", "name": "陈小明"},
        {"id_number": number, "name": "陈小明", "as_of": "2099-01-01"},
    ]

    answer = education.ask("POST", MANY, json={"purpose": "school-enrolment", "people": asked})

    pointers = [it["pointer"] for it in problem(answer)["errors"]]
    assert pointers == ["/people/1/id_number", "/people/2/as_of"]
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]


UNREADABLE = (
    b"",
    b"{",
    b"[]",
    b'{"purpose":"school-enrolment","id_number":"1","name":"\xff"}',
    b'{"purpose":"school-enrolment","id_number":"1","id_number":"2","name":"x"}',
    b'{"purpose":"school-enrolment","id_number":"1","\\u006eame":"x","name":"y"}',
    b'{"purpose":"school-enrolment","id_number":"1","name":"x","as_of":null,"as_of":null}',
    b'{"purpose":"school-enrolment","people":[{"id_number":"1","name":"x","name":"y"}]}',
    b'{"purpose":"school-enrolment","id_number":"1","name":"\\u0000"}',
    b'{"purpose":' + b"[" * 10_000,
)


@pytest.mark.parametrize("path", [ONE, MANY])
def test_what_cannot_be_read_one_way_only_is_refused(education, path):
    headers = {"Content-Type": "application/json"}

    for body in UNREADABLE:
        answer = education.ask("POST", path, content=body, headers=headers)
        assert answer.status_code in (400, 422), (body[:80], answer.text)
        problem(answer)

    huge = education.ask("POST", path, content=b"9" * 4_000_001, headers=headers)
    other = education.ask("POST", path, content=b"{}", headers={"Content-Type": "text/plain"})
    assert (huge.status_code, problem(huge)["slug"]) == (413, "body-too-large")
    assert (other.status_code, problem(other)["slug"]) == (415, "unsupported-media-type")


def test_a_purpose_that_is_not_granted_is_refused_before_anything_is_looked_up(education):
    number, _, _ = a_holder()

    answer = education.ask("POST", ONE, json=question(number, purpose="marriage"))

    assert (answer.status_code, problem(answer)["slug"]) == (403, "purpose-not-granted")
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]


# --- asked too often -----------------------------------------------------------------------------


def test_asking_about_one_person_too_often_in_a_day_raises_one_alert(education):
    number, person_id, _ = a_holder()
    person = {"id_number": number, "name": "陈小明"}
    batch = {"purpose": "school-enrolment", "people": [person] * 15}

    first = education.ask("POST", MANY, json=batch)
    before = rows("SELECT count(*) FROM verifications_alert")
    second = education.ask("POST", MANY, json=batch)
    education.ask("POST", MANY, json=batch)

    assert (first.status_code, second.status_code, before) == (200, 200, [(0,)])
    found = rows('SELECT person_id, purpose, receipt::text, "limit" FROM verifications_alert')
    assert found == [(person_id, "school-enrolment", second.json()["receipt_id"], 20)]


def test_a_receipt_goes_after_two_years_and_not_before(education):
    number, _, _ = a_holder()
    receipt_id = education.ask("POST", ONE, json=question(number)).json()["receipt_id"]

    forgotten = [
        verifications.forget_receipts(at=NOON + timedelta(days=days)) for days in (730, 732)
    ]
    again = education.ask("GET", f"/api/v1/receipts/{receipt_id}")

    assert (forgotten, again.status_code) == ([0, 1], 404)
