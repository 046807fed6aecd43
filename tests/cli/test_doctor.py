"""The doctor names what is wrong and what to do."""

import dataclasses
import json

import pytest
from django.conf import settings as live
from django.db import connection

from juzhu import wiring
from juzhu.cli import checks, doctor, payment_checks
from juzhu.cli.checks import Level
from juzhu.config import health
from juzhu.config.parse import FaceKind, Mode


@pytest.fixture
def env(settings, tmp_path):
    closed_port = "http://127.0.0.1:1"
    return dataclasses.replace(
        live.JUZHU,
        data_dir=tmp_path,
        gateway_url=closed_port,
        sms_url=closed_port,
        face_url=closed_port,
    )


def one(found, name):
    (check,) = [check for check in found if check.name == name]
    return check


def test_wrong_settings_are_one_failed_check(capsys, monkeypatch):
    monkeypatch.setenv("JUZHU_LISTEN", "nowhere")

    with pytest.raises(SystemExit) as ended:
        doctor.doctor(as_json=True)

    (check,) = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert check["level"] == "fail"
    assert "JUZHU_LISTEN" in check["found"]


@pytest.mark.parametrize("made", [False, True], ids=["no-folder", "empty-folder"])
def test_before_the_first_start_it_says_how_to_start(env, made):
    folder = env.data_dir / "new"
    if made:
        folder.mkdir()

    found = list(checks.all_checks(dataclasses.replace(env, data_dir=folder, vault_keys=None)))

    assert found[-1].level is Level.FAIL
    assert "juzhu up" in found[-1].advice


def test_a_key_file_that_others_may_read_fails(env):
    path = env.data_dir / "secrets.json"
    path.write_text("{}")
    path.chmod(0o644)

    check = one(checks._key_files(env), "key file")

    assert check.level is Level.FAIL
    assert check.advice == f"chmod 600 {path}"


def test_missing_vault_keys_fail(env):
    found = checks._key_files(dataclasses.replace(env, vault_keys=None))

    assert one(found, "vault keys").level is Level.FAIL


def test_a_database_that_does_not_answer_fails_and_the_rest_is_still_checked(env):
    lost = dataclasses.replace(env, database_url="postgresql://u@127.0.0.1:1/d")

    found = list(checks.all_checks(lost))

    assert one(found, "database").level is Level.FAIL
    assert one(found, "law").level is not None


@pytest.mark.django_db
def test_without_a_worker_it_fails(monkeypatch):
    assert checks._workers().level is Level.FAIL

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")

    assert checks._workers().level is Level.OK


@pytest.mark.django_db
def test_a_worker_silent_for_long_does_not_count():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
        )

    assert checks._workers().level is Level.FAIL


@pytest.mark.django_db
def test_waiting_migrations_fail(env, database_url, monkeypatch):
    monkeypatch.setattr(health, "waiting_migrations", lambda: 3)

    found = checks._database(dataclasses.replace(env, database_url=database_url))

    check = one(found, "migrations")
    assert (check.level, check.advice) == (Level.FAIL, "run `juzhu migrate`")


@pytest.mark.django_db
def test_the_clocks_of_this_machine_and_its_database_agree():
    assert checks._skew().level is Level.OK


def test_a_simulated_face_check_fails_in_production(env):
    assert checks._face(env).level is Level.OK

    assert checks._face(dataclasses.replace(env, mode=Mode.PRODUCTION)).level is Level.FAIL


def test_silent_neighbours_are_a_warning(env):
    found = list(checks._neighbours(env))

    assert [check.level for check in found] == [Level.WARN] * 3


def test_a_full_disk_fails(env, monkeypatch):
    usage = type("Usage", (), {"free": 10**8, "total": 10**11})
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: usage)

    assert checks._disk(env).level is Level.FAIL


def test_the_table_names_every_check_and_colours_are_no_part_of_the_words(capsys):
    doctor._print(
        [{"name": "disk", "level": "fail", "found": "0 GB [free]", "advice": "make room"}]
    )

    shown = capsys.readouterr().out
    assert all(word in shown for word in ("disk", "fail", "0 GB [free]", "make room"))


def test_the_file_of_sms_providers_is_read_and_each_line_tried(env, tmp_path, db):
    path = tmp_path / "sms.json"
    line = {"type": "smpp", "host": "127.0.0.1", "port": 1, "source": "1069"}
    cloud = {"type": "tencent", "secret_id": "i", "secret_key": "k", "app_id": "1", "sign": "s"}
    cloud |= {"callback_token": "t" * 32, "templates": {"issued.1": "1"}}
    path.write_text(json.dumps([line | {"system_id": "s", "password": "p"}, cloud]))
    path.chmod(0o644)
    env = dataclasses.replace(env, sms_providers_file=str(path))
    assert one(checks.all_checks(env), "sms providers").level is Level.FAIL

    path.chmod(0o600)
    found = list(checks.all_checks(env))
    assert one(found, "sms providers").level is Level.OK
    assert one(found, "sms smpp").level is Level.WARN
    assert "days_7.1" not in one(found, "sms tencent").found
    assert "juzhu notices templates" in one(found, "sms tencent").advice
    assert "short messages" not in {check.name for check in found}


def test_the_gateways_of_payments_are_read(env, settings, tmp_path):
    def level(**changes):
        settings.JUZHU = dataclasses.replace(env, **changes)
        found = list(payment_checks.payment_checks(settings.JUZHU))
        wiring.payment_gateways.cache_clear()
        return [check.level for check in found]

    broken = tmp_path / "payments.json"
    broken.write_text("[]")
    broken.chmod(0o600)
    assert level() == [Level.OK]
    assert level(payments_file=str(broken)) == [Level.FAIL]
    assert level(mode=Mode.PRODUCTION) == [Level.WARN]


def test_the_local_face_check_says_what_it_does_not_stop(env):
    local = dataclasses.replace(env, face=FaceKind.LOCAL, mode=Mode.PRODUCTION)

    found = checks._face(local)

    assert found.level is Level.WARN
    assert "virtual camera" in found.found
