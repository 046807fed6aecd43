"""What a session keeps for the next page and the session table must not show in the clear."""

import base64
import json
from typing import Any

from django.http import HttpRequest

from juzhu.modules.vault.keys import VaultError
from juzhu.modules.vault.ring import ring


def put(request: HttpRequest, name: str, value: Any) -> None:
    """Keep `value` (as JSON, encrypted) under `name`."""
    sealed = ring().seal(json.dumps(value), label=f"web.{name}")
    request.session[name] = base64.b64encode(sealed).decode()


def get(request: HttpRequest, name: str) -> Any:
    """Return what is kept under `name`; None when nothing is, or its key was retired meanwhile."""
    held = request.session.get(name)
    if held is None:
        return None
    try:
        return json.loads(ring().open(base64.b64decode(held), label=f"web.{name}"))
    except VaultError:  # the person types it again
        return None
