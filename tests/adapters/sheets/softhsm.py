"""A token of SoftHSM with a seal's key. The library reads its settings once a process."""

import os
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import pkcs11
import pytest

from juzhu.adapters.seal_pkcs11 import TokenKey
from tests.adapters.sheets.reading import program

LIBRARIES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
)
PIN = "123456"
_numbers = count(1)


def token(key: Path) -> TokenKey:
    """Return a new token that holds the key of a PEM file; without SoftHSM the test is skipped."""
    util = program("softhsm2-util", "softhsm2")
    library = next((path for path in LIBRARIES if path.exists()), None)
    if library is None:
        pytest.skip("no SoftHSM library on this machine: apt-get install softhsm2")
    os.environ["SOFTHSM2_CONF"] = str(_settings())
    label = f"juzhu{next(_numbers)}"
    pins = ["--pin", PIN, "--so-pin", "654321"]
    new = ["--init-token", "--free", "--label", label, *pins]
    kept = ["--import", str(key), "--token", label, "--label", "seal", "--id", "01", *pins[:2]]
    for arguments in (new, kept):
        subprocess.run([util, *arguments], check=True, capture_output=True)
    pkcs11.lib(str(library)).reinitialize()  # or it sees only the tokens of its first use
    return TokenKey(library=library, token=label, pin=PIN, key="seal")


@cache
def _settings() -> Path:
    """Return the settings of this process's tokens; the folder is the session's."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["JUZHU_TEST_FOLDER"], prefix="softhsm-"))
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    return settings
