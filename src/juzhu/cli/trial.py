"""What a trial finds ready: staff accounts, partners with keys, permits older than the system."""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Final

from juzhu.cli import running
from juzhu.cli.staff import now
from juzhu.config.env import Env

STAFF_FILE: Final = "staff.json"
_STAFF: Final = (
    ("s1001", "王小警", "officer", "440304-01"),
    ("s1002", "李小明", "officer", "440306-01"),
    ("s2001", "赵小审", "reviewer", ""),
    ("s2002", "钱小核", "reviewer", ""),
    ("s3001", "孙小长", "supervisor", "440304-01"),
    ("s4001", "周小计", "auditor", ""),
    ("s5001", "吴小管", "administrator", ""),
)


def load() -> None:
    """Bring into the database what is not there yet; safe to repeat."""
    env = running.prepared()
    with running.database(env):
        running.start_django()
        _load_staff(env)
        report = import_module("juzhu.journeys.legacy").load_from_city()
        partners = import_module("juzhu.journeys.partners")
        fresh = partners.register_sandbox(env.data_dir / partners.FOLDER_NAME)
    print(f"loaded {report.taken}, known {report.known}, refused {len(report.refused)}")
    print(f"partners registered {fresh}")


def _load_staff(env: Env) -> None:
    """Make one account per role, once; their secrets go into a file of ours."""
    if import_module("juzhu.modules.staff.queries").accounts():
        return
    services = import_module("juzhu.modules.staff.services")
    contracts = import_module("juzhu.modules.staff.contracts")
    made = []
    for username, name, role, point in _STAFF:
        credentials = services.add(
            username=username,
            name=name,
            role=contracts.Role(role),
            point=point,
            by="system:sandbox",
            at=now(),
        )
        made.append(
            {
                "username": username,
                "name": name,
                "role": role,
                "password": credentials.password,
                "totp_secret": credentials.totp_secret,
                "totp_uri": credentials.totp_uri,
            }
        )
    _write(env.data_dir / STAFF_FILE, json.dumps(made, ensure_ascii=False, indent=2))


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
