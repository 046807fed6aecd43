"""Taking a legacy register over into an empty one, alone and fast.

The tables are closed to everybody else and do without their guards (`rounds.closing`) while parts
are sent by COPY straight into them. So no row may need a guard: one whose person is not certainly
the first of the file with that number is set aside. When all parts are in, the guards are built,
the tables opened, and what was set aside is taken over in the ordinary way (`legacy.load_aside`).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

import structlog
from django.db import IntegrityError, connection, transaction

from juzhu.journeys.legacy import note_in_ledger
from juzhu.journeys.legacy_file import Part, lines_of
from juzhu.journeys.legacy_rows import RefusedRow, read
from juzhu.modules.people import newcomers
from juzhu.modules.permits import inheritance
from juzhu.modules.rounds import closing, queries
from juzhu.modules.rounds import services as rounds
from juzhu.modules.rounds.contracts import ClosingView, Guard, Tally

log = structlog.get_logger()

LEAST_LINES: Final = 50_000
"""With fewer, building the guards takes longer than having them."""
_TRIES: Final = 3
TABLES: Final = (*newcomers.TABLES, *inheritance.TABLES)


def close(*, load_id: int, lines: int, at: datetime) -> ClosingView | None:
    """Close the register for a file of so many lines; None when it is not empty, or not ours."""
    if lines < LEAST_LINES:
        return None
    return closing.close(load_id, tables=TABLES, rows=lines, at=at)


def fill_part(*, path: Path, part: Part, register: ClosingView, at: datetime) -> Tally:
    """Take over one part of a file, but for rows set aside, and note it, in one transaction.

    Safe to repeat.

    Raises:
        Closing.DoesNotExist: the register is open again.
        DatabaseError: the database is away; nothing was taken over.

    """
    done = queries.part_done(register.load_id, part.first_byte)
    if done is not None:
        return done
    doubtful, after = frozenset(part.doubtful), register.after_id
    tally, rows = Tally(), []
    for row in read(lines_of(path, part), first_line=part.first_line, on=at.date()):
        if isinstance(row, RefusedRow):
            tally.refused.append((row.line, row.reason))
        elif row.plain and row.line not in doubtful:
            rows.append(row)
        else:
            tally.aside.append(row.line)
    tally.taken = len(rows)
    with transaction.atomic():
        closing.enter(register.load_id)
        newcomers.fill([(after + row.line, row.person) for row in rows], at=at)
        inheritance.fill([(after + row.line, row.permit) for row in rows], at=at, occasion="legacy")
        note_in_ledger([after + row.line for row in rows], at=at)
        rounds.note_part(
            load_id=register.load_id,
            first_byte=part.first_byte,
            first_line=part.first_line,
            tally=tally,
            at=at,
        )
    return tally


def open_again(register: ClosingView, *, processes: int, at: datetime) -> Iterator[str]:
    """Build the guards, table beside table, and open the register; yield what is being done.

    A row that contradicts a guard is set aside like a doubtful one, to be taken over, or refused
    with its reason, once the register is open; of two permits whose codes are alike, the later gets
    another.

    Raises:
        IntegrityError: a guard is contradicted by nothing that can be set aside; the register stays
            closed.

    """
    for tries_left in reversed(range(_TRIES)):
        try:
            yield from _build_all(register, processes=processes)
            break
        except IntegrityError as error:
            log.warning("legacy.guard_contradicted", error=str(error.__cause__).splitlines()[0])
            yield "setting rows aside that contradict each other"
            if not (_set_aside(register) and tries_left):
                raise
    closing.open_again(register, at=at)


def _set_aside(register: ClosingView) -> int:
    """Take out, or number anew, what contradicts a guard; return how many rows."""
    with transaction.atomic():
        closing.enter(register.load_id)
        closing.unhurried()
        renumbered = inheritance.number_anew()
        wrong = sorted({*newcomers.doubled(), *inheritance.contradicting()})
        inheritance.take_out(wrong)
        newcomers.take_out(wrong)
        lines = [number - register.after_id for number in wrong]
        rounds.put_aside(load_id=register.load_id, lines=lines)
    log.warning("legacy.set_aside", rows=len(wrong), renumbered=renumbered)
    return renumbered + len(wrong)


def _build_all(register: ClosingView, *, processes: int) -> Iterator[str]:
    missing = closing.missing(register)
    own = [guard for guard in missing if not guard.is_foreign_key]
    yield f"building {len(own)} indexes"
    with ThreadPoolExecutor(processes) as pool:
        by_table = sorted(own, key=_by_work)
        for _ in pool.map(_build, [[*group] for _, group in groupby(by_table, key=_by_work)]):
            pass
    yield "checking references"
    for guard in closing.missing(register):
        closing.build(guard)


def _by_work(guard: Guard) -> int:
    """Say which table's guards take longest; they begin first."""
    return -TABLES.index(guard.table)


def _build(guards: list[Guard]) -> None:
    try:
        for guard in guards:
            closing.build(guard)
    finally:
        connection.close()  # this thread's own
