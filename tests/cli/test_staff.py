"""`juzhu staff`: what an administrator reads when an account cannot be made."""

from contextlib import nullcontext

import pytest
from typer.testing import CliRunner

from juzhu import wiring
from juzhu.cli import running, staff
from juzhu.modules.staff.models import Account
from tests.api.conftest import FixedClock


@pytest.fixture
def juzhu(db, monkeypatch, tmp_path):
    """Return a way to run the command on the test's database, in this process."""
    monkeypatch.setattr(wiring, "clock", FixedClock)
    monkeypatch.setattr(running, "database", lambda env: nullcontext())
    monkeypatch.setattr(running, "start_django", lambda: None)
    monkeypatch.setenv("JUZHU_DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(staff.app, list(arguments))
        return done.exit_code, done.output

    return run


def test_a_taken_number_and_an_unknown_role_are_named(juzhu):
    made = juzhu("add", "s9001", "--name", "王小警", "--role", "officer")
    taken = juzhu("add", "s9001", "--name", "王小警", "--role", "officer")
    unknown = juzhu("add", "s9002", "--name", "王小警", "--role", "king")

    assert made[0] == 0
    assert taken[0] == unknown[0] == 2
    assert "there is an account s9001 already" in taken[1]
    assert "one of: officer, reviewer" in unknown[1]
    assert Account.objects.count() == 1
