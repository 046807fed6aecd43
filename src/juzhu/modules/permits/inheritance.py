"""Taking over many permits at once: the law checks each, COPY sends them, the database merges."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from django.db import connection

from juzhu.domain.permit import Action, ActionKind, PermitHistoryError, status_on
from juzhu.modules.permits.contracts import Inherited, Taking
from juzhu.modules.permits.numbers import new_number, new_numbers

_STAGE: Final = """
CREATE TEMPORARY TABLE IF NOT EXISTS permits_inherited (place int, number varchar(18),
    person_id bigint, issued_on date, ends_on date, window_opens date, suspended_from date,
    endorsed_on date[]) ON COMMIT DELETE ROWS
"""
# What overlaps is left out here, not by ON CONFLICT, which searches the exclusion index three times
# and makes the whole a third slower. The constraint still stands guard: a permit that comes up
# meanwhile stops the transaction, which tries again. One of a person at a time, in the order of
# persons, so that two processes with the same people wait, never for ever.
_MERGE: Final = """
WITH fresh AS (
    INSERT INTO permits_permit (number, person_id, issued_on, known_since, ends_on, window_opens,
        suspended_from)
    SELECT DISTINCT ON (person_id)
        number, person_id, issued_on, %(day)s::date, ends_on, window_opens, suspended_from
    FROM permits_inherited s WHERE NOT EXISTS (
        SELECT FROM permits_permit p WHERE p.person_id = s.person_id
        AND daterange(p.issued_on, p.ends_on) && daterange(s.issued_on, s.ends_on))
    ORDER BY person_id, place
    RETURNING id, number
), taken AS (
    SELECT fresh.id, staged.* FROM fresh JOIN permits_inherited staged USING (number)
), acts AS (
    INSERT INTO permits_permitaction (permit_id, kind, effective_on, reason, recorded_at, occasion)
    SELECT id, CASE act_place WHEN 1 THEN %(issued)s ELSE %(endorsed)s END, effective_on, '',
        %(at)s,
        CASE WHEN cardinality(endorsed_on) = 0 THEN %(occasion)s
        ELSE %(occasion)s || '#' || act_place - 1 END
    FROM taken, unnest(issued_on || endorsed_on) WITH ORDINALITY AS act (effective_on, act_place)
    ORDER BY id, act_place
)
SELECT place, id FROM taken
"""
_LEFT: Final = """
SELECT place,
    EXISTS (SELECT FROM permits_permit p WHERE p.person_id = s.person_id
            AND p.issued_on = s.issued_on),
    EXISTS (SELECT FROM permits_permit p WHERE p.person_id = s.person_id
            AND daterange(p.issued_on, p.ends_on) && daterange(s.issued_on, s.ends_on))
FROM permits_inherited s WHERE place = ANY(%s)
"""
TABLES: Final = ("permits_permit", "permits_permitaction")
"""What `fill` writes; a load may take their guards off meanwhile (`rounds.closing`)."""


def prepare(*, issued_on: date, endorsed_on: Iterable[date]) -> Inherited:
    """Return a permit to be taken over with the days its actions add up to.

    Raises:
        ValueError: the days contradict the law (see `domain.permit`).

    """
    actions = [Action(ActionKind.ISSUED, issued_on)]
    actions += [Action(ActionKind.ENDORSED, day) for day in sorted(endorsed_on)]
    status = status_on(actions, max(action.on for action in actions))
    if status is None or status.cancelled_on is None:
        raise PermitHistoryError("A permit's first action must be its issue")
    return Inherited(
        actions=tuple(actions),
        ends_on=status.cancelled_on,
        window_opens=status.window_opens,
        suspended_from=status.suspended_from,
    )


def write(
    permits: Sequence[tuple[int, Inherited]], *, at: datetime, occasion: str
) -> tuple[dict[int, int], list[Taking]]:
    """Return our numbers of those taken over, by their place, and what became of all of them."""
    numbers: dict[int, int] = {}
    found: list[Taking] = [Taking.TAKEN] * len(permits)
    waiting = list(range(len(permits)))
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        while waiting:
            with (
                connection.wrap_database_errors,
                cursor.copy("COPY permits_inherited FROM STDIN") as copy,
            ):
                copy.write("".join(_line(place, *permits[place]) for place in waiting))
            cursor.execute(
                _MERGE,
                {
                    "day": at.date(),
                    "at": at,
                    "occasion": occasion,
                    "issued": ActionKind.ISSUED,
                    "endorsed": ActionKind.ENDORSED,
                },
            )
            numbers |= dict(cursor.fetchall())
            cursor.execute(_LEFT, [[place for place in waiting if place not in numbers]])
            waiting = []
            for place, is_known, overlaps in cursor.fetchall():
                if is_known:
                    found[place] = Taking.KNOWN
                elif overlaps:
                    found[place] = Taking.OVERLAPS
                else:
                    waiting.append(place)  # the person's second
            cursor.execute("DELETE FROM permits_inherited")
    return numbers, found


def fill(permits: Sequence[tuple[int, Inherited]], *, at: datetime, occasion: str) -> None:
    """Write permits of persons who have no other; permit and person have the number given.

    Nobody has asked about these persons yet, so no department is told.

    Raises:
        IntegrityError: a number is taken, a person is not there.

    """
    numbers = new_numbers([permit.actions[0].on for _, permit in permits])
    lines, acts = [], []
    day, behind = at.date().isoformat(), f"\t\t{at}\t{occasion}"
    for (number, it), code in zip(permits, numbers, strict=True):
        first, *others = [action.on.isoformat() for action in it.actions]
        lines.append(
            f"{number}\t{code}\t{number}\t{first}\t{day}\t{it.ends_on.isoformat()}"
            f"\t{it.window_opens.isoformat()}\t{it.suspended_from.isoformat()}\n"
        )
        acts.append(f"{number}\t{_ISSUED}\t{first}{behind}{'#0' if others else ''}\n")
        for place, on in enumerate(others, start=1):
            acts.append(f"{number}\t{_ENDORSED}\t{on}{behind}#{place}\n")
    with connection.cursor() as cursor:
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY permits_permit ({_COLUMNS}) FROM STDIN") as copy,
        ):
            copy.write("".join(lines))
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY permits_permitaction ({_ACT_COLUMNS}) FROM STDIN") as copy,
        ):
            copy.write("".join(acts))


def number_anew() -> int:
    """Give permits another code whose code an earlier one has, too; return how many.

    Codes are drawn by chance, so among millions two may be alike. For a register that stands
    without its guards: nobody has read a code of it yet. Reads all of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SAME_NUMBER)
        doubled = cursor.fetchall()
        numbers = new_numbers([issued_on for _, issued_on in doubled])
        for (permit_id, _), number in zip(doubled, numbers, strict=True):
            cursor.execute(
                "UPDATE permits_permit SET number = %s WHERE id = %s", [number, permit_id]
            )
    return len(doubled)


def contradicting() -> list[int]:
    """Return holders of permits that the register cannot hold: overlapping, or of nobody.

    For a register that stands without its guards; reads all of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONTRADICTING)
        return [number for (number,) in cursor.fetchall()]


def take_out(holders: Sequence[int]) -> None:
    """Delete permits that `fill` wrote, with their acts, before anybody else can know of them.

    Acts and permits are never deleted otherwise, so their triggers rest, in this transaction alone,
    for which both tables are locked.
    """
    tables = ("permits_permitaction", "permits_permit")
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # what is pending forbids the next statement
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "DELETE FROM permits_permitaction WHERE permit_id IN"
            " (SELECT id FROM permits_permit WHERE person_id = ANY(%s))",
            [list(holders)],
        )
        cursor.execute("DELETE FROM permits_permit WHERE person_id = ANY(%s)", [list(holders)])
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


_SAME_NUMBER: Final = """
SELECT id, issued_on FROM (
    SELECT id, issued_on, row_number() OVER (PARTITION BY number ORDER BY id) AS place
    FROM permits_permit
) AS numbered WHERE place > 1
"""
_CONTRADICTING: Final = """
SELECT later.person_id FROM permits_permit earlier JOIN permits_permit later
    ON later.person_id = earlier.person_id AND later.id > earlier.id
    AND daterange(later.issued_on, later.ends_on) && daterange(earlier.issued_on, earlier.ends_on)
UNION
SELECT person_id FROM permits_permit permit
WHERE NOT EXISTS (SELECT FROM people_person WHERE id = permit.person_id)
UNION
SELECT person_id FROM permits_permit WHERE id IN (
    SELECT permit_id FROM permits_permitaction WHERE occasion <> ''
    GROUP BY permit_id, kind, occasion HAVING count(*) > 1
)
"""

_COLUMNS: Final = (
    "id, number, person_id, issued_on, known_since, ends_on, window_opens, suspended_from"
)
_ACT_COLUMNS: Final = "permit_id, kind, effective_on, reason, recorded_at, occasion"
_ISSUED, _ENDORSED = ActionKind.ISSUED.value, ActionKind.ENDORSED.value


def _line(place: int, person_id: int, it: Inherited) -> str:
    first, *others = (action.on for action in it.actions)
    endorsed = ",".join(map(str, others))
    return (
        f"{place}\t{new_number(first)}\t{person_id}\t{first}\t{it.ends_on}"
        f"\t{it.window_opens}\t{it.suspended_from}\t{{{endorsed}}}\n"
    )
