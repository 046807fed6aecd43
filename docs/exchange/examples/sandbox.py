"""How the examples reach the trial that `juzhu up` runs on this machine.

Usage of each example: python docs/exchange/examples/education.py [NUMBER NAME]
"""

import json
import os
import sys
from pathlib import Path

from juzhu.client import Exchange

URL = os.environ.get("EXCHANGE_URL", "http://127.0.0.1:8602")
DATA = "/var/lib/juzhu" if os.geteuid() == 0 else "~/.local/share/juzhu"
KEYS = Path(os.environ.get("EXCHANGE_KEYS", f"{DATA}/sandbox-partners")).expanduser()
PERSON = {"id_number": "420103199011029962", "name": "王小芳"}  # holds a permit


def connect(code: str, *, dpop: bool = False) -> Exchange:
    """Return the exchange as this department sees it, with the key that `juzhu up` made."""
    key = json.loads((KEYS / f"{code}.jwk").read_text())
    return Exchange(URL, code, key, dpop=dpop)


def person() -> dict[str, str]:
    """Return whom to ask about: from the command line, or a person of the trial."""
    if len(sys.argv) not in (1, 3):
        sys.exit(f"Usage: {sys.argv[0]} [NUMBER NAME]")
    if len(sys.argv) == 3:
        return {"id_number": sys.argv[1], "name": sys.argv[2]}
    return PERSON
