"""The few kinds of CBOR that a token is made of, read strictly (RFC 8949 §4.2.1).

A value has exactly one encoding here, so that a token cannot be written in two ways and nothing a
general reader would let pass (floats, tags, big numbers, endless strings) is ever looked at.
`web/static/rp/verify/offline.js` holds the same reader for browsers.
"""

from typing import Final, TypeAlias

from juzhu.ports.proofs import ProofError

Value: TypeAlias = "int | bytes | str | list[Value] | dict[int | str, Value]"

_TEXT: Final = 3
_DEEPEST: Final = 5
_LARGEST: Final = 2**53 - 1  # what a browser holds exactly
_LEAST: Final = {24: 24, 25: 0x100, 26: 0x1_0000, 27: 0x1_0000_0000}
"""Smallest number that needs the 1, 2, 4 or 8 bytes after a head of this kind."""


def decode(data: bytes) -> Value:
    """Return the one value that `data` holds.

    Raises:
        ProofError: cut short, something left over, another kind of value, not the shortest form,
            map keys out of order or twice.

    """
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise ProofError("The token is damaged: something follows its end.")
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    if depth > _DEEPEST:
        raise ProofError("The token is damaged: it is nested too deeply.")
    major, number, at = _head(data, at)
    match major:
        case 0:
            return number, at
        case 1:
            return -1 - number, at
        case 2 | 3:
            return _string(data, at, at + number, is_text=major == _TEXT)
        case 4:
            return _array(data, at, number, depth)
        case 5:
            return _map(data, at, number, depth)
        case _:
            raise ProofError("The token is damaged: it holds a kind of value that no token has.")


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the kind of the next item, its number or length, and where it goes on."""
    if at >= len(data):
        raise ProofError("The token is damaged: it is cut short.")
    major, number = data[at] >> 5, data[at] & 31
    at += 1
    if number not in _LEAST:
        if number > max(_LEAST):
            raise ProofError("The token is damaged: a length is missing.")
        return major, number, at
    least, size = _LEAST[number], 1 << (number - 24)
    if at + size > len(data):
        raise ProofError("The token is damaged: it is cut short.")
    number = int.from_bytes(data[at : at + size])
    if not least <= number <= _LARGEST:
        raise ProofError("The token is damaged: a number is not in its shortest form.")
    return major, number, at + size


def _string(data: bytes, at: int, end: int, *, is_text: bool) -> tuple[Value, int]:
    if end > len(data):
        raise ProofError("The token is damaged: it is cut short.")
    raw = data[at:end]
    if not is_text:
        return raw, end
    try:
        return raw.decode("utf-8"), end
    except UnicodeDecodeError:
        raise ProofError("The token is damaged: a text is not UTF-8.") from None


def _array(data: bytes, at: int, length: int, depth: int) -> tuple[Value, int]:
    items: list[Value] = []
    for _ in range(length):  # a false length ends at the end of the data
        item, at = _item(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, length: int, depth: int) -> tuple[Value, int]:
    content: dict[int | str, Value] = {}
    previous = b""
    for _ in range(length):
        start = at
        key, at = _item(data, at, depth + 1)
        if not isinstance(key, int | str):
            raise ProofError("The token is damaged: a map has a key that is no number or text.")
        if data[start:at] <= previous:
            raise ProofError("The token is damaged: the keys of a map are out of order or twice.")
        previous = data[start:at]
        content[key], at = _item(data, at, depth + 1)
    return content, at
