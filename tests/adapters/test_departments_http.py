"""Asking the departments: what comes back whatever they do."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest

from juzhu.adapters import breaker
from juzhu.adapters.department_answers import ASKABLE
from juzhu.adapters.departments_http import HttpDepartments
from juzhu.adapters.gateway import MOST_BYTES, Gateway, Reply
from juzhu.domain.vocabulary import EducationLevel, Insurance, Source, TalentKind
from juzhu.ports import gateway as agreement
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.departments import AnswerStatus

AT = datetime(2026, 11, 24, 9, 30, tzinfo=SHENZHEN)
ANSWERED, TIMED_OUT = AnswerStatus.ANSWERED, AnswerStatus.TIMED_OUT
UNREACHABLE, MALFORMED = AnswerStatus.UNREACHABLE, AnswerStatus.MALFORMED


@pytest.fixture
def departments(gateway):
    return HttpDepartments(gateway, limit_seconds=0.5)


@pytest.fixture
def ask(departments, numbers):
    def about(name="陈小明", sources=ASKABLE):
        return departments.ask(id_number=numbers[name], name=name, sources=sources, at=AT)

    return about


def test_all_six_answer_with_receipt_and_bytes(ask):
    answers = ask()

    assert set(answers) == ASKABLE
    for source, answer in answers.items():
        assert (answer.source, answer.status, answer.asked_at) == (source, ANSWERED, AT)
        assert answer.receipt.encode() in answer.body
        assert 0 <= answer.took_ms < 500
        assert answer.entry is not None
    assert len({answer.receipt for answer in answers.values()}) == 6


def test_only_what_is_asked_is_asked(ask):
    assert set(ask(sources=[Source.HUKOU])) == {Source.HUKOU}
    assert ask(sources=[]) == {}


def test_our_own_register_is_no_department(ask):
    with pytest.raises(ValueError, match="permit"):
        ask(sources=[Source.PERMIT])


def test_entries_are_typed(ask):
    answers = ask()
    population = answers[Source.POPULATION].entry
    homes = answers[Source.REGISTRATIONS].entry.homes
    insurance = answers[Source.INSURANCE].entry

    assert (population.name, population.sex, population.alive) == ("陈小明", "1", True)
    assert population.birth_date == date(1992, 3, 4)
    assert answers[Source.HUKOU].entry.shenzhen is False
    assert len(homes) == 1
    assert homes[0].registration.end is None
    assert homes[0].address.startswith("深圳市")
    assert set(insurance.months) == set(Insurance)
    assert insurance.months[Insurance.PENSION].bits.bit_count() == 19
    assert insurance.employer
    assert ask("欧阳小文")[Source.TALENT].entry.items[0].kind is TalentKind.DEGREE
    student = ask("阿卜杜热合曼·吐尔逊江·阿卜杜克热木")[Source.ENROLMENT].entry
    assert student.items[0].level is EducationLevel.HIGHER
    assert student.school


def test_nobody_on_record_is_an_answer(departments):
    number = "110105194912310021"
    answers = departments.ask(id_number=number, name="无名", sources=ASKABLE, at=AT)

    assert all(answer.status is ANSWERED for answer in answers.values())
    assert answers[Source.POPULATION].entry.name is None
    assert answers[Source.REGISTRATIONS].entry.homes == ()


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        ("ok", ANSWERED),
        ("error500", UNREACHABLE),
        ("refuse", UNREACHABLE),
        ("lost_answer", UNREACHABLE),
        ("silent", TIMED_OUT),
        ("rubbish", MALFORMED),
        ("forged", MALFORMED),
        ("another_person", AnswerStatus.ANOTHER_PERSON),
    ],
)
@pytest.mark.parametrize("source", [Source.INSURANCE, Source.POPULATION], ids=str)
def test_a_fault_of_one_department_is_its_own(ask, switch, mode, status, source):
    switch(source.value, mode)

    answers = ask()

    assert answers[source].status is status
    assert (answers[source].entry is not None) is (status is ANSWERED)
    assert all(answer.status is ANSWERED for s, answer in answers.items() if s is not source)


def test_what_is_said_about_another_person_is_not_kept(ask, switch):
    switch("hukou", "another_person")

    answer = ask(sources=[Source.HUKOU])[Source.HUKOU]

    assert answer.body == b""
    assert answer.receipt


def test_a_malformed_answer_is_kept_for_the_record(ask, switch):
    switch("hukou", "forged")
    assert ask(sources=[Source.HUKOU])[Source.HUKOU].body.startswith(b"{")


def test_six_slow_departments_cost_the_time_of_one(ask, switch):
    for source in ASKABLE:
        switch(source.value, "ok", latency_ms=200)

    begun = time.monotonic()
    answers = ask()

    assert time.monotonic() - begun < 0.45
    assert all(answer.status is ANSWERED for answer in answers.values())
    assert all(answer.took_ms >= 200 for answer in answers.values())


def test_a_silent_department_costs_the_limit_and_not_more(ask, switch):
    switch("talent", "silent")

    begun = time.monotonic()
    answer = ask()[Source.TALENT]

    assert 0.45 <= time.monotonic() - begun < 1.0
    assert answer.took_ms >= 450


def test_many_callers_at_once_each_get_their_own_answers(departments, numbers):
    def about(name):
        answers = departments.ask(id_number=numbers[name], name=name, sources=ASKABLE, at=AT)
        said = answers[Source.POPULATION]
        return name, said.entry.name if said.status is ANSWERED else ""  # a busy machine: late

    names = [name for name in numbers if name != "罗小强"] * 4
    with ThreadPoolExecutor(8) as callers:
        found = list(callers.map(about, names))

    told = [(asked, answered) for asked, answered in found if answered]
    assert all(asked == answered for asked, answered in told)
    assert len(told) > len(found) / 2


def test_a_wrong_secret_of_ours_is_malformed(city, numbers):
    departments = HttpDepartments(Gateway(url=city.url, secret="wrong"))
    answers = departments.ask(
        id_number=numbers["陈小明"], name="陈小明", sources=[Source.HUKOU], at=AT
    )

    assert answers[Source.HUKOU].status is MALFORMED
    assert b"wrong_signature" in answers[Source.HUKOU].body


def test_nobody_there_is_unreachable(numbers):
    departments = HttpDepartments(Gateway(url="http://127.0.0.1:9", secret="any"))
    answers = departments.ask(id_number=numbers["陈小明"], name="陈小明", sources=ASKABLE, at=AT)

    assert {answer.status for answer in answers.values()} == {UNREACHABLE}


def test_a_secret_must_be_given():
    with pytest.raises(ValueError, match="secret is empty"):
        Gateway(url="http://127.0.0.1:9", secret="")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", UNREACHABLE),
        (b"not http at all\r\n\r\n", UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nshort", UNREACHABLE),
        (b"HTTP/1.1 204 No Content\r\n\r\n", MALFORMED),
        (b"HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n", MALFORMED),
        (b"HTTP/1.1 200 OK\r\nsignature: \xff\xfe\r\ncontent-length: 2\r\n\r\n{}", MALFORMED),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MOST_BYTES + 1), MALFORMED),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n" + b"x" * MOST_BYTES * 2, MALFORMED),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}", MALFORMED),
    ],
    ids=["nothing", "noise", "cut", "empty", "redirect", "signature", "endless", "huge", "gzip"],
)
def test_whatever_a_broken_server_sends_nothing_is_raised(stand_in, numbers, raw, status):
    with stand_in(raw) as url:
        departments = HttpDepartments(Gateway(url=url, secret="any"), limit_seconds=1)
        answer = departments.ask(
            id_number=numbers["陈小明"], name="陈小明", sources=[Source.TALENT], at=AT
        )[Source.TALENT]

    assert answer.status is status
    assert len(answer.body) <= MOST_BYTES


def test_an_old_answer_cannot_be_passed_off_as_a_new_one(stand_in, numbers):
    body = b'{"receipt":"R","answered_on":"2026-11-24","id_number":"1","content":{}}'
    signature = agreement.sign_answer(b"any", nonce="another-nonce", status=200, body=body)
    head = f"HTTP/1.1 200 OK\r\nsignature: {signature}\r\ncontent-length: {len(body)}\r\n\r\n"
    with stand_in(head.encode() + body) as url:
        departments = HttpDepartments(Gateway(url=url, secret="any"))
        answer = departments.ask(id_number="1", name="x", sources=[Source.HUKOU], at=AT)

    assert answer[Source.HUKOU].status is MALFORMED


@pytest.mark.parametrize(("status", "found"), [(200, ANSWERED), (404, MALFORMED)])
def test_a_signed_answer_counts_only_with_status_200(status, found):
    body = b"""{"receipt":"R","answered_on":"2026-11-24","id_number":"1",
               "content":{"shenzhen":true,"since":null}}"""

    class Signed(Gateway):
        async def post(self, *_):
            return Reply(status, body)

    departments = HttpDepartments(Signed(url="http://127.0.0.1:9", secret="any"))
    answers = departments.ask(id_number="1", name="x", sources=[Source.HUKOU], at=AT)

    assert answers[Source.HUKOU].status is found
    assert answers[Source.HUKOU].body == body


class TestCircuit:
    @pytest.fixture
    def moment(self, monkeypatch):
        """Return a box with the adapter's monotonic time in it."""
        box = [1000.0]
        monkeypatch.setattr("juzhu.adapters.departments_http.monotonic", lambda: box[0])
        return box

    def test_after_five_failures_a_department_is_left_alone_for_five_seconds(
        self, ask, switch, moment
    ):
        switch("talent", "error500")
        for _ in range(breaker.FAILURES):
            assert ask()[Source.TALENT].took_ms >= 0
        switch("talent", "ok")

        at_once = ask()
        assert at_once[Source.TALENT].status is UNREACHABLE
        assert at_once[Source.TALENT].took_ms == 0
        assert at_once[Source.HUKOU].status is ANSWERED
        moment[0] += breaker.REST_SECONDS - 0.01
        assert ask()[Source.TALENT].status is UNREACHABLE
        moment[0] += 0.01
        assert ask()[Source.TALENT].status is ANSWERED
        assert ask()[Source.TALENT].status is ANSWERED

    def test_a_failed_trial_begins_another_rest(self, ask, switch, moment):
        switch("talent", "error500")
        for _ in range(breaker.FAILURES):
            ask()
        moment[0] += breaker.REST_SECONDS
        ask()
        switch("talent", "ok")

        assert ask()[Source.TALENT].status is UNREACHABLE
        moment[0] += breaker.REST_SECONDS
        assert ask()[Source.TALENT].status is ANSWERED

    def test_an_answer_in_between_begins_the_count_anew(self, ask, switch, moment):
        for mode in ("error500", "ok", "error500"):
            switch("talent", mode)
            for _ in range(breaker.FAILURES - 1):
                ask()
        switch("talent", "ok")

        assert ask()[Source.TALENT].status is ANSWERED

    def test_answers_that_make_no_sense_do_not_open_it(self, ask, switch, moment):
        switch("talent", "rubbish")
        for _ in range(breaker.FAILURES + 1):
            assert ask()[Source.TALENT].status is MALFORMED


def test_only_one_trial_call_goes_through():
    circuit = breaker.Breaker()
    for _ in range(breaker.FAILURES):
        assert circuit.lets_through(0.0)
        circuit.failed(0.0)

    assert not circuit.lets_through(4.9)
    assert circuit.lets_through(5.0)
    assert not circuit.lets_through(5.0)
    circuit.succeeded()
    assert circuit.lets_through(5.0)
