"""Closing tables to everybody but one load, which fills them without their guards.

An index built over all rows costs a third of one that grows row by row. The guards (indexes,
constraints, foreign keys) are written down and taken off, and the tables closed to all other
writers, in one transaction, and only while they are empty. Afterwards each guard is built again,
which is when the database checks it over all rows; the last step opens the tables. Killed anywhere
between, the tables stay closed, and whoever comes next knows what is missing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from juzhu.modules.rounds.contracts import ClosingView, Guard
from juzhu.modules.rounds.models import Closing

_GUARDS: Final = """
SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text,
    CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid) ELSE
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', i.indrelid::regclass, c.conname,
            pg_get_constraintdef(c.oid)) END,
    CASE WHEN c.oid IS NULL THEN 'INDEX' ELSE 'CONSTRAINT' END, false
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'x')
WHERE i.indrelid = ANY(%(tables)s::regclass[]) AND NOT i.indisprimary
UNION ALL
SELECT conname, conrelid::regclass::text, format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
    conrelid::regclass, conname, pg_get_constraintdef(oid)), 'CONSTRAINT', true
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%(tables)s::regclass[])
ORDER BY 1
"""
_STANDING: Final = """
SELECT relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
WHERE i.indisvalid AND i.indrelid = ANY(%(tables)s::regclass[])
UNION ALL
SELECT conname FROM pg_constraint
WHERE contype = 'f' AND convalidated AND conrelid = ANY(%(tables)s::regclass[])
"""
_MINE: Final = """
SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid = ANY(%s::regclass[])
"""
_TRIGGER: Final = """
CREATE TRIGGER rounds_closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION rounds_refuse_others('{load_id}')
"""


def close(load_id: int, *, tables: Sequence[str], rows: int, at: datetime) -> ClosingView | None:
    """Close `tables` to all but this load and take their guards off.

    None, and nothing is changed, when one of them holds a row or belongs to another role.

    Args:
        load_id: our number of the file.
        tables: the names of tables with a number `id` as primary key, which stays.
        rows: how many numbers of each table are set aside for the load.
        at: now.

    Raises:
        OperationalError: somebody did not let go of a table in time; nothing is changed.

    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MINE, [list(tables)])
        if not cursor.fetchone()[0]:
            return None
        _be_patient(cursor, lock_seconds=10)
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        for table in tables:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 - our own names
            if cursor.fetchone()[0]:
                return None
        cursor.execute(_GUARDS, {"tables": list(tables)})
        guards = [Guard(*row) for row in cursor.fetchall()]
        for guard in sorted(guards, key=lambda it: not it.is_foreign_key):
            cursor.execute(_without(guard))
        for table in tables:
            cursor.execute(_TRIGGER.format(table=table, load_id=int(load_id)))
        closing = Closing.objects.create(
            load_id=load_id,
            after_id=_set_aside(cursor, tables, rows),
            tables=list(tables),
            guards=[guard._asdict() for guard in guards],
            closed_at=at,
        )
    return _view(closing)


def closed() -> ClosingView | None:
    """Return by whom tables are closed now, if they are."""
    found = Closing.objects.filter(opened_at__isnull=True).first()
    return None if found is None else _view(found)


def enter(load_id: int) -> None:
    """Let the transaction write the tables that this load has closed, and keep them closed.

    Raises:
        Closing.DoesNotExist: they are open again.

    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('juzhu.load', load_id::text, true) FROM rounds_closing"
            " WHERE load_id = %s AND opened_at IS NULL FOR SHARE",
            [load_id],
        )
        if cursor.fetchone() is None:
            raise Closing.DoesNotExist


def unhurried() -> None:
    """Set no limit to the statements of this transaction: they read tables without indexes."""
    with connection.cursor() as cursor:
        _be_patient(cursor, lock_seconds=0)


def missing(closing: ClosingView) -> list[Guard]:
    """Return the guards that do not stand yet; foreign keys last."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"tables": list(closing.tables)})
        standing = {name for (name,) in cursor.fetchall()}
    waiting = [guard for guard in closing.guards if guard.name not in standing]
    return sorted(waiting, key=lambda guard: guard.is_foreign_key)


def build(guard: Guard) -> None:
    """Build one guard; the database checks it over all rows.

    Raises:
        IntegrityError: a row contradicts it; the tables stay closed.

    """
    with transaction.atomic(), connection.cursor() as cursor:
        _be_patient(cursor, lock_seconds=0)
        cursor.execute(guard.definition)


def open_again(closing: ClosingView, *, at: datetime) -> None:
    """Open the tables to everybody; every guard must stand.

    Raises:
        RuntimeError: one does not.

    """
    with transaction.atomic(), connection.cursor() as cursor:
        row = Closing.objects.select_for_update(of=("self",)).get(load_id=closing.load_id)
        if row.opened_at is not None:
            return
        left = missing(closing)
        if left:
            raise RuntimeError(f"not built yet: {', '.join(guard.name for guard in left)}")
        _be_patient(cursor, lock_seconds=0)
        for table in closing.tables:
            cursor.execute(f"DROP TRIGGER rounds_closed ON {table}")
        row.opened_at = at
        row.save(update_fields=("opened_at",))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(closing.tables)}")


def _without(guard: Guard) -> str:
    if guard.kind == "INDEX":
        return f"DROP INDEX {guard.name}"
    return f"ALTER TABLE {guard.table} DROP CONSTRAINT {guard.name}"


def _set_aside(cursor: Any, tables: Sequence[str], rows: int) -> int:
    """Take `rows` numbers behind the same one from the sequence of each table; return that one."""
    cursor.execute(
        "SELECT max(nextval(pg_get_serial_sequence(t, 'id'))) FROM unnest(%s::text[]) t",
        [list(tables)],
    )
    after = int(cursor.fetchone()[0])
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence(t, 'id'), %s) FROM unnest(%s::text[]) t",
        [after + rows, list(tables)],
    )
    return after


def _be_patient(cursor: Any, *, lock_seconds: int) -> None:
    """Set no limit to a statement, and this one to a wait for a lock; 0 is none."""
    cursor.execute(f"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{lock_seconds}s'")


def _view(row: Closing) -> ClosingView:
    return ClosingView(
        load_id=row.load_id,
        after_id=row.after_id,
        tables=tuple(row.tables),
        guards=tuple(Guard(**guard) for guard in row.guards),
        closed_at=row.closed_at,
    )
