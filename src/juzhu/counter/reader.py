"""Card reads (身份证读卡) as the desk's browser passes them on; see docs/operations/counter.md.

The reader's bridge on the desk answers `GET /reader/card?challenge=…` with name, number and proof:
HMAC-SHA-256 over challenge, number and name under the secret the readers share with the service.
So a browser can neither invent a read nor use one twice.
"""

import hashlib
import hmac

from django.conf import settings


def proof(*, secret: str, challenge: str, number: str, name: str) -> str:
    """Return the proof of a read, in hexadecimal."""
    message = "\n".join((challenge, number, name)).encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_proven(*, challenge: str, number: str, name: str, given: str) -> bool:
    """Say whether a reader of ours has read this card for this challenge."""
    secret = settings.JUZHU.reader_secret
    if not secret or not challenge or not number:
        return False
    expected = proof(secret=secret, challenge=challenge, number=number, name=name)
    return hmac.compare_digest(expected, given)


def is_connected() -> bool:
    """Say whether desks have readers at all."""
    return bool(settings.JUZHU.reader_secret)
