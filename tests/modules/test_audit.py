"""Writing the ledger."""

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from juzhu.modules.audit import queries, services
from juzhu.modules.audit.contracts import DataSubject, NewEntry, Purpose
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def stored() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, subject, actor, purpose, at, fields, occasion, note, basis,"
            " visible_from FROM audit_entry ORDER BY id"
        )
        return [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in cursor.fetchall()
        ]


def test_many_entries_are_one_statement_and_keep_their_order():
    confidential = NOON + timedelta(days=90)
    entries = [
        NewEntry(
            person_id=7,
            actor="partner:education",
            purpose=Purpose.SCHOOL_ENROLMENT,
            at=NOON,
            fields=("status", "valid_through"),
            occasion="R-1",
            note="valid",
            basis="《深圳经济特区居住证条例》第二十八条",
        ),
        NewEntry(
            subject=b"d" * 32,
            actor="partner:traffic-police",
            purpose=Purpose.DRIVING_LICENCE,
            at=NOON,
            visible_from=confidential,
        ),
    ]

    with CaptureQueriesContext(connection) as sent:
        services.record_many(entries)
        services.record_many([])

    basis = "《深圳经济特区居住证条例》第二十八条"
    assert len(sent) == 1
    assert stored() == [
        (7, None, "partner:education", "school-enrolment", NOON, "status,valid_through", "R-1",
         "valid", basis, None),
        (None, b"d" * 32, "partner:traffic-police", "driving-licence", NOON, "", "", "", "",
         confidential),
    ]  # fmt: skip


def test_an_entry_is_about_somebody():
    with pytest.raises(IntegrityError, match="audit_entry_about_somebody"), transaction.atomic():
        services.record_many([NewEntry(actor="system:test", purpose=Purpose.DECIDE, at=NOON)])


@pytest.mark.parametrize("seed", range(6))
def test_pages_of_any_size_hold_every_look_once_even_of_one_instant(seed):
    chance = random.Random(seed)
    services.record_many(
        [
            NewEntry(
                person_id=7 if chance.random() < 0.7 else None,
                subject=b"d" * 32,
                actor=chance.choice(["partner:a", "partner:b", "share:code"]),
                purpose=Purpose.HOUSING,
                at=NOON - timedelta(hours=chance.randrange(60)),
                visible_from=chance.choice([None, NOON, NOON + timedelta(seconds=1)]),
            )
            for _ in range(120)
        ]
    )
    whose, before, seen = DataSubject(7, b"d" * 32), None, []
    while True:
        page = queries.page_of_looks(whose, at=NOON, before=before, size=chance.randrange(1, 9))
        seen += [number for look in page.looks for number in look.entry_ids]
        before = page.next
        if before is None:
            break

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM audit_entry WHERE visible_from IS NULL OR visible_from <= %s", [NOON]
        )
        assert sorted(seen) == sorted(row[0] for row in cursor.fetchall())
    assert queries.totals(whose, since=NOON - timedelta(days=9), at=NOON).looks == len(seen)
    assert queries.page_of_looks(DataSubject(8, b"e" * 32), at=NOON, before=None).looks == ()
