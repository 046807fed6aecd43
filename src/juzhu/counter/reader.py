"""Card reads (身份证读卡) as the desk's browser passes them on: none is invented or used twice."""

import hmac

from django.conf import settings

from juzhu.ports.reader import proof


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
