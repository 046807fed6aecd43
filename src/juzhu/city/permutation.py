"""A keyed shuffle of the numbers 0..size-1 that can be undone: nobody has to be stored.

A four-round Feistel network over the next even number of bits shuffles; values that fall outside
0..size-1 are shuffled again until they land inside ("cycle walking"), which keeps it one-to-one.
"""

from hashlib import blake2b

_ROUNDS = range(4)


class Permutation:
    """A one-to-one map of 0..size-1 onto itself, fixed by `key`."""

    def __init__(self, key: bytes, size: int) -> None:
        if size < 2:
            raise ValueError(f"nothing to shuffle among {size}")
        self._key = key
        self._size = size
        self._half = ((size - 1).bit_length() + 1) // 2
        self._mask = (1 << self._half) - 1

    def forward(self, number: int) -> int:
        """Return where `number` goes."""
        self._check(number)
        while (number := self._shuffle(number)) >= self._size:
            pass
        return number

    def back(self, number: int) -> int:
        """Return the number that goes to `number`."""
        self._check(number)
        while (number := self._unshuffle(number)) >= self._size:
            pass
        return number

    def _check(self, number: int) -> None:
        if not 0 <= number < self._size:
            raise ValueError(f"{number} is not within 0..{self._size - 1}")

    def _shuffle(self, number: int) -> int:
        left, right = number >> self._half, number & self._mask
        for turn in _ROUNDS:
            left, right = right, left ^ self._mix(turn, right)
        return left << self._half | right

    def _unshuffle(self, number: int) -> int:
        left, right = number >> self._half, number & self._mask
        for turn in reversed(_ROUNDS):
            left, right = right ^ self._mix(turn, left), left
        return left << self._half | right

    def _mix(self, turn: int, value: int) -> int:
        digest = blake2b(
            value.to_bytes(8, "big"), key=self._key, salt=bytes([turn]), digest_size=8
        ).digest()
        return int.from_bytes(digest, "big") & self._mask
