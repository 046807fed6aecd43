"""A register moved to another server, and one set back: what a cursor is worth then."""

import subprocess
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection

from juzhu.config import postgres_programs
from juzhu.config.embedded_postgres import EmbeddedPostgres
from juzhu.config.settings import database
from juzhu.modules.permits import queries, services
from juzhu.modules.permits.contracts import PlaceElsewhereError
from tests.factories import a_person, noon

pytestmark = [pytest.mark.kill, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

FIRST = date(2026, 3, 1)
DAY = timedelta(days=1)


def issue(on):
    permit = services.issue(person_id=a_person(phone=None), on=on, at=noon(on), occasion="SL1")
    services.materialise_events(on=on, at=noon(on))
    return permit


def dump():
    given = connection.settings_dict
    where = psycopg.conninfo.make_conninfo(
        host=given["HOST"], user=given["USER"], dbname=given["NAME"]
    )
    program = postgres_programs.binaries() / "pg_dump"
    return subprocess.run(
        [program, "--no-owner", "-d", where], check=True, capture_output=True
    ).stdout


@pytest.fixture
def another_server(open_folder):
    """A new cluster, whose transactions are counted from the beginning."""
    with EmbeddedPostgres(open_folder, durable=False) as server:
        yield server


@pytest.fixture
def moved(another_server):
    """Yield what moves the register, as it was dumped, to the other server."""
    given = dict(connection.settings_dict)

    def move(dumped):
        program = postgres_programs.binaries() / "psql"
        subprocess.run(
            [program, "-q", "-v", "ON_ERROR_STOP=1", "-d", another_server.url],
            input=dumped,
            check=True,
            capture_output=True,
        )
        connection.close()
        entry = database(another_server.url)
        connection.settings_dict.update({k: entry[k] for k in ("NAME", "USER", "HOST", "PORT")})

    yield move
    connection.close()
    connection.settings_dict.update(given)


def newest_transaction():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return cursor.fetchone()[0]


def test_a_cursor_goes_on_in_a_restored_register_and_a_lost_one_is_told_apart(moved):
    for number in range(4):
        issue(FIRST + number * DAY)
    whole = queries.events(after=None, limit=100).events
    kept, dumped = whole[1].place, dump()
    for number in range(4, 7):  # told to departments, and lost with the old server
        issue(FIRST + number * DAY)
    lost = queries.head()
    before = max(newest_transaction() for _ in range(3000))  # a server that has lived

    moved(dumped)

    assert newest_transaction() < before  # a new count, which no cursor knows of
    with pytest.raises(PlaceElsewhereError) as beyond:
        queries.events(after=lost, limit=100)
    for number in range(7, 12):  # the lost places are given anew
        issue(FIRST + number * DAY)
    assert [event.position for event in queries.events(after=kept, limit=100).events] == [
        *range(3, 10)
    ]
    with pytest.raises(PlaceElsewhereError) as overtaken:
        queries.events(after=lost, limit=100)
    for error in (beyond.value, overtaken.value):
        again = queries.events(after=error.restart, limit=100).events
        assert [event.on for event in again][-5:] == [FIRST + n * DAY for n in range(7, 12)]
