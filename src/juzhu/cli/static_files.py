"""Collecting style sheets, scripts and pictures under names that change with their content."""

import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import Storage
from django.core.management import call_command

_STAMP: Final = "content.sha256"


def collect() -> None:
    """Bring the collected files up to date; quick when nothing has changed."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as turn:  # two web servers may start at the same moment
        fcntl.flock(turn, fcntl.LOCK_EX)
        if is_current():
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        (root / _STAMP).write_text(_digest())


def is_current() -> bool:
    """Say whether the collected files are those of this version."""
    try:
        return (Path(settings.STATIC_ROOT) / _STAMP).read_text() == _digest()
    except FileNotFoundError:
        return False


def _digest() -> str:
    digest = hashlib.sha256()
    for path, storage in sorted(_files(), key=lambda found: found[0]):
        digest.update(f"{path}\0".encode())
        with storage.open(path) as file:
            digest.update(file.read())
    return digest.hexdigest()


def _files() -> Iterator[tuple[str, Storage]]:
    for finder in get_finders():
        yield from finder.list(ignore_patterns=None)
