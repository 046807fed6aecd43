"""The moments that a storm hits too rarely, one by one."""

from contextlib import suppress

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import RequestFactory
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from juzhu.modules import queue
from juzhu.web import errors


class ChangedItsMindError(Exception):
    """Rolls a transaction back."""


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_defers_vanishes_with_its_cause() -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)

    before = jobs()  # other tests leave some: no test empties Procrastinate's tables

    in_worker = app.replace_connector(connector.get_worker_connector())
    with in_worker, suppress(ChangedItsMindError), transaction.atomic():
        queue.defer(queue.DELIVER_MESSAGE, message_id=1)
        seen_inside = jobs()
        raise ChangedItsMindError

    assert (seen_inside - before, jobs() - before) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_dies_under_a_job_is_away_as_under_any_statement() -> None:
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        with suppress(OperationalError):
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        with pytest.raises(OperationalError, match=queue.DELIVER_MESSAGE):
            queue.defer(queue.DELIVER_MESSAGE, message_id=1)
    connection.close()


def interrupted_by(cause: DatabaseError) -> SessionInterrupted:
    """Return what Django makes of a session that could not be saved."""
    try:
        try:
            try:
                raise cause
            except DatabaseError:
                raise UpdateError  # noqa: B904 - as Django does it
        except UpdateError:
            raise SessionInterrupted  # noqa: B904
    except SessionInterrupted as error:
        return error


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (OperationalError("server closed the connection unexpectedly"), 503),
        (DatabaseError("Forced update did not affect any rows."), 400),
    ],
)
def test_a_session_that_no_database_could_save_is_not_the_persons_mistake(
    cause: DatabaseError, status: int
) -> None:
    request = RequestFactory().post("/apply/")

    answer = errors.bad_request(request, interrupted_by(cause))

    assert answer.status_code == status
