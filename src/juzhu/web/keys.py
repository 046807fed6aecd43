"""Idempotency keys: one per form until it is sent, so that two tabs are one application."""

import uuid
from typing import Final

from django.http import HttpRequest

_KEYS: Final = "keys"


def current(request: HttpRequest, form: str) -> str:
    """Return the key of the form not sent yet; every tab of this session gets the same one."""
    keys = request.session.setdefault(_KEYS, {})
    if form not in keys:
        keys[form] = uuid.uuid4().hex
        request.session.modified = True
    return str(keys[form])


def used(request: HttpRequest, form: str) -> None:
    """Give the next form a new key; the sent one keeps leading to what it made."""
    if request.session.get(_KEYS, {}).pop(form, None):
        request.session.modified = True
