"""Query parameters: a name that an address does not know is refused, and so is one given twice.

A misspelt parameter that passed would be answered as if nothing had been asked for: `aftr` would
begin the feed anew each time.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import parse_qsl

from juzhu.api import contract
from juzhu.api.calls import Call
from juzhu.api.problems import Kind, Problem

_PLACE: Final = re.compile(r"\\{\w+\\}")
_MOST: Final = 100


def check(call: Call) -> None:
    """Refuse what the contract does not name for this address; raise Problem INVALID.

    Addresses and methods outside the contract are left to whoever answers them.
    """
    if not call.query:
        return
    known = _known(call)
    if known is None:
        return
    try:
        given = parse_qsl(call.query, keep_blank_values=True, max_num_fields=_MOST)
    except ValueError:
        raise Problem(Kind.MALFORMED, f"More than {_MOST} parameters.") from None
    names = [name for name, _ in given]
    errors = [
        {"detail": "There is no such parameter.", "parameter": name}
        for name in sorted(set(names) - known)
    ]
    errors += [
        {"detail": "This parameter stands twice.", "parameter": name}
        for name in sorted(known)
        if names.count(name) > 1
    ]
    if errors:
        raise Problem(Kind.INVALID, errors=errors)


def _known(call: Call) -> frozenset[str] | None:
    for path, methods in _addresses():
        if path.fullmatch(call.path):
            return methods.get(call.method)
    return None


@cache
def _addresses() -> tuple[tuple[re.Pattern[str], Mapping[str, frozenset[str]]], ...]:
    """Return the names that each operation of the contract takes, by pattern of its address."""
    return tuple(
        (
            re.compile(_PLACE.sub("[^/]+", re.escape(path))),
            {method.upper(): _names(operation) for method, operation in methods.items()},
        )
        for path, methods in contract.document()["paths"].items()
    )


def _names(operation: Mapping[str, list[Mapping[str, str]]]) -> frozenset[str]:
    parameters = operation.get("parameters", [])
    return frozenset(it["name"] for it in parameters if it["in"] == "query")
