"""Which of a message's values lie open in its row; all others lie sealed beside them.

A pickup code opens a letter, a share code a page about its holder, a purpose tells something of
them: none may be read in a copy of the database. What is not known to be harmless is sealed.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from juzhu.modules.vault.ring import ring

OPEN: Final = frozenset(
    {
        "amount",
        "answer_by",
        "cancelled_on",
        "due_on",
        "hear_by",
        "last_day",
        "number",
        "on",
        "pay_by",
        "suspended_from",
        "until",
        "valid_through",
        "window_opens",
        "yuan",
    }
)
"""Days, amounts and acceptance numbers: other columns of the database say as much."""
LABEL: Final = "notices_message.secret"


def parted(values: Mapping[str, str | int]) -> tuple[dict[str, str | int], str | None]:
    """Return what lies open, and the rest as JSON to be sealed; None when there is no rest."""
    known = {name: value for name, value in values.items() if name in OPEN}
    rest = {name: value for name, value in values.items() if name not in OPEN}
    return known, json.dumps(rest, ensure_ascii=False) if rest else None


def whole(values: Any, sealed: bytes | memoryview | None) -> dict[str, str | int]:
    """Return all values of a row as SQL gives it."""
    known: dict[str, str | int] = json.loads(values) if isinstance(values, str) else values
    if sealed is None:
        return known
    rest: dict[str, str | int] = json.loads(ring().open_bytes(bytes(sealed), label=LABEL))
    return known | rest
