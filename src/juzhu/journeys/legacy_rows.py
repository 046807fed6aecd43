"""Rows of a legacy register: read, checked against the rules, refused with what to mend."""

import csv
from collections.abc import Container, Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from juzhu.domain.identity import NumberError, normalise_name, parse_id_number, parse_mobile
from juzhu.modules.people.contracts import NewPerson
from juzhu.modules.permits.contracts import Inherited
from juzhu.modules.permits.inheritance import prepare

COLUMNS: Final = ("id_number", "name", "phone", "issued_on", "endorsed_on")


class Row(NamedTuple):
    """A sound row of the file.

    Attributes:
        line: on which it ends.
        person: whose permit.
        permit: to be taken over.
        plain: it is one line, which begins with the number as it is kept.

    """

    line: int
    person: NewPerson
    permit: Inherited
    plain: bool


class RefusedRow(NamedTuple):
    """A row that cannot be taken over: its line in the file, and what to mend. No identifier."""

    line: int
    reason: str


def read(
    lines: Iterable[str], *, first_line: int, on: date, only: Container[int] | None = None
) -> Iterator[Row | RefusedRow]:
    """Yield each row of `lines`, checked; empty lines are passed over.

    Args:
        lines: without the header.
        first_line: place in the file of the first of them.
        on: no day and no birth may lie after it.
        only: the lines on which the wanted rows end; None for all.

    """
    reader, before = csv.reader(lines), first_line - 1
    line = before
    while True:
        begins_behind = line
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = before + reader.line_num
            if only is None:
                yield RefusedRow(line, f"the row cannot be read: {error}")
            continue
        line = before + reader.line_num
        if not fields or (only is not None and line not in only):
            continue
        try:
            person, permit = _checked(fields, on)
            plain = line == begins_behind + 1 and fields[0].upper() == person.id_number
            yield Row(line, person, permit, plain)
        except ValueError as error:
            yield RefusedRow(line, str(error))


def _checked(fields: list[str], on: date) -> tuple[NewPerson, Inherited]:
    """Return person and permit of a row; raise ValueError that names the column and the fix."""
    if len(fields) != len(COLUMNS):
        raise ValueError(f"the row must have {len(COLUMNS)} columns")
    given_number, given_name, given_phone, issued, endorsed = map(str.strip, fields)
    try:
        id_number = parse_id_number(given_number, on=on).number
    except NumberError as error:
        raise ValueError(f"id_number: {error}") from error
    try:
        phone = parse_mobile(given_phone) if given_phone else None
    except NumberError as error:
        raise ValueError(f"phone: {error}") from error
    name = normalise_name(given_name)
    if not name:
        raise ValueError("name: it is empty")
    issued_on = _day(issued, "issued_on")
    if issued_on > on:
        raise ValueError(f"issued_on: {issued_on} lies after today")
    endorsed_on = [_day(part, "endorsed_on") for part in endorsed.split(";") if part]
    if endorsed_on and max(endorsed_on) > on:
        raise ValueError("endorsed_on: a day lies after today")
    permit = prepare(issued_on=issued_on, endorsed_on=endorsed_on)
    return NewPerson(id_number, name, phone), permit


def _day(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{column}: write the day as 2026-01-31") from error
