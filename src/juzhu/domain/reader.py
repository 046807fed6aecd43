"""Strict reading of JSON: every mistake is collected with its place and the way to mend it."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeVar

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class Mistake(NamedTuple):
    """One thing to mend: `path` is written as in `registrations[0].from`."""

    path: str
    message: str


class WireError(ValueError):
    """The text cannot be used. `mistakes` holds all that was found, in the order of the text."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"{path}: {message}" for path, message in self.mistakes))


def parse(text: str | bytes) -> Json:
    """Return the value written in `text`.

    Raises:
        WireError: no JSON, no UTF-8, a number that JSON lacks, or a key given twice.

    """
    try:
        value: Json = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except WireError:
        raise
    except RecursionError:
        raise WireError([Mistake("(file)", "too deeply nested: remove brackets")]) from None
    except UnicodeEncodeError:
        # JSON can write half of a surrogate pair, which no file and no terminal can.
        raise WireError(
            [Mistake("(file)", r"half a character (\ud800 to \udfff): remove it")]
        ) from None
    except ValueError as error:
        raise WireError([Mistake("(file)", f"no JSON in UTF-8: {error}")]) from None
    return value


class Reader:
    """Reads typed values out of JSON and remembers what was wrong; wrong values read as None."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def fail(self, path: str, message: str) -> None:
        """Remember a mistake."""
        self.mistakes.append(Mistake(path or "(file)", message))

    def object(self, value: Json, path: str, keys: tuple[str, ...]) -> dict[str, Json]:
        """Return the object; keys other than `keys` are mistakes."""
        if not isinstance(value, dict):
            self.fail(path, f"an object in braces needed, {_name_of(value)} found")
            return {}
        for key in value:
            if key not in keys:
                self.fail(_join(path, key), f"unknown key: use one of {', '.join(keys)}")
        return value

    def each(self, value: Json, path: str, read: Callable[[Json, str], T | None]) -> list[T]:
        """Return the items of an array that `read` can read."""
        if not isinstance(value, list):
            self.fail(path, f"a list in brackets needed, {_name_of(value)} found")
            return []
        items = [read(item, f"{path}[{index}]") for index, item in enumerate(value)]
        return [item for item in items if item is not None]

    def text(self, value: Json, path: str) -> str | None:
        """Return a string."""
        if isinstance(value, str):
            return value
        self.fail(path, f"a text in quotes needed, {_name_of(value)} found")
        return None

    def flag(self, value: Json, path: str) -> bool | None:
        """Return true or false."""
        if isinstance(value, bool):
            return value
        self.fail(path, f"true or false needed, {_name_of(value)} found")
        return None

    def day(self, value: Json, path: str) -> date | None:
        """Return a day written as "2025-01-31"."""
        text = self.text(value, path)
        if text is None:
            return None
        try:
            return day_of(text)
        except ValueError as error:
            self.fail(path, str(error))
            return None

    def word(self, value: Json, path: str, words: type[E]) -> E | None:
        """Return the member of the enum `words` with this value."""
        text = self.text(value, path)
        if text is None:
            return None
        try:
            return words(text)
        except ValueError:
            self.fail(path, f"{text!r} is unknown: use one of {', '.join(words)}")
            return None

    def word_of(self, words: type[E]) -> Callable[[Json, str], E | None]:
        """Return `word` for one enum, as `each` needs it."""
        return lambda value, path: self.word(value, path, words)

    def needed_text(self, fields: dict[str, Json], key: str, path: str) -> str | None:
        """Return the string under `key`, which must be there."""
        return self.text(fields[key], f"{path}.{key}") if self._has(fields, key, path) else None

    def needed_day(self, fields: dict[str, Json], key: str, path: str) -> date | None:
        """Return the day under `key`, which must be there."""
        return self.day(fields[key], f"{path}.{key}") if self._has(fields, key, path) else None

    def needed_flag(self, fields: dict[str, Json], key: str, path: str) -> bool | None:
        """Return the true or false under `key`, which must be there."""
        return self.flag(fields[key], f"{path}.{key}") if self._has(fields, key, path) else None

    def needed_word(self, fields: dict[str, Json], key: str, path: str, words: type[E]) -> E | None:
        """Return the enum member under `key`, which must be there."""
        if not self._has(fields, key, path):
            return None
        return self.word(fields[key], f"{path}.{key}", words)

    def span(self, fields: dict[str, Json], path: str) -> tuple[date | None, date | None]:
        """Return the days under `from` and `to`, both inclusive; `to` may be null or left out."""
        start = self.needed_day(fields, "from", path)
        given = fields.get("to")
        end = None if given is None else self.day(given, f"{path}.to")
        if start is not None and end is not None and end < start:
            self.fail(f"{path}.to", f"{end} is before {start}: swap them or correct one")
        return start, end

    def _has(self, fields: dict[str, Json], key: str, path: str) -> bool:
        if key not in fields:
            self.fail(f"{path}.{key}", "missing: add it")
        return key in fields


def day_of(text: str) -> date:
    """Return the day written as "2025-01-31", of the years 1900 to 2999.

    Raises:
        ValueError: any other form, or a day that the calendar lacks; the message says what to do.

    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or not 1900 <= day.year < 3000:
        raise ValueError(f'{text!r} is no day: write an existing one as "2025-01-31"')
    return day


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _name_of(value: Json) -> str:
    names = {type(None): "null", bool: "true or false", str: "a text", list: "a list"}
    return names.get(type(value), "an object" if isinstance(value, dict) else "a number")


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            raise WireError([Mistake(key, "given twice: keep one of them")])
        found[key] = value
    return found


def _no_constant(name: str) -> Json:
    raise WireError([Mistake("(file)", f"{name} is no JSON: write a number, or leave it out")])
