"""The embedded server: our own child, its data safe, its socket ours alone."""

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from juzhu.config import processes, system_user
from juzhu.config.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, answers
from juzhu.config.system_user import Account

pytestmark = pytest.mark.kill


def value(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def write(server: EmbeddedPostgres, text: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (what text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [text])


@pytest.fixture(scope="module")
def made(session_folder):
    """Make a database once; making one with every byte on disk takes its time."""
    with EmbeddedPostgres(session_folder / f"made-{os.getpid()}", durable=False) as server:
        return server.cluster.parent


@pytest.fixture
def folder(open_folder, made):
    """Return a data folder whose database is made and stopped."""
    subprocess.run(["cp", "-a", made, open_folder], check=True)
    return open_folder


@pytest.fixture
def server(folder):
    with EmbeddedPostgres(folder) as running:
        yield running


def test_it_is_durable_and_has_no_port(server):
    assert value(server, "SHOW server_version").startswith("18.")
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert value(server, f"SHOW {setting}") == "on"
    assert value(server, "SHOW listen_addresses") == ""
    assert value(server, "SHOW server_encoding") == "UTF8"
    assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700


def test_its_log_never_holds_what_a_statement_said(server):
    with psycopg.connect(server.url) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT '44030519900101123X' FROM nowhere")
    write(server, "x")
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE UNIQUE INDEX ON kept (what)")
    with pytest.raises(psycopg.IntegrityError), psycopg.connect(server.url) as connection:
        connection.execute("INSERT INTO kept VALUES ('44030519900101123X'), ('44030519900101123X')")

    said = server.log_file.read_text()

    assert "nowhere" in said
    assert "44030519900101123X" not in said


def test_a_killed_server_starts_again_with_its_data(server):
    write(server, "told")
    assert server.process is not None

    server.process.kill()
    server.process.wait()
    assert not answers(server.url)
    server.restart()

    assert value(server, "SELECT what FROM kept") == "told"


def test_a_second_start_attaches_and_does_not_stop_it(server):
    with EmbeddedPostgres(server.data_dir) as second:
        assert not second.owned
        assert value(second, "SELECT 1") == 1

    assert answers(server.url)


def test_two_first_starts_at_once_agree(open_folder):
    servers = [EmbeddedPostgres(open_folder, durable=False) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:  # its threads live on: Linux ties the server to one
        list(pool.map(EmbeddedPostgres.start, servers))

        assert sorted(server.owned for server in servers) == [False, True]
        assert [value(server, "SELECT 1") for server in servers] == [1, 1]
        for server in servers:
            server.stop()


def test_a_holder_without_a_server_is_named(open_folder):
    (open_folder / "postgres.lock").touch()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(open_folder / "postgres.lock")], stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(EmbeddedPostgresError, match=str(holder.pid)):
        EmbeddedPostgres(open_folder).start(patience_seconds=0.5)

    holder.kill()
    holder.communicate()


HOLD = textwrap.dedent(
    """
    import fcntl, os, sys, time
    lock = open(sys.argv[1], "a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.write(str(os.getpid())); lock.flush()
    print("held", flush=True)
    time.sleep(60)
    """
)

START = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from juzhu.config.embedded_postgres import EmbeddedPostgres
    server = EmbeddedPostgres(Path(sys.argv[1]))
    server.start()
    print(server.process.pid, flush=True)
    time.sleep(60)
    """
)


def started_elsewhere(folder) -> tuple[subprocess.Popen[bytes], int]:
    starter = subprocess.Popen([sys.executable, "-c", START, str(folder)], stdout=subprocess.PIPE)
    assert starter.stdout is not None
    return starter, int(starter.stdout.readline())


def killed(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent")
def test_the_server_dies_with_its_starter(folder):
    starter, pid = started_elsewhere(folder)

    killed(starter)

    deadline = time.monotonic() + 10
    while processes.fingerprint(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes.fingerprint(pid) is None


def test_a_server_left_behind_is_stopped_and_started_anew(folder):
    starter, pid = started_elsewhere(folder)
    os.kill(pid, signal.SIGSTOP)  # it cannot die with its starter now
    killed(starter)
    os.kill(pid, signal.SIGCONT)

    with EmbeddedPostgres(folder, durable=False) as server:
        assert value(server, "SELECT 1") == 1
        assert server.owned


def test_a_stale_pid_file_hinders_nothing(folder):
    with EmbeddedPostgres(folder, durable=False) as server:
        write(server, "kept")
    (server.cluster / "postmaster.pid").write_text(
        f"{os.getpid()}\n{server.cluster}\n1\n5432\n\n\n"
    )

    with EmbeddedPostgres(folder, durable=False) as server:
        assert value(server, "SELECT what FROM kept") == "kept"


def test_a_first_start_that_was_cut_off_leaves_nothing_in_the_way(open_folder):
    half = open_folder / "postgres" / "18.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    for path in (half.parent, half):
        system_user.for_postgres().take(path)

    with EmbeddedPostgres(open_folder, durable=False) as server:
        assert value(server, "SELECT 1") == 1


def test_a_deep_folder_gets_a_short_socket_of_its_own(open_folder):
    deep = open_folder / ("d" * 60) / ("e" * 60)

    with EmbeddedPostgres(deep, durable=False) as server:
        assert value(server, "SELECT 1") == 1
        assert not server.socket_dir.is_relative_to(deep)
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700

    server.socket_dir.rmdir()


def test_a_link_in_the_place_of_the_socket_folder_is_refused(open_folder, tmp_path):
    (open_folder / "run").symlink_to(tmp_path)

    with pytest.raises(EmbeddedPostgresError, match="belongs to another user"):
        EmbeddedPostgres(open_folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs under another account")
def test_a_closed_parent_folder_is_named_and_left_closed(tmp_path):
    tmp_path.chmod(0o700)

    with pytest.raises(EmbeddedPostgresError, match="JUZHU_DATA_DIR"):
        EmbeddedPostgres(tmp_path / "data").start()

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs under another account")
def test_programs_out_of_reach_are_copied(folder, monkeypatch):
    monkeypatch.setattr(Account, "can", lambda self, action, path: path.name != "postgres")

    with EmbeddedPostgres(folder, durable=False) as server:
        assert value(server, "SELECT 1") == 1
        assert any(folder.glob("postgres-programs-*/*/*/bin/postgres"))
