"""Reading JSON strictly: what two readers could understand differently is refused."""

import json
import re
from typing import Any, Final

DEEPEST: Final = 16
_BEYOND: Final = 2**63
_LONGEST_NUMBER: Final = 20
_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


class RefusedError(ValueError):
    """The bytes are not JSON that everybody reads alike; the message may be told."""


def read(raw: bytes) -> Any:
    """Return the JSON value in `raw`.

    Raises:
        RefusedError: it is not UTF-8, not JSON, holds a member twice, a NUL, a number that is no
            number (NaN) or beyond 64 bits, half a surrogate pair, or nests deeper than DEEPEST.

    """
    try:
        text = raw.decode()
        _check(text)
        return json.loads(
            text, object_pairs_hook=_members, parse_constant=_no_constant, parse_int=_whole
        )
    except UnicodeDecodeError as error:
        raise RefusedError(f"Byte {error.start} is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise RefusedError(f"Not JSON at line {error.lineno}, column {error.colno}.") from None


def _check(text: str) -> None:
    """Refuse NUL, also as an escape, and deep nesting before the parser follows it."""
    if "\0" in text or "\\u0000" in text:
        raise RefusedError("Holds a NUL character.")
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += _STEPS.get(found[0], 0)
        if depth > DEEPEST:
            raise RefusedError(f"Nested deeper than {DEEPEST} levels.")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RefusedError(f"The member {_printable(twice)} stands twice.")
    for name, value in pairs:
        if not _encodable(name) or (isinstance(value, str) and not _encodable(value)):
            raise RefusedError("Holds half of a surrogate pair.")
    return found


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(name: str) -> str:
    return json.dumps(name[:40])


def _no_constant(name: str) -> Any:
    raise RefusedError(f"{name} is not JSON.")


def _whole(digits: str) -> int:
    number = int(digits) if len(digits) <= _LONGEST_NUMBER else _BEYOND
    if not -_BEYOND <= number < _BEYOND:
        raise RefusedError("Holds a number beyond 64 bits.")
    return number
