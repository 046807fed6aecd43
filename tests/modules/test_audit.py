"""Writing the ledger."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from juzhu.modules.audit import services
from juzhu.modules.audit.contracts import NewEntry, Purpose
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
