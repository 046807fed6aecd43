"""What the database itself refuses, whatever the code believes."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction

from juzhu.domain.permit import ActionKind, CancelReason, PermitHistoryError
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.permits import queries, services
from juzhu.modules.permits.models import Permit
from juzhu.modules.permits.numbers import new_number
from tests.factories import NOON, TODAY, a_person, noon

pytestmark = pytest.mark.django_db


def issue(person_id, on=TODAY, occasion="SL1"):
    return services.issue(person_id=person_id, on=on, at=noon(on), occasion=occasion)


def test_a_permit_is_in_force_on_the_day_of_issue():
    permit = issue(a_person())

    found = queries.permit_of(permit.person_id, TODAY)

    assert found == permit
    assert found.status.state is PermitState.VALID
    assert found.status.valid_through == date(2027, 11, 23)
    assert queries.permit_of(permit.person_id, TODAY - timedelta(days=1)) is None


def test_one_person_never_holds_two_permits():
    person_id = a_person()
    issue(person_id)

    with pytest.raises(IntegrityError, match="permits_no_overlap"), transaction.atomic():
        issue(person_id, TODAY + timedelta(days=400), "SL2")


def test_a_new_permit_may_begin_on_the_very_day_the_old_one_ends():
    person_id = a_person()
    ends_on = issue(person_id, date(2020, 2, 29)).status.cancelled_on

    assert ends_on == date(2023, 3, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(person_id, ends_on - timedelta(days=1), "SL2")
    issue(person_id, ends_on, "SL3")


def test_an_open_case_keeps_the_permit_from_ending():
    permit = issue(a_person(), date(2020, 1, 1))
    services.act(
        permit_id=permit.id,
        kind=ActionKind.CASE_OPENED,
        on=date(2022, 12, 31),
        at=NOON,
        occasion="QZ1",
    )

    later = queries.permit_of(permit.person_id, date(2023, 6, 1))

    assert later.status.state is PermitState.SUSPENDED
    with pytest.raises(IntegrityError, match="permits_no_overlap"), transaction.atomic():
        issue(permit.person_id, date(2023, 6, 1), "SL2")


def test_the_same_act_happens_once_per_occasion():
    permit = issue(a_person(), date(2026, 1, 1))
    act = {"permit_id": permit.id, "at": NOON, "occasion": "QZ1"}
    services.act(kind=ActionKind.ENDORSED, on=date(2026, 12, 1), **act)

    with pytest.raises(IntegrityError, match="once_per_occasion"), transaction.atomic():
        services.act(kind=ActionKind.ENDORSED, on=date(2027, 12, 1), **act)


@pytest.mark.django_db(transaction=True)
def test_an_endorsement_the_law_forbids_is_not_recorded():
    permit = issue(a_person())

    with pytest.raises(PermitHistoryError):
        services.act(
            permit_id=permit.id, kind=ActionKind.ENDORSED, on=TODAY, at=NOON, occasion="QZ1"
        )

    assert queries.permit_by_id(permit.id, TODAY).actions == permit.actions


def test_a_cancelled_permit_says_why():
    permit = issue(a_person())
    services.act(
        permit_id=permit.id,
        kind=ActionKind.CANCELLED,
        on=TODAY,
        at=NOON,
        occasion="x",
        reason=CancelReason.SHENZHEN_HUKOU,
    )

    status = queries.permit_of(permit.person_id, TODAY).status

    assert (status.state, status.cancel_reason) == (
        PermitState.CANCELLED,
        CancelReason.SHENZHEN_HUKOU,
    )


@pytest.mark.parametrize("table", ["permits_permitaction", "audit_entry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_written_stays(table, statement):
    permit = issue(a_person())
    audit.record(person_id=permit.person_id, actor="system:test", purpose=Purpose.DECIDE, at=NOON)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE waits for them
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table))


def test_a_permit_row_cannot_be_deleted():
    issue(a_person())

    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute("DELETE FROM permits_permit")


def test_a_cancellation_dated_before_an_endorsement_voids_it_and_nothing_breaks():
    permit = issue(a_person(), date(2025, 12, 1))
    act = {"permit_id": permit.id, "at": NOON}
    services.act(kind=ActionKind.ENDORSED, on=date(2026, 11, 1), occasion="QZ1", **act)

    ended = services.act(
        kind=ActionKind.CANCELLED,
        on=date(2026, 10, 8),
        occasion="x",
        reason=CancelReason.SHENZHEN_HUKOU,
        **act,
    )

    assert (ended.status.state, ended.status.cancelled_on) == (
        PermitState.CANCELLED,
        date(2026, 10, 8),
    )


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_permit_is_not_endorsed():
    permit = issue(a_person(), date(2025, 12, 1))
    act = {"permit_id": permit.id, "at": NOON}
    services.act(
        kind=ActionKind.CANCELLED,
        on=date(2026, 10, 8),
        occasion="x",
        reason=CancelReason.OWN_REQUEST,
        **act,
    )

    with pytest.raises(PermitHistoryError, match="cancelled on 2026-10-08"):
        services.act(kind=ActionKind.ENDORSED, on=TODAY, occasion="QZ1", **act)


def test_the_database_takes_two_permits_of_a_person_exactly_if_no_day_is_in_both():
    starts = [TODAY + timedelta(days=n) for n in range(3)]
    permits = [
        (start, end) for start in starts for end in (*starts, None) if not end or end >= start
    ]
    endless = TODAY + timedelta(days=9)
    for one, other in product(permits, permits):
        days = [
            {first + timedelta(days=n) for n in range(((end or endless) - first).days)}
            for first, end in (one, other)
        ]
        person_id = a_person()
        bare_permit(person_id, *one)
        taken = 1
        with suppress(IntegrityError), transaction.atomic():
            bare_permit(person_id, *other)
            taken = 2
        assert taken == (1 if days[0] & days[1] else 2), (one, other)


def bare_permit(person_id: int, issued_on: date, ends_on: date | None) -> None:
    Permit.objects.create(
        number=new_number(issued_on),
        person_id=person_id,
        issued_on=issued_on,
        known_since=issued_on,
        ends_on=ends_on,
        window_opens=issued_on,
        suspended_from=issued_on + timedelta(days=1),
    )
