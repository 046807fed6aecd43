"""The account the embedded PostgreSQL runs under.

PostgreSQL refuses to run as root, so root's server gets a system account of its own. Anybody else
runs it under their own account.
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
    """Whom to run a program as, in the words of `subprocess`; all None is the present user."""

    uid: int | None = None
    gid: int | None = None
    groups: list[str | int] | None = None

    @property
    def is_another(self) -> bool:
        """Whether this is not the present user."""
        return self.uid is not None

    def can(self, action: str, path: Path) -> bool:
        """Say whether this account may read ("r"), write ("w") or enter or run ("x") `path`."""
        checked = subprocess.run(  # noqa: S603 - a fixed command
            ["/bin/sh", "-c", f'test -{action} "$1"', "sh", str(path)],
            user=self.uid,
            group=self.gid,
            extra_groups=self.groups,
            cwd="/",
            check=False,
        )
        return checked.returncode == 0

    def take(self, folder: Path) -> None:
        """Make this account the owner of `folder`."""
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)


def for_postgres() -> Account:
    """Return the account to run PostgreSQL under; made when root has none yet.

    Raises:
        SystemUserError: none is there and none can be made.

    """
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _create()
    return Account(entry.pw_uid, entry.pw_gid, [])


def _create() -> pwd.struct_passwd:
    command = shutil.which("useradd")
    if command is None:
        raise SystemUserError(
            f"PostgreSQL must not run as root and there is no `useradd` to make an account: "
            f"create a system user named {NAME!r}, or start Juzhu as an ordinary user, "
            f"or set DATABASE_URL to a PostgreSQL server of your own."
        )
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(  # noqa: S603 - a fixed command
        [command, *options, "--shell", "/usr/sbin/nologin", NAME],
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
