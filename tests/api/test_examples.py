"""The examples of docs/exchange run as they stand, against the departments of a trial."""

import subprocess
import sys
from pathlib import Path

import pytest

from juzhu import wiring
from juzhu.journeys import partners
from tests.api import running
from tests.api.conftest import FixedClock
from tests.api.test_client import a_holder

EXAMPLES = Path(__file__).parents[2] / "docs" / "exchange" / "examples"
SAYS = {
    "education": ["status valid", "held "],
    "transport": ["陈小明 valid", "另一人 none"],
    "traffic_police": ["go on"],
    "civil_affairs": ["status valid", "proved"],
    "housing": ["known here as", "go on after"],
    "exit_entry": ["status valid", "verify:exit-entry confidential for 30 days"],
}


def test_every_example_runs(shared_exchange, tmp_path, monkeypatch):
    monkeypatch.setattr(wiring, "clock", FixedClock)
    keys = tmp_path / partners.FOLDER_NAME
    assert partners.register_sandbox(keys) == len(SAYS)
    assert partners.register_sandbox(keys) == 0
    assert {path.stat().st_mode & 0o777 for path in keys.iterdir()} == {0o600}
    number = a_holder("陈小明")

    with running.exchange(tmp_path, running.free_port()) as url:
        environment = running.environment(tmp_path, 1)
        environment |= {"EXCHANGE_URL": url, "EXCHANGE_KEYS": str(keys)}
        running_now = {
            name: subprocess.Popen(
                [sys.executable, EXAMPLES / f"{name}.py", number, "陈小明"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for name in SAYS
        }
        for name, process in running_now.items():
            said, _ = process.communicate(timeout=60)
            assert process.returncode == 0, f"{name}: {said}"
            for words in SAYS[name]:
                assert words in said, f"{name}: {said}"


@pytest.mark.parametrize("code", [partner.code for partner in partners.PARTNERS])
def test_every_department_has_an_example(code):
    assert (EXAMPLES / f"{code.replace('-', '_')}.py").exists()
    assert code.replace("-", "_") in SAYS
