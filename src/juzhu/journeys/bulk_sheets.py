"""Sheets by the hundred for a counter or a school, from a CSV file, each order answered by itself.

Columns: number (of a permit, or of an earlier sheet), purpose (as printed), occasion (the legal
one, kept in the holder's ledger). Orders are taken in portions: the registers are asked side by
side, then each sheet is made in the one-pass lane and kept in a transaction of its own. The same
order on the same day is the same sheet, so a file can be run again after some rows were mended.
"""

import csv
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import Final

from juzhu import wiring
from juzhu.domain.sheet import MOST_PURPOSE, read_purpose
from juzhu.journeys.sheet_content import Gathered, NotReadyError, compose, gather
from juzhu.journeys.sheets import finish
from juzhu.modules.people import queries as people
from juzhu.modules.people.contracts import PersonView
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import Hold, SheetState, SheetView
from juzhu.modules.staff import queries as staff
from juzhu.modules.staff.contracts import Role
from juzhu.ports.sheets import SealUnavailableError

COLUMNS: Final = ("number", "purpose", "occasion")
MOST_OCCASION: Final = 100
PORTION: Final = 40
"""So many orders are under way at once."""

_ASKED_AT_ONCE: Final = 8
_MAY_ORDER: Final = {Role.OFFICER, Role.SUPERVISOR}


class BulkFileError(ValueError):
    """The file as a whole cannot be read, or its orderer may not order; nothing was made."""


class Outcome(StrEnum):
    """What became of one order."""

    MADE = "made"
    WAITING = "waiting"  # something is silent: it follows by itself, run the file again to fetch it
    HELD = "held"  # an officer looks at it first
    REFUSED = "refused"  # the row is wrong, or there is nothing to make


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one row; no identifier of a person but the sheet's own.

    Attributes:
        line: of the file.
        sheet: its number, "" when refused.
        pdf: the sealed file as the register keeps it, None unless made.
        reason: why it was refused, waits or is held.

    """

    line: int
    outcome: Outcome
    sheet: str = ""
    pdf: bytes | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Order:
    line: int
    sheet: SheetView
    person: PersonView
    permit: PermitView


def run(lines: Iterable[str], *, by: str) -> Iterator[Answer]:
    """Yield the answer to every row of `lines`, in order.

    Args:
        lines: of the CSV file.
        by: staff number of who orders: an officer or a supervisor.

    Raises:
        BulkFileError: the header is not the three columns, or `by` may not order.

    """
    if staff.role_of(by) not in _MAY_ORDER:
        raise BulkFileError(f"{by} is no open account of an officer or a supervisor.")
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise BulkFileError(f"The first line must be: {','.join(COLUMNS)}")
    numbered = ((reader.line_num, row) for row in reader)
    with ThreadPoolExecutor(_ASKED_AT_ONCE, thread_name_prefix="juzhu-registers") as threads:
        while portion := list(islice(numbered, PORTION)):
            yield from _portion(portion, by, threads)


def _portion(
    rows: list[tuple[int, dict[str | None, str | None]]], by: str, threads: ThreadPoolExecutor
) -> Iterator[Answer]:
    at = wiring.clock().now()
    taken = [_taken(line, row, by, at) for line, row in rows]
    asked = {
        order.line: threads.submit(gather, order.person, at)
        for order in taken
        if isinstance(order, _Order) and order.sheet.state is SheetState.ASKED
    }
    for order in taken:
        if isinstance(order, Answer):
            yield order
            continue
        try:
            if order.line in asked:
                _make(order, asked[order.line].result(), at)
        except NotReadyError as error:
            yield Answer(order.line, Outcome.WAITING, order.sheet.number, reason=str(error))
        else:
            yield _answered(order)


def _taken(line: int, row: dict[str | None, str | None], by: str, at: datetime) -> _Order | Answer:
    """Note the order of one row, or say why not."""
    try:
        number, purpose, occasion = _parsed(row)
        person_id = permits.holder_of(number) or sheets.holder_of(number)
        permit = None if person_id is None else permits.permit_of(person_id, at.date())
        if person_id is None or permit is None:
            raise ValueError("number: no permit and no sheet has it")
    except ValueError as error:
        return Answer(line, Outcome.REFUSED, reason=str(error))
    sheet_id = sheet_services.ask(
        person_id=person_id,
        permit_id=permit.id,
        purpose=purpose,
        key=_key(permit.number, purpose, occasion, at),
        at=at,
        asked_by=f"officer:{by}",
        basis=occasion,
    )
    return _Order(line, sheets.sheet_by_id(sheet_id), people.person(person_id), permit)


def _parsed(row: dict[str | None, str | None]) -> tuple[str, str, str]:
    if None in row or None in row.values():
        raise ValueError(f"the row must have {len(COLUMNS)} columns")
    text = {str(name): str(value).strip() for name, value in row.items()}
    purpose = read_purpose(text["purpose"])
    if not 1 <= len(purpose) <= MOST_PURPOSE:
        raise ValueError(f"purpose: write 1 to {MOST_PURPOSE} characters")
    if strange := _unprintable(purpose):
        raise ValueError(f"purpose: {strange} cannot be printed")
    if not 1 <= len(text["occasion"]) <= MOST_OCCASION:
        raise ValueError(f"occasion: name the legal occasion in 1 to {MOST_OCCASION} characters")
    return text["number"].upper(), purpose, text["occasion"]


def _unprintable(purpose: str) -> str:
    try:
        strange = wiring.sheet_pages().unprintable(purpose)
    except SealUnavailableError:  # told row by row, when the sheets are made
        return ""
    return " ".join(f"U+{ord(character):04X}" for character in strange)


def _key(permit: str, purpose: str, occasion: str, at: datetime) -> str:
    named = "|".join((permit, purpose, occasion, at.date().isoformat()))
    return "bulk-" + sha256(named.encode()).hexdigest()[:48]


def _make(order: _Order, found: Gathered, at: datetime) -> None:
    try:
        making = wiring.sheet_maker().make
    except SealUnavailableError as error:
        raise NotReadyError(str(error)) from error
    content = compose(order.sheet, order.person, order.permit, found, at)
    finish(order.sheet.id, content, at=at, making=making)


def _answered(order: _Order) -> Answer:
    """Read back what the register keeps: a job may have been quicker by a moment."""
    sheet = sheets.sheet_by_id(order.sheet.id)
    if sheet.state is SheetState.HELD:
        return Answer(order.line, Outcome.HELD, sheet.number, reason=_why_held(sheet))
    pdf = sheets.file_of(sheet.person_id, sheet.number)
    if pdf is None:
        return Answer(order.line, Outcome.REFUSED, sheet.number, reason="withdrawn by its holder")
    return Answer(order.line, Outcome.MADE, sheet.number, pdf)


def _why_held(sheet: SheetView) -> str:
    if sheet.hold is Hold.PHOTO:
        return "the photograph held cannot be read"
    shown = " ".join(f"U+{ord(character):04X}" for character in sheet.held_for)
    return f"no font has {shown}"
