"""The contract asked of the running exchange: what it allows, and what it must refuse.

Schemathesis makes requests from the OpenAPI file, right ones and wrong ones, as a partner who may
ask for everything, and looks at each answer with every check it has.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from juzhu.modules.partners import queries, services
from juzhu.modules.partners.contracts import AnswerField, Grant, Scope
from tests.api import running
from tests.api.conftest import new_key, register
from tests.factories import NOON

ROOT = Path(__file__).parents[2]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def a_partner_for_everything() -> str:
    """Register it; return its private key."""
    key = new_key()
    register("education", key, calls_per_minute=100_000_000)
    grant = Grant(
        scope=Scope.EVENTS,
        legal_basis="test",
        fields=tuple(AnswerField),
        valid_from=NOON.date().replace(year=2000),
        per_subject_per_day=1_000_000,
    )
    for scope in Scope:
        services.grant(code="education", grant=replace(grant, scope=scope), actor="t", at=NOON)
    assert set(queries.partner("education").grants) == set(Scope)
    return json.dumps(key.as_dict(private=True))


def ask_everything(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    key = a_partner_for_everything()
    with running.exchange(folder, running.free_port()) as url:
        command = [str(Path(sys.executable).with_name("schemathesis"))]
        command += ["--config-file", str(CONFIGURATION), "run"]
        command += [f"{url}/api/v1/openapi.json", "--generation-database", "none", "--no-color"]
        environment = {
            "EXCHANGE_URL": url,
            "EXCHANGE_KEY": key,
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks",
        }
        return subprocess.run(
            [*command, *arguments],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )


def test_every_check_on_every_address(shared_exchange, tmp_path):
    phases = ("--phases", "examples,coverage,fuzzing")  # chains of calls are for the long one
    done = ask_everything(tmp_path, *phases, "--max-examples", "3", "--seed", "1")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_every_check_for_long(shared_exchange, tmp_path, seed):
    done = ask_everything(tmp_path, "--max-examples", "150", "--seed", str(seed))

    assert done.returncode == 0, done.stdout + done.stderr
