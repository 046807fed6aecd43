"""Bad days of the database: a replica that is behind or down, and a restart under load."""

import subprocess
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection

from juzhu.config import postgres_programs
from juzhu.config.embedded_postgres import EmbeddedPostgres
from tests.api import running
from tests.api.conftest import Department, new_key, register
from tests.api.test_verifications import ONE, a_holder, question, rows
from tests.factories import an_id_number

pytestmark = [pytest.mark.kill, pytest.mark.soak]


def copied(folder: Path, *, follows: bool) -> EmbeddedPostgres:
    """Return a copy of the session's server, not started yet; it `follows` by streaming or not."""
    server = EmbeddedPostgres(folder, durable=not follows)
    server.start()  # makes folders and finds the account that PostgreSQL runs under
    server.stop()
    fresh = server.cluster.with_name("copy")
    command = [
        str(postgres_programs.binaries() / "pg_basebackup"),
        *("--host", connection.settings_dict["HOST"], "--username", "juzhu"),
        *("--pgdata", str(fresh), "--wal-method=stream", "--checkpoint=fast"),
        *(["--write-recovery-conf"] if follows else []),
    ]
    subprocess.run(command, check=True, capture_output=True)
    server.cluster.rename(server.cluster.with_name("unused"))
    fresh.rename(server.cluster)
    for path in (server.cluster, *server.cluster.rglob("*")):
        server._account.take(path)
    return server


def own_url(server: EmbeddedPostgres) -> str:
    return server.url.replace("/juzhu?", f"/{connection.settings_dict['NAME']}?")


def ask(client: httpx.Client, token: str, body) -> httpx.Response:
    return client.post(ONE, json=body, headers={"Authorization": f"Bearer {token}"})


def test_a_fresh_replica_is_read_and_one_that_is_behind_or_down_is_not(
    shared_exchange, open_folder, tmp_path
):
    key = new_key()
    register("education", key)
    number, _, _ = a_holder()
    server = copied(open_folder, follows=True)
    replica_url = own_url(server)
    port = running.free_port()

    def lag(answer):
        found = answer.json()
        checked, data = (
            datetime.fromisoformat(found[name]) for name in ("checked_at", "data_as_of")
        )
        return checked - data

    with server, running.exchange(tmp_path, port, DATABASE_REPLICA_URLS=replica_url) as url:
        department = Department("education", key, url=url)
        with httpx.Client(base_url=url) as client, psycopg.connect(replica_url) as control:
            control.autocommit = True
            token = client.post("/oauth/token", data=department.form()).json()["access_token"]
            time.sleep(2)  # a beat has arrived
            fresh = ask(client, token, question(number))
            control.execute("SELECT pg_wal_replay_pause()")
            time.sleep(6)
            behind = ask(client, token, question(number))
            control.close()
            server.stop()
            time.sleep(5.1)  # it is asked again
            down = ask(client, token, question(number))

    assert [it.json()["status"] for it in (fresh, behind, down)] == ["valid"] * 3
    assert timedelta(0) < lag(fresh) < timedelta(seconds=3)
    assert (lag(behind), lag(down)) == (timedelta(0), timedelta(0))
    assert rows("SELECT count(*) FROM audit_entry") == [(3,)]


def test_a_restart_of_the_database_under_load_gives_503_and_never_a_wrong_answer(
    shared_exchange, open_folder, tmp_path
):
    key = new_key()
    register("education", key, calls_per_minute=10_000_000)
    holder, _, _ = a_holder()
    stranger = an_id_number()
    expected = {holder: "valid", stranger: "none"}
    server = copied(open_folder, follows=False)
    answers: list[tuple[str, httpx.Response]] = []
    stop = threading.Event()

    def load(url: str, token: str, number: str) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            while not stop.is_set():
                answers.append((number, ask(client, token, question(number))))

    port = running.free_port()
    with server, running.exchange(tmp_path, port, DATABASE_URL=own_url(server)) as url:
        form = Department("education", key, url=url).form()
        token = httpx.post(f"{url}/oauth/token", data=form).json()["access_token"]
        callers = [
            threading.Thread(target=load, args=(url, token, number))
            for number in [holder, stranger] * 4
        ]
        for caller in callers:
            caller.start()
        time.sleep(1)
        before = len(answers)
        server.process.kill()
        server.process.wait()
        time.sleep(1.5)
        server.restart()
        time.sleep(3)
        after = len(answers)
        time.sleep(1)
        stop.set()
        for caller in callers:
            caller.join()
        with psycopg.connect(own_url(server)) as control:
            (written,) = control.execute("SELECT count(*) FROM audit_entry").fetchone()

    statuses = Counter(answer.status_code for _, answer in answers)
    assert set(statuses) == {200, 503}, statuses
    told = [(number, answer) for number, answer in answers if answer.status_code == 200]
    assert {(number, answer.json()["status"]) for number, answer in told} == set(expected.items())
    assert all("retry-after" in it.headers for _, it in answers if it.status_code == 503)
    assert {it.status_code for _, it in answers[:before]} == {200}
    assert {it.status_code for _, it in answers[after:]} == {200}
    assert written >= len(told)
