"""A register of any size: persons who can be looked up by number, permits in every state.

    from bench import register
    register.fill(1_000_000, on=date(2026, 11, 24))     # into the empty tables of Django's database
    register.id_number(17), register.name(17), register.phone(17)   # of person and permit 17

Digests and sealed fields are made with the deployment's own keys, so every look-up works. Persons
are made in Python by as many processes as there are processors, permits and their actions in the
database. Indexes are dropped first and built again: the tables must be empty.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from multiprocessing import get_context
from typing import Any, Final

import psycopg

from bench.lives import Life, draw_lives
from juzhu.modules.vault.keys import KeyRing

TABLES: Final = ("people_person", "permits_permit", "permits_permitaction")
LIVES: Final = 20_000
KNOWN_DAYS: Final = 730
"""The register is two years old: earlier actions were taken over when it began.

Departments have been told of all that the calendar brought until the day before.
"""

_SMALL: Final = 50_000
_REGIONS: Final = (
    *("430102", "420106", "360102", "441302", "450102", "510104", "340102", "410102", "610102"),
    *("520102", "350102", "330102", "320102", "370102", "130102", "500103", "530102", "460105"),
)
_FIRST_BIRTH: Final = date(1962, 1, 1)
_BIRTHS: Final = 16_000
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彩春菊兰凤洁梅琳素"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: permits, seconds it took, bytes on disk that the tables and indexes take."""

    permits: int
    actions: int
    seconds: float
    index_seconds: float
    disk_bytes: int

    def __str__(self) -> str:
        return (
            f"{self.permits:,} permits with {self.actions:,} actions in {self.seconds:,.0f} s "
            f"(indexes {self.index_seconds:,.0f} s of it), {self.disk_bytes / 1e9:,.2f} GB"
        )


def id_number(i: int) -> str:
    """Return the citizen number of person `i`, 1 to 286 million: all differ."""
    rest, sequence = divmod(i, 994)
    region, birth = divmod(rest * 7919 % (_BIRTHS * len(_REGIONS)), _BIRTHS)
    day = _FIRST_BIRTH + timedelta(days=birth)
    body = f"{_REGIONS[region]}{day:%Y%m%d}{sequence + 1:03d}"
    return body + _CHECKS[sum(w * int(c) for w, c in zip(_WEIGHTS, body, strict=True)) % 11]


def name(i: int) -> str:
    """Return the name of person `i`; many share one."""
    size = len(_GIVEN)
    return _SURNAMES[i % len(_SURNAMES)] + _GIVEN[i // 30 % size] + _GIVEN[i // 30 // size % size]


def phone(i: int) -> str:
    """Return the mobile number of person `i`; no two of the first hundred million share one."""
    return f"138{i * 61_803_399 % 10**8:08d}"


def permit_number(i: int, issued_year: int) -> str:
    """Return the e-licence code of permit `i`."""
    return f"440300{issued_year}{i:08X}"


def fill(
    permits: int, *, on: date, busy: float = 0.0, seed: str = "register", processes: int = 0
) -> Filled:
    """Fill Django's database with `permits` persons and a permit each; person and permit `i` match.

    Args:
        permits: how many; ids are 1 to `permits`.
        on: the day as of which lives are drawn.
        busy: share of the permits that have a reminder, a lapse or an end due on `on` exactly,
            besides those that have it by chance (about one in two hundred).
        seed: the same seed makes the same register.
        processes: how many make persons side by side; as many as there are processors by default.

    """
    from django.db import connection

    from juzhu.modules.vault.ring import ring

    target, started = conninfo(connection.settings_dict), time.perf_counter()
    lives = draw_lives(min(permits, LIVES), on=on, busy=busy, seed=seed)
    with psycopg.connect(**target, autocommit=True) as main:
        if main.execute("SELECT 1 FROM people_person LIMIT 1").fetchone():
            raise RuntimeError("the register is not empty")
        _write_lives(main, lives, on)
        with _without_indexes(main) as indexes:
            ranges = list(_ranges(permits, 1 if permits < _SMALL else 20))
            _spread(target, ranges, _keys(ring()), processes or os.cpu_count() or 1)
            _be_quick(main)
            main.execute(_RECENT_ACTIONS, {"low": 1, "high": permits, "old": False})
            _set_sequences(main, permits)
        for table in TABLES:
            main.execute(f"VACUUM (ANALYZE) {table}")
        main.execute("DROP TABLE bench_life, bench_life_action")
        actions = main.execute("SELECT count(*) FROM permits_permitaction").fetchone()
        sizes = main.execute(
            "SELECT sum(pg_total_relation_size(name::regclass))::bigint"
            " FROM unnest(%s::text[]) name",
            [list(TABLES)],
        ).fetchone()
    return Filled(permits, actions[0], time.perf_counter() - started, indexes.seconds, sizes[0])


def conninfo(given: dict[str, Any]) -> dict[str, Any]:
    """Return psycopg's words for Django's database `given`."""
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    found = {ours: given[django] for ours, django in names.items() if given[django]}
    return found | ({"port": given["PORT"]} if given["PORT"] else {})


def _ranges(permits: int, parts: int) -> Iterator[tuple[int, int]]:
    edges = [permits * n // parts for n in range(parts + 1)]
    for low, high in pairwise(edges):
        yield low + 1, high


# --- persons -------------------------------------------------------------------------------------

_Keys = tuple[str, bytes, bytes]
"""Name and bytes of the current key, and the digest key: what a process needs to seal."""


def _keys(ring: KeyRing) -> _Keys:
    from django.conf import settings

    return ring.current, settings.JUZHU.vault_keys.encryption[ring.current], ring.digest_key


def _spread(
    target: dict[str, Any], ranges: list[tuple[int, int]], keys: _Keys, processes: int
) -> None:
    if len(ranges) == 1 or processes == 1:
        for low, high in ranges:
            _write_range(target, low, high, keys)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_write_range, target, low, high, keys) for low, high in ranges]
        for job in jobs:
            job.result()


def _write_range(target: dict[str, Any], low: int, high: int, keys: _Keys) -> None:
    current, key, digest = keys
    ring = KeyRing.of(current=current, encryption={current: key}, digest=digest)
    with psycopg.connect(**target) as link, link.cursor() as cursor:
        _be_quick(link)
        columns = "id, id_digest, id_number, name, phone, phone_digest, created_at"
        with cursor.copy(f"COPY people_person ({columns}) FROM STDIN") as copy:
            for i in range(low, high + 1):
                copy.write(_person_line(i, ring))
        cursor.execute(_PERMITS, {"low": low, "high": high})
        cursor.execute(_OLD_ACTIONS, {"low": low, "high": high, "old": True})


def _person_line(i: int, ring: KeyRing) -> str:
    number, mobile = id_number(i), phone(i)
    fields = (
        ring.digest(number, label="id_number"),
        ring.seal(number, label="people_person.id_number"),
        ring.seal(name(i), label="people_person.name"),
        ring.seal(mobile, label="people_person.phone"),
        ring.digest(mobile, label="phone"),
    )
    return f"{i}\t" + "\t".join(f"\\\\x{it.hex()}" for it in fields) + "\t2024-11-24 12:00:00+08\n"


# --- permits and actions -------------------------------------------------------------------------


def _write_lives(main: psycopg.Connection, lives: list[Life], on: date) -> None:
    known = on - timedelta(days=KNOWN_DAYS)
    main.execute(
        "DROP TABLE IF EXISTS bench_life, bench_life_action;"
        "CREATE UNLOGGED TABLE bench_life (n int PRIMARY KEY, issued_on date, known_since date,"
        " ends_on date, window_opens date, suspended_from date, told_through date);"
        "CREATE UNLOGGED TABLE bench_life_action (n int, kind text, effective_on date,"
        " recorded_at timestamptz, occasion text, old bool)"
    )
    with main.cursor() as cursor:
        with cursor.copy("COPY bench_life FROM STDIN") as copy:
            for n, it in enumerate(lives):
                since = max(known, it.issued_on)
                days = (it.issued_on, since, it.ends_on, it.window_opens, it.suspended_from)
                copy.write_row((n, *days, max(since, on - timedelta(days=1))))
        with cursor.copy("COPY bench_life_action FROM STDIN") as copy:
            for n, it in enumerate(lives):
                for place, action in enumerate(it.actions):
                    old = action.on <= known
                    at = f"{max(action.on, known)} 12:00:00+08"
                    occasion = f"legacy#{place}" if old else f"B{n}-{place}"
                    copy.write_row((n, action.kind, action.on, at, occasion, old))
    main.execute("ANALYZE bench_life, bench_life_action")


_PERMITS: Final = """
INSERT INTO permits_permit
    (id, number, person_id, issued_on, known_since, ends_on, window_opens, suspended_from,
     told_through)
SELECT i, '440300' || extract(year FROM issued_on)::int || lpad(upper(to_hex(i)), 8, '0'), i,
    issued_on, known_since, ends_on, window_opens, suspended_from, told_through
FROM generate_series(%(low)s::int, %(high)s::int) i
JOIN bench_life ON n = i %% (SELECT count(*)::int FROM bench_life) ORDER BY i
"""
_ACTIONS: Final = """
INSERT INTO permits_permitaction (permit_id, kind, effective_on, reason, recorded_at, occasion)
SELECT i, kind, effective_on, '', recorded_at, occasion
FROM generate_series(%(low)s::int, %(high)s::int) i
JOIN bench_life_action ON n = i %% (SELECT count(*)::int FROM bench_life)
WHERE old = %(old)s ORDER BY {order}
"""
_OLD_ACTIONS: Final = _ACTIONS.format(order="i, effective_on")
_RECENT_ACTIONS: Final = _ACTIONS.format(order="recorded_at, i")
"""Later ones lie in the order in which they were recorded, as in a register that has lived."""


def _be_quick(link: psycopg.Connection) -> None:
    """No wait for the disk at each commit, no check of foreign keys: they are right by making."""
    link.execute("SET synchronous_commit = off; SET session_replication_role = replica")
    link.execute("SET work_mem = '128MB'; SET maintenance_work_mem = '512MB'")


def _set_sequences(main: psycopg.Connection, permits: int) -> None:
    for table in ("people_person", "permits_permit"):
        main.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, permits])


@dataclass(slots=True)
class _Indexes:
    seconds: float = 0.0


@contextmanager
def _without_indexes(main: psycopg.Connection) -> Iterator[_Indexes]:
    """Drop every index but the primary keys, and build them again at the end."""
    found = main.execute(
        "SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text,"
        " pg_get_indexdef(i.indexrelid), c.conname, pg_get_constraintdef(c.oid)"
        " FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid"
        " AND c.contype IN ('u', 'x')"
        " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary",
        [list(TABLES)],
    ).fetchall()
    again = []
    for index, table, definition, constraint, rule in found:
        if constraint is None:
            main.execute(f"DROP INDEX {index}")
            again.append(definition)
        else:
            main.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
            again.append(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {rule}")
    took = _Indexes()
    yield took
    started = time.perf_counter()
    _be_quick(main)
    for statement in again:
        main.execute(statement)
    took.seconds = time.perf_counter() - started
