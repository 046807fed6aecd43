"""The client that departments copy, against an exchange that runs in a process of its own."""

import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import connections

from juzhu import client
from juzhu.adapters import proof_keys
from juzhu.adapters.exchange_keys import FOLDER_NAME, FileExchangeKeys
from juzhu.client import Exchange, ReceiptError, Refused
from juzhu.domain.calendar import add_months
from juzhu.journeys import exchange_jobs
from juzhu.modules.partners import services
from juzhu.modules.people import services as people
from juzhu.modules.permits import services as permits
from juzhu.modules.verifications.models import Job
from juzhu.ports.clock import SHENZHEN
from tests.api import running
from tests.api.conftest import new_key, register
from tests.factories import an_id_number


def now():
    from juzhu.api import tokens

    return tokens.now().astimezone(SHENZHEN)


def a_holder(name: str) -> str:
    number, issued = an_id_number(), add_months(now().date(), -2)
    person_id = people.meet(id_number=number, name=name, at=now())
    permits.issue(person_id=person_id, on=issued, at=now() - timedelta(days=50), occasion="x")
    return number


@pytest.fixture
def exchange(shared_exchange, tmp_path):
    with running.exchange(tmp_path, running.free_port()) as url:
        yield url, tmp_path


def test_a_department_asks_with_proof_and_keeps_the_receipt(exchange, monkeypatch):
    url, folder = exchange
    first, second = new_key(), new_key()
    register("education", first)
    register("exit-entry", second, dpop=True)
    school = Exchange(url, "education", first.as_dict(private=True))
    border = Exchange(url, "exit-entry", second.as_dict(private=True), dpop=True)
    number = a_holder("陈小明")
    asked = {"id_number": number, "name": "陈小明"}

    answer = school.verify(purpose="school-enrolment", **asked)
    many = school.verify_many(purpose="school-enrolment", people=[asked, asked | {"name": "谁"}])
    hidden = border.verify(purpose="exit-entry", **asked)

    assert answer["status"] == hidden["status"] == "valid"
    assert [one["status"] for one in many["results"]] == ["valid", "none"]
    again = school.call("GET", f"/api/v1/receipts/{answer['receipt_id']}")
    assert again.content == answer.raw
    school.check_receipt(again.headers["Juzhu-Receipt"], again.content, answer.request)
    for raw, request in ((answer.raw + b" ", answer.request), (answer.raw, b"{}")):
        with pytest.raises(ReceiptError):
            school.check_receipt(answer.receipt, raw, request)
    with pytest.raises(Refused) as refused:
        border.call("GET", f"/api/v1/receipts/{answer['receipt_id']}")
    assert refused.value.status == 404

    a_file_is_answered_and_proved(school, folder, asked, monkeypatch)
    keys_change_in_flight(school, folder, asked)
    suspended_within_two_seconds(school)
    school.http.close()
    border.http.close()


def a_file_is_answered_and_proved(school: Exchange, folder: Path, asked, monkeypatch) -> None:
    keys = FileExchangeKeys(folder / FOLDER_NAME, on=now().date())
    monkeypatch.setattr("juzhu.wiring.exchange_keys", lambda: keys)
    worker = threading.Thread(target=answer_the_next_job)
    worker.start()
    people = [asked, asked | {"name": "谁"}, {"id_number": "1", "name": "谁"}]

    with monkeypatch.context() as patch:
        patch.setattr(client.time, "sleep", lambda _: threading.Event().wait(0.05))
        answers = school.verify_file(purpose="school-enrolment", people=people)

    worker.join()
    assert [one["status"] for one in answers] == ["valid", "none", "refused"]


def answer_the_next_job() -> None:
    deadline = time.monotonic() + 20
    while (job := Job.objects.first()) is None and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    try:
        exchange_jobs.work(job.pk)
    finally:
        connections.close_all()


def keys_change_in_flight(school: Exchange, folder: Path, asked: dict[str, str]) -> None:
    before = school.verify(purpose="school-enrolment", **asked)

    proof_keys.rotate(folder / FOLDER_NAME, on=now().date())
    after = school.verify(purpose="school-enrolment", **asked)  # with the token of the old key
    school.check_receipt(before.receipt, before.raw, before.request)
    assert before.receipt.split(".")[0] != after.receipt.split(".")[0]

    proof_keys.rotate(folder / FOLDER_NAME, on=now().date(), leaked=True)
    school.verify(purpose="school-enrolment", **asked)  # refused once, then with a fresh token


def suspended_within_two_seconds(school: Exchange) -> None:
    services.suspend(code="education", why="test", actor="test", at=now())
    threading.Event().wait(2.1)

    with pytest.raises(Refused) as refused:
        school.call("GET", "/api/v1/me")

    assert refused.value.problem["type"].endswith("/partner-suspended")


class Busy(BaseHTTPRequestHandler):
    """An exchange that is busy twice, and then well."""

    asked: list[str] = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, b'{"access_token":"t","expires_in":300}')

    def do_GET(self):
        self.asked.append(self.path)
        self._answer(*((503, b"") if len(self.asked) < 3 else (200, b"{}")))

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("Retry-After", "0.01")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_a_busy_exchange_is_asked_again():
    server = HTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        asking = Exchange(f"http://127.0.0.1:{server.server_port}", "x", new_key().as_dict(True))
        assert asking.call("GET", "/api/v1/me").status_code == 200
    finally:
        server.shutdown()
        server.server_close()
        asking.http.close()
    assert len(Busy.asked) == 3


def test_the_client_is_short_and_stands_alone():
    text = Path(client.__file__).read_text()

    assert len(text.splitlines()) <= 150
    assert "juzhu." not in "".join(line for line in text.splitlines() if "import" in line)
