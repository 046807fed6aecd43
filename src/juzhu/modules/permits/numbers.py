"""Numbers of permits: e-licence codes that nobody can guess."""

import secrets
from datetime import date
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud without mistakes

_PAIRS: Final = tuple(first + second for first in ALPHABET for second in ALPHABET)


def new_number(issued_on: date) -> str:
    """Return an e-licence code: city, year, eight characters nobody can guess."""
    bits = secrets.randbits(40)
    return (
        f"440300{issued_on.year}{_PAIRS[bits >> 30]}{_PAIRS[bits >> 20 & 1023]}"
        f"{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits & 1023]}"
    )
