"""A file of questions: taken in once, answered in the background, proved as a whole."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from juzhu.api.directory import directory
from juzhu.journeys import exchange_jobs
from juzhu.modules.partners import services as partners
from juzhu.modules.verifications import jobs
from tests.api.conftest import Department, new_key, problem, register
from tests.api.test_verifications import a_holder, rows, verified
from tests.factories import NOON, an_id_number

JOBS = "/api/v1/verification-jobs"


def submit(department, lines, *, purpose="school-enrolment", key=None, **headers):
    file = b"".join(line if isinstance(line, bytes) else ndjson(line) for line in lines)
    return department.ask(
        "POST",
        f"{JOBS}?purpose={purpose}",
        content=file,
        headers={
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": key or uuid4().hex,
            **headers,
        },
    )


def ndjson(value):
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def work_through(job_id):
    """Do what workers do: one job row after another until there is none."""
    turns = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, args->>'job_id', priority, lock FROM procrastinate_jobs"
                " WHERE task_name = 'answer_verifications' AND status = 'todo'"
            )
            waiting = cursor.fetchall()
            if not waiting:
                return turns
            ((number, found, priority, lock),) = waiting
            assert (found, lock) == (job_id, "answer_verifications")
            assert priority < 0
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [number])
        exchange_jobs.work(UUID(found))
        turns += 1


def test_a_file_is_answered_line_by_line_and_proved_as_a_whole(education):
    number, person_id, _ = a_holder()
    holder = {"id_number": number, "name": "陈小明"}
    lines = [
        holder,
        {"id_number": an_id_number(), "name": "王五"},
        holder | {"as_of": "2024-02-29"},
    ]

    taken = submit(education, lines)
    job_id = taken.json()["id"]
    early = education.ask("GET", f"{JOBS}/{job_id}/result")
    work_through(job_id)
    done = education.ask("GET", f"{JOBS}/{job_id}").json()
    result = education.ask("GET", f"{JOBS}/{job_id}/result")

    assert (taken.status_code, taken.json()["status"], taken.json()["lines"]) == (202, "working", 3)
    assert (early.status_code, early.headers["retry-after"]) == (202, "5")
    assert (done["status"], done["done"]) == ("done", 3)
    assert done["asked_at"] == taken.json()["asked_at"] == "2026-11-24T12:00:00+08:00"
    answers = [json.loads(line) for line in result.text.splitlines()]
    assert [it["status"] for it in answers] == ["valid", "none", "none"]
    assert answers[0]["checked_at"] == "2026-11-24T12:00:00+08:00"
    verified(result.headers["juzhu-receipt"], result.content, taken.request.content)
    assert rows("SELECT person_id, occasion FROM audit_entry ORDER BY id") == [
        (person_id, job_id),
        (None, job_id),
        (person_id, job_id),
    ]


def test_a_line_that_cannot_be_asked_says_so_and_fails_no_other(education):
    number, _, _ = a_holder()
    good = {"id_number": number, "name": "陈小明"}
    bad = [
        ({"id_number": "1", "name": "陈小明"}, "/id_number"),
        ({"id_number": number, "name": ""}, "/name"),
        (good | {"as_of": "2099-01-01"}, "/as_of"),
        (good | {"more": 1}, ""),
        (b"not json\n", ""),
        (b'{"id_number":"\xff"}\n', ""),
        (b"\n", ""),
    ]

    job_id = submit(education, [good, *(line for line, _ in bad), good]).json()["id"]
    work_through(job_id)

    result = education.ask("GET", f"{JOBS}/{job_id}/result").text.splitlines()
    first, *refused, last = map(json.loads, result)
    assert (first["status"], last["status"]) == ("valid", "valid")
    assert [it["status"] for it in refused] == ["refused"] * len(bad)
    assert [it["errors"][0]["pointer"] for it in refused] == [pointer for _, pointer in bad]
    assert rows("SELECT count(*) FROM audit_entry") == [(2,)]


def test_a_long_file_gives_way_between_its_parts_and_survives_a_death(education, monkeypatch):
    number, _, _ = a_holder()
    line = {"id_number": number, "name": "陈小明"}
    job_id = submit(education, [line] * 6500).json()["id"]
    kept = jobs.keep_answers

    def dies(job, part, answers):
        kept(job, part, answers)
        raise ConnectionError("the worker died before the commit")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "keep_answers", dies)
        with pytest.raises(ConnectionError):
            exchange_jobs.work(UUID(job_id))
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]

    turns = work_through(job_id)

    assert turns == 2  # five parts, then the other two
    assert rows("SELECT count(*) FROM audit_entry") == [(6500,)]
    assert len(education.ask("GET", f"{JOBS}/{job_id}/result").text.splitlines()) == 6500


def test_the_same_key_is_the_same_job(education):
    line = {"id_number": an_id_number(), "name": "王五"}
    key = uuid4().hex

    first, again = (submit(education, [line], key=key) for _ in range(2))
    other = submit(education, [line, line], key=key)
    purpose = submit(education, [line], key=key, purpose="housing")
    without = submit(education, [line], key="-")

    assert first.json() == again.json()
    assert rows("SELECT count(*) FROM verifications_job") == [(1,)]
    assert (other.status_code, problem(other)["slug"]) == (422, "idempotency-key-reused")
    assert problem(purpose)["slug"] == "idempotency-key-reused"
    assert problem(without)["slug"] == "idempotency-key-missing"


def test_files_that_are_no_job_are_refused(education):
    empty = submit(education, [])
    long = submit(education, [b"{}\n"] * 100_001)
    media = submit(education, [b"{}\n"], **{"Content-Type": "application/json"})
    purpose = submit(education, [b"{}\n"], purpose="curiosity")
    granted = submit(education, [b"{}\n"], purpose="marriage")

    found = [problem(it)["slug"] for it in (empty, long, media, purpose, granted)]
    assert found == [
        *("invalid-request", "invalid-request", "unsupported-media-type"),
        *("invalid-request", "purpose-not-granted"),
    ]
    assert "100,001 lines: a job holds 1 to 100,000" in problem(long)["detail"]
    assert rows("SELECT count(*) FROM verifications_job") == [(0,)]


def test_a_job_is_nobody_elses_and_goes_after_a_week(education):
    job_id = submit(education, [{"id_number": an_id_number(), "name": "王五"}]).json()["id"]
    key = new_key()
    register("transport", key)
    directory.forget()
    work_through(job_id)

    other = Department("transport", key)
    for path in (f"{JOBS}/{job_id}", f"{JOBS}/{job_id}/result", f"{JOBS}/{uuid4()}"):
        assert problem(other.ask("GET", path))["slug"] == "not-found"
    forgotten = [jobs.forget_jobs(at=NOON + timedelta(days=days)) for days in (7, 8)]
    assert forgotten == [0, 1]
    assert rows("SELECT count(*) FROM verifications_part") == [(0,)]


def test_a_partner_that_is_shut_out_meanwhile_gets_no_answers(education):
    job_id = submit(education, [{"id_number": an_id_number(), "name": "王五"}]).json()["id"]
    partners.suspend(code="education", why="test", actor="test", at=NOON)

    work_through(job_id)

    assert rows("SELECT stopped, done FROM verifications_job") == [("grant is over", 0)]
    assert rows("SELECT count(*) FROM audit_entry") == [(0,)]


def test_questions_and_answers_are_sealed_and_questions_go_when_answered(education):
    number, _, _ = a_holder()
    job_id = submit(education, [{"id_number": number, "name": "陈小明"}]).json()["id"]
    before = rows("SELECT questions, answers IS NULL FROM verifications_part")
    work_through(job_id)
    after = rows("SELECT questions IS NULL, answers FROM verifications_part")

    assert before[0][1]
    assert number.encode() not in bytes(before[0][0])
    assert after[0][0]
    assert b"valid" not in bytes(after[0][1])
