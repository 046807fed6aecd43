"""The card reader at a desk: what its bridge answers, and how a read is proven.

The bridge answers `GET /reader/card?challenge=…` with JSON: `number`, `name`, `proof`; 404 when no
card lies on the reader. It allows the staff pages' origin to read the answer (CORS).
"""

import hashlib
import hmac


def proof(*, secret: str, challenge: str, number: str, name: str) -> str:
    """Return the proof of a read: HMAC-SHA-256 over challenge, number and name, in hexadecimal."""
    message = "\n".join((challenge, number, name)).encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
