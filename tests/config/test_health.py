"""Alive, ready, numbers: for machines, without a word about a person."""

import dataclasses

import pytest
from django.conf import settings as live
from django.db import OperationalError, connection

from juzhu.config import health


def test_alive_asks_no_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_the_database_has_this_versions_tables(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


@pytest.mark.django_db
def test_not_ready_with_migrations_waiting(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["1 database migrations are not applied"]


def test_not_ready_without_a_database(client, monkeypatch):
    def away() -> int:
        raise OperationalError("connection to 10.1.2.3 failed")

    monkeypatch.setattr(health, "waiting_migrations", away)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["the database does not answer"]


@pytest.mark.django_db
def test_not_ready_without_vault_keys(client, settings):
    settings.JUZHU = dataclasses.replace(live.JUZHU, vault_keys=None)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "the vault has no keys" in answer.json()["reasons"]


@pytest.mark.django_db
def test_the_numbers_count_requests_by_view_and_name_no_path(client):
    client.get("/healthz")
    client.get("/nowhere/44030519900101123X/")

    numbers = client.get("/metrics").content.decode()

    assert 'juzhu_requests_total{method="GET",status="200",view="healthz"}' in numbers
    assert 'juzhu_request_seconds_count{view="healthz"}' in numbers
    assert 'status="404",view="unknown"' in numbers
    assert "juzhu_database_up 1.0" in numbers
    assert "44030519900101123X" not in numbers


@pytest.mark.django_db
def test_the_numbers_hold_the_jobs_waiting(client):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args) "
            "VALUES ('default', 'any', 'l', '{}')"
        )

    numbers = client.get("/metrics").content.decode()

    assert 'juzhu_jobs{state="todo"} 1.0' in numbers


@pytest.mark.parametrize(
    "caller",
    [{"REMOTE_ADDR": "10.0.0.7"}, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "8.8.8.8"}],
    ids=["another machine", "through a proxy on this machine"],
)
def test_strangers_find_no_numbers(client, caller):
    assert client.get("/metrics", **caller).status_code == 404


@pytest.mark.django_db
def test_with_a_token_only_the_token_opens_the_numbers(client, settings):
    settings.JUZHU = dataclasses.replace(live.JUZHU, metrics_token="open sesame")

    assert client.get("/metrics").status_code == 404
    wrong = client.get("/metrics", HTTP_AUTHORIZATION="Bearer open")
    assert wrong.status_code == 404
    right = client.get("/metrics", HTTP_AUTHORIZATION="Bearer open sesame", REMOTE_ADDR="10.0.0.7")
    assert right.status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_nothing_is_changed_here(client, path):
    assert client.post(path).status_code == 405
