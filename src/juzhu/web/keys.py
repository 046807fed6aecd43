"""Idempotency keys: one per form until it is sent, so that two tabs are one application."""

import uuid
from typing import Final

from django.http import HttpRequest

from juzhu.domain.vocabulary import Business

_KEYS: Final = "keys"


def current(request: HttpRequest, business: Business) -> str:
    """Return the key of the form not sent yet; every tab of this session gets the same one."""
    keys = request.session.setdefault(_KEYS, {})
    if business.value not in keys:
        keys[business.value] = uuid.uuid4().hex
        request.session.modified = True
    return str(keys[business.value])


def used(request: HttpRequest, business: Business) -> None:
    """Give the next form a new key; the sent one keeps leading to its case."""
    if request.session.get(_KEYS, {}).pop(business.value, None):
        request.session.modified = True
