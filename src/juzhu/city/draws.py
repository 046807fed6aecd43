"""Repeatable dice: the same seed and subject always throw the same numbers.

Python's own `random` may change its sequences between versions; a city must not change its people.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """A stream of numbers fixed by a key and a subject, such as "person 17's homes"."""

    def __init__(self, key: bytes, subject: str, number: int) -> None:
        self._key = key
        self._subject = f"{subject}:{number}:"
        self._block = 0
        self._pool = 0
        self._left = 0

    def below(self, limit: int) -> int:
        """Return a number in 0..limit-1; the bias for small limits is below one in a million."""
        if self._left == 0:
            text = f"{self._subject}{self._block}".encode()
            self._pool = int.from_bytes(blake2b(text, key=self._key).digest(), "big")
            self._block += 1
            self._left = 16
        word = self._pool & 0xFFFFFFFF
        self._pool >>= 32
        self._left -= 1
        return word * limit >> 32

    def between(self, low: int, high: int) -> int:
        """Return a number in low..high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """Say yes in `percent` of a hundred cases."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of `choices`."""
        return choices[self.below(len(choices))]
