"""Numbers of permits: e-licence codes that nobody can guess."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud without mistakes

_PAIRS: Final = tuple(first + second for first in ALPHABET for second in ALPHABET)


def new_number(issued_on: date) -> str:
    """Return an e-licence code: city, year, eight characters nobody can guess."""
    return new_numbers([issued_on])[0]


def new_numbers(issued_on: Sequence[date]) -> list[str]:
    """Return an e-licence code for each; the system is asked once for chance."""
    chance = secrets.token_bytes(5 * len(issued_on))
    found = []
    for place, day in enumerate(issued_on):
        bits = int.from_bytes(chance[5 * place : 5 * place + 5], "big")
        found.append(
            f"440300{day.year}{_PAIRS[bits >> 30]}{_PAIRS[bits >> 20 & 1023]}"
            f"{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits & 1023]}"
        )
    return found
