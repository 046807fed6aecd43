"""Taking over permits issued before this system, from a CSV file.

Columns: id_number, name, phone, issued_on, endorsed_on (several days separated by `;`). A row is
taken whole or refused with its reason; a person who already has a permit here is left alone, so
the same file can be loaded again after a mistake is mended.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from juzhu import wiring
from juzhu.domain.identity import NumberError, normalise_name, parse_id_number, parse_mobile
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.people import services as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services

COLUMNS: Final = ("id_number", "name", "phone", "issued_on", "endorsed_on")


class LegacyFileError(ValueError):
    """The file as a whole cannot be read; nothing was loaded."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not loaded: its line in the file, and what to mend. No identifier."""

    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What became of the rows."""

    loaded: int = 0
    known: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    id_number: str
    name: str
    phone: str | None
    issued_on: date
    endorsed_on: tuple[date, ...]


def load(lines: Iterable[str], *, at: datetime) -> Report:
    """Take over the permits in `lines`, row by row, each in its own transaction.

    Raises:
        LegacyFileError: the header is not the five columns.

    """
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise LegacyFileError(f"The first line must be: {','.join(COLUMNS)}")
    report = Report()
    for raw in reader:
        try:
            row = _parse(raw, at.date())
            if _take_over(row, at):
                report.loaded += 1
            else:
                report.known += 1
        except IntegrityError:
            report.refused.append(
                RefusedRow(reader.line_num, "the database refuses it: the permit overlaps another")
            )
        except ValueError as error:
            report.refused.append(RefusedRow(reader.line_num, str(error)))
    return report


def load_from_city() -> Report:
    """Take over the sandbox city's older permits; the same as `juzhu load` with the city's file."""
    return load(wiring.legacy_permits().splitlines(), at=wiring.clock().now())


@transaction.atomic
def _take_over(row: _Row, at: datetime) -> bool:
    person_id = people.meet(id_number=row.id_number, name=row.name, at=at)
    if permits.permit_of(person_id, at.date()) is not None:
        return False
    if row.phone:
        people.reserve_phone(person_id=person_id, phone=row.phone)
    permit_services.take_over(
        person_id=person_id,
        issued_on=row.issued_on,
        endorsed_on=row.endorsed_on,
        at=at,
        occasion="legacy",
    )
    audit.record(
        person_id=person_id,
        actor="system:legacy-load",
        purpose=Purpose.REGISTER,
        at=at,
        fields=("permit",),
    )
    return True


def _parse(raw: dict[str | None, str | None], on: date) -> _Row:
    """Read one row; raise ValueError that names the column and the fix."""
    if None in raw or None in raw.values():
        raise ValueError(f"the row must have {len(COLUMNS)} columns")
    text = {str(name): str(value).strip() for name, value in raw.items()}
    try:
        id_number = parse_id_number(text["id_number"], on=on).number
    except NumberError as error:
        raise ValueError(f"id_number: {error}") from error
    try:
        phone = parse_mobile(text["phone"]) if text["phone"] else None
    except NumberError as error:
        raise ValueError(f"phone: {error}") from error
    name = normalise_name(text["name"])
    if not name:
        raise ValueError("name: it is empty")
    issued_on = _day(text["issued_on"], "issued_on")
    if issued_on > on:
        raise ValueError(f"issued_on: {issued_on} lies after today")
    days = [part for part in text["endorsed_on"].split(";") if part]
    endorsed_on = tuple(_day(part, "endorsed_on") for part in days)
    if any(day > on for day in endorsed_on):
        raise ValueError("endorsed_on: a day lies after today")
    return _Row(id_number, name, phone, issued_on, endorsed_on)


def _day(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{column}: write the day as 2026-01-31") from error
