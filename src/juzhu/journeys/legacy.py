"""Taking over permits issued before this system, from a CSV file.

Columns: id_number, name, phone, issued_on, endorsed_on (several days separated by `;`). A row is
taken whole or refused with its reason; a permit that is already here is left alone, so the same
file can be loaded again after a mistake is mended. Each part of the file commits with the note
that it is done: a load that was killed goes on where it stopped.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from django.db import DatabaseError, transaction

from juzhu import wiring
from juzhu.journeys.legacy_file import Part, check_header, lines_of
from juzhu.journeys.legacy_rows import RefusedRow, Row, read
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.people import services as people
from juzhu.modules.permits import services as permits
from juzhu.modules.permits.contracts import Taking
from juzhu.modules.rounds import queries
from juzhu.modules.rounds import services as rounds
from juzhu.modules.rounds.contracts import Tally

_T = TypeVar("_T")
ROWS_AT_ONCE: Final = 10_000
OVERLAP: Final = "the database refuses it: the permit overlaps another of this person"
_TRIES: Final = 5
_IN_THE_WAY: Final = ("40P01", "40001", "55P03", "23505", "23P01")
"""Deadlock, serialisation, lock time-out; a permit that somebody else took over a moment ago."""


def load(lines: Iterable[str], *, at: datetime) -> Tally:
    """Take over the permits in `lines`, some thousand rows a transaction.

    Raises:
        LegacyFileError: the header is not the five columns.

    """
    rest = iter(lines)
    check_header(next(rest, ""))
    rows, report = read(rest, first_line=2, on=at.date()), Tally()
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        with transaction.atomic():
            report.add(_take_over(batch, at))
    return report


def load_from_city() -> Tally:
    """Take over the sandbox city's older permits; the same as `juzhu load` with the city's file."""
    return load(wiring.legacy_permits().splitlines(), at=wiring.clock().now())


def load_part(*, path: Path, part: Part, load_id: int, at: datetime) -> Tally:
    """Take over one part of a file and note it as done, in one transaction; safe to repeat.

    Another process may have people in common with this one: whoever the database stops tries
    again.

    Raises:
        DatabaseError: the database is away or refuses for another reason; nothing was taken over.

    """
    done = queries.part_done(load_id, part.first_byte)
    if done is not None:
        return done
    rows = list(read(lines_of(path, part), first_line=part.first_line, on=at.date()))

    def once() -> Tally:
        tally = _take_over(rows, at)
        rounds.note_part(
            load_id=load_id,
            first_byte=part.first_byte,
            first_line=part.first_line,
            tally=tally,
            at=at,
        )
        return tally

    return _again_when_stopped(once)


def load_aside(
    *, path: Path, part: Part, lines: Collection[int], load_id: int, at: datetime
) -> Tally:
    """Take over the lines of a part that were set aside (`journeys.legacy_alone`).

    Safe to repeat.

    Raises:
        DatabaseError: as `load_part`.

    """
    done = queries.part_done(load_id, part.first_byte)
    if done is None or not done.aside:
        return Tally()
    text = lines_of(path, part)
    rows = list(read(text, first_line=part.first_line, on=at.date(), only=frozenset(lines)))

    def once() -> Tally:
        tally = _take_over(rows, at)
        rounds.note_aside(load_id=load_id, first_byte=part.first_byte, tally=tally)
        return tally

    return _again_when_stopped(once)


def _again_when_stopped(work: Callable[[], _T]) -> _T:
    for tries_left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return work()
        except DatabaseError as error:
            if not (tries_left and _stopped_for_another(error)):
                raise
            time.sleep(0.1)
    raise AssertionError("unreachable: the last try raises")


def _stopped_for_another(error: DatabaseError) -> bool:
    """Say whether the database stopped us because somebody else was in the way."""
    return getattr(error.__cause__, "sqlstate", None) in _IN_THE_WAY


def _take_over(batch: list[Row | RefusedRow], at: datetime) -> Tally:
    rows = [row for row in batch if isinstance(row, Row)]
    tally = Tally(refused=[(row.line, row.reason) for row in batch if isinstance(row, RefusedRow)])
    if not rows:
        return tally
    holders = people.meet_many([row.person for row in rows], at=at)
    permit_rows = [(who, row.permit) for (who, _), row in zip(holders, rows, strict=True)]
    met = {who for who, is_new in holders if not is_new}
    taken: list[int] = []
    fates = permits.take_over_many(permit_rows, at=at, occasion="legacy", met=met)
    for row, (person_id, _), fate in zip(rows, permit_rows, fates, strict=True):
        match fate:
            case Taking.TAKEN:
                taken.append(person_id)
            case Taking.KNOWN:
                tally.known += 1
            case Taking.OVERLAPS:
                tally.refused.append((row.line, OVERLAP))
    note_in_ledger(taken, at=at)
    tally.taken = len(taken)
    tally.refused.sort()
    return tally


def note_in_ledger(person_ids: Sequence[int], *, at: datetime) -> None:
    """Note in the ledgers of these persons that a permit of theirs was taken over."""
    audit.record_alike(
        person_ids,
        actor="system:legacy-load",
        purpose=Purpose.REGISTER,
        at=at,
        fields=("permit",),
    )
