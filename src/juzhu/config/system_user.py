"""The account the embedded PostgreSQL runs under when Juzhu is started by root.

PostgreSQL refuses to run as root. Anybody else runs it under their own account.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NAME: Final = "juzhu"


class SystemUserError(Exception):
    """No account could be prepared; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system account other than root."""

    uid: int
    gid: int

    def can(self, action: str, path: Path) -> bool:
        """Say whether this account may `r`ead, `w`rite or e`x`ecute/enter `path`."""
        checked = subprocess.run(
            ["/bin/sh", "-c", f'test -{action} "$1"', "sh", str(path)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        )
        return checked.returncode == 0


def for_postgres() -> Account | None:
    """Return the account to run PostgreSQL under, or None when the present one will do."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _create()
    return Account(entry.pw_uid, entry.pw_gid)


def _create() -> pwd.struct_passwd:
    command = shutil.which("useradd")
    if command is None:
        raise SystemUserError(
            f"PostgreSQL must not run as root and there is no `useradd` to make an account: "
            f"create a system user named {NAME!r}, or start Juzhu as an ordinary user, "
            f"or set DATABASE_URL to a PostgreSQL server of your own."
        )
    made = subprocess.run(
        [command, "--system", "--user-group", "--no-create-home"]
        + ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return pwd.getpwnam(NAME)  # also right when another process made it at the same moment
    except KeyError:
        raise SystemUserError(
            f"PostgreSQL must not run as root and the system user {NAME!r} could not be made: "
            f"{made.stderr.strip()}"
        ) from None
