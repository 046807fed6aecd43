"""Signing in by a face that is looked at here: pages, the process behind them, and what stays."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from juzhu import wiring
from juzhu.city import __file__ as city
from juzhu.config.parse import Address
from juzhu.domain.vocabulary import Source
from juzhu.ports.face import CheckLostError, FaceOver, FaceProgress, FaceTrouble, packed
from tests.face.puppet import PHOTOGRAPHS, Puppet, movement
from tests.face.running import face_process, looking_locally
from tests.factories import an_id_number

FACES = Path(city).parent / "data" / "faces"
OBAMA = Puppet(PHOTOGRAPHS / "obama3.jpg")
NAME = "陈小明"
SPEED = 4.0
"""How much faster than life the process's clock runs: nobody here waits for a real head to turn."""


@pytest.fixture(scope="module")
def where() -> Iterator[Address]:
    with face_process(speed=SPEED) as address:
        yield address


@pytest.fixture
def local(world, where, monkeypatch) -> Iterator[None]:
    world.photo = (FACES / "obama.jpg").read_bytes()
    with looking_locally(monkeypatch, where):
        yield


def typed() -> dict[str, str]:
    return {"name": NAME, "id_number": an_id_number(), "consent": "on"}


def post(client: Client, path: str, body: bytes = b""):
    return client.post(path, body, content_type="application/octet-stream")


def move(client: Client, puppet: Puppet = OBAMA) -> dict[str, object]:
    """Do what is asked until it is over; again, as people would, when the machine was too slow."""
    for _ in range(4):
        seen = _move_once(client, puppet)
        if seen["over"] not in {"lost", "too_slow"}:
            break
    return seen


def _move_once(client: Client, puppet: Puppet) -> dict[str, object]:
    assert post(client, "/sign-in/face/begin/").status_code == 201
    poses: list[dict[str, object]] = [{}] * 4
    began, sent = time.monotonic(), 0
    for _ in range(60):
        few = [puppet.jpeg(**pose) for pose in (poses[:4] or [{}] * 2)]
        sent += len(few)
        time.sleep(max(0.0, began + sent / (10 * SPEED) - time.monotonic()))
        answer = post(client, "/sign-in/face/frames/", packed(few))
        assert answer.status_code == 200
        seen = answer.json()
        if seen["succeeded"] or seen["over"]:
            return seen
        poses = poses[4:] or (movement(seen["action"]) if seen["action"] else [])
    raise AssertionError("it never ended")


def test_a_person_moves_as_asked_and_is_in_and_nothing_of_the_face_stays(
    local, visitor, capfd, monkeypatch
):
    given = typed()
    assert visitor.post("/sign-in/?next=/apply/", given).headers["Location"] == (
        "/sign-in/face/?next=%2Fapply%2F"
    )
    page = visitor.get("/sign-in/face/?next=/apply/")
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "camera=()" in visitor.get("/sign-in/").headers["Permissions-Policy"]

    assert move(visitor)["succeeded"]
    response = visitor.post("/sign-in/face/", {"next": "/apply/"})

    assert response.headers["Location"] == "/apply/"
    assert visitor.session["proofs"]["face"][::2] == [4, False]
    assert "face_for" not in visitor.session
    assert pictures_in_the_database() == []
    assert pictures_on_disk() == []
    log = "".join(capfd.readouterr())
    assert given["id_number"] not in log
    assert "\ufffd" not in log


def pictures_in_the_database() -> list[str]:
    """Return columns of all tables that hold a JPEG or a long list of numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public'"
            " AND data_type IN ('bytea', 'text', 'jsonb', 'ARRAY', 'character varying')"
        )
        columns = cursor.fetchall()
        return [
            f"{table}.{column}"
            for table, column, kind in columns
            if _held(cursor, table, column, kind)
        ]


def _held(cursor, table: str, column: str, kind: str) -> bool:
    jpeg = rf"position('\xffd8ff'::bytea in \"{column}\") > 0".replace('\\"', '"')
    numbers = f"\"{column}\"::text ~ '(-?0[.][0-9]+[, ]+){{20}}' OR \"{column}\"::text ~ '/9j/4'"
    cursor.execute(f'SELECT 1 FROM "{table}" WHERE {jpeg if kind == "bytea" else numbers} LIMIT 1')
    return cursor.fetchone() is not None


def pictures_on_disk() -> list[Path]:
    folder = settings.JUZHU.data_dir
    files = [it for it in folder.rglob("*") if it.is_file() and "postgres" not in it.parts]
    return [it for it in files if it.read_bytes()[:3] == b"\xff\xd8\xff"]


def test_the_look_for_pictures_sees_one(local):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (a bytea, b text)")
        cursor.execute("INSERT INTO kept VALUES (%s, %s)", [OBAMA.jpeg(), json.dumps([0.25] * 128)])

    assert pictures_in_the_database() == ["kept.a", "kept.b"]


def test_another_face_and_another_name_sound_alike(local, world, visitor):
    pages = []
    for photo, name in (("biden.jpg", None), ("obama.jpg", "李四")):
        world.population_name = name
        world.photo = (FACES / photo).read_bytes()
        visitor.post("/sign-in/", typed())
        assert move(visitor)["succeeded"]
        response = visitor.post("/sign-in/face/")
        assert response.status_code == 422
        pages.append(_without_token(response.content.decode()))

    assert len(set(pages)) == 1
    assert "没有核对上" in pages[0]


def _without_token(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def test_failed_checks_close_the_door(local, visitor):
    visitor.post("/sign-in/", typed())
    for _ in range(5):
        assert post(visitor, "/sign-in/face/begin/").status_code == 201
        assert visitor.post("/sign-in/face/").status_code == 422

    response = post(visitor, "/sign-in/face/begin/")

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "/sign-in/code/" in response.content.decode()
    asked = {"id_number": an_id_number(), "phone": "13800000001"}
    assert visitor.post("/sign-in/code/", asked).status_code == 302


def test_a_process_that_dies_and_a_face_never_seen_are_no_attempts(local, visitor, monkeypatch):
    visitor.post("/sign-in/", typed())
    unseen = FaceProgress(0, 2, None, FaceTrouble.DARK, FaceOver.UNSEEN, succeeded=False)
    for _ in range(3):
        for look_at, status in (
            (Mock(side_effect=CheckLostError), 503),
            (Mock(return_value=unseen), 200),
        ):
            assert post(visitor, "/sign-in/face/begin/").status_code == 201
            with monkeypatch.context() as patch:
                patch.setattr(wiring.live_face(), "look_at", look_at)
                frames = post(visitor, "/sign-in/face/frames/", packed([b"x"]))
            assert frames.status_code == status
            # the check cannot be gone on with: nothing would count it any more
            assert post(visitor, "/sign-in/face/frames/", packed([b"x"])).status_code == 404
            assert visitor.post("/sign-in/face/").status_code == 200


def test_a_silent_register_is_no_attempt(local, world, visitor):
    world.silent = {Source.POPULATION}
    visitor.post("/sign-in/", typed())
    for _ in range(6):
        assert post(visitor, "/sign-in/face/begin/").status_code == 201
        assert visitor.post("/sign-in/face/").status_code == 503


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\x01", 400),
        (b"\xff\xff\xff\x7f" + b"x" * 100, 400),
        (b"x" * 300_000, 413),
        (packed([b"no picture"] * 3), 200),
    ],
    ids=["cut off", "longer than sent", "too large", "no pictures"],  # the bytes are too long
)
def test_what_are_no_frames_is_refused(local, visitor, body, status):
    visitor.post("/sign-in/", typed())
    post(visitor, "/sign-in/face/begin/")

    response = post(visitor, "/sign-in/face/frames/", body)

    assert response.status_code == status
    assert status != 200 or response.json()["trouble"] == "broken"


def test_frames_of_nobody_and_of_an_ended_check_are_not_looked_at(local, visitor):
    assert post(visitor, "/sign-in/face/begin/").status_code == 404
    assert post(visitor, "/sign-in/face/frames/", packed([b"x"])).status_code == 404
    assert visitor.get("/sign-in/face/").headers["Location"] == "/sign-in/"
    visitor.post("/sign-in/", typed())
    post(visitor, "/sign-in/face/begin/")
    visitor.post("/sign-in/face/")

    assert post(visitor, "/sign-in/face/frames/", packed([b"x"])).status_code == 404


def test_a_stopped_face_process_leads_to_the_other_way(world, visitor, monkeypatch):
    with looking_locally(monkeypatch, Address("127.0.0.1", 9)):
        visitor.post("/sign-in/", typed())

        assert post(visitor, "/sign-in/face/begin/").status_code == 503
        assert "/sign-in/code/" in visitor.get("/sign-in/face/").content.decode()


def test_a_check_that_another_process_began_is_lost(local):
    with pytest.raises(CheckLostError):
        wiring.live_face().look_at("another.check", packed([b"x"]))


def test_a_stranger_without_the_token_is_not_answered(where):
    import httpx

    for path in ("/checks", "/checks/x/frames", "/checks/x/verdict"):
        answer = httpx.post(f"http://{where}{path}", content=b"", trust_env=False)
        assert answer.status_code == 401


def test_where_nobody_checks_faces_the_code_is_the_way(world, visitor, monkeypatch):
    import dataclasses

    from juzhu.config.parse import FaceKind

    monkeypatch.setattr(settings, "JUZHU", dataclasses.replace(settings.JUZHU, face=FaceKind.NONE))

    assert visitor.get("/sign-in/?next=/apply/").headers["Location"] == (
        "/sign-in/code/?next=%2Fapply%2F"
    )
