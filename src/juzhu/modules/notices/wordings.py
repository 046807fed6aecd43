"""Wordings of others, such as the templates of WeChat, filled with the values of our texts."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.notices.texts import TEXTS, chinese


def places(occasion: Occasion) -> frozenset[str]:
    """Return the names of the values that the newest edition of a text is filled with."""
    parsed = Formatter().parse(TEXTS[occasion][-1].chinese)
    return frozenset(name for _, name, _, _ in parsed if name)


def worded(text: str, values: Mapping[str, Any]) -> str:
    """Fill a Chinese wording with values as the person reads them; KeyError for one missing."""
    return text.format(**{name: chinese(value) for name, value in values.items()})
