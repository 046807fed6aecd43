"""What tests start from: a person who qualifies, and the departments' answers about them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
from django.db import connection

from juzhu.domain.calendar import add_months
from juzhu.domain.card import CardGround
from juzhu.domain.facts import UNKNOWN, Facts, MonthSet, Registration
from juzhu.domain.identity import check_digit
from juzhu.domain.vocabulary import Business, Insurance, Source
from juzhu.modules.audit import queries as audit
from juzhu.modules.audit.contracts import DataSubject, LookView
from juzhu.modules.cases.contracts import Application, CaseState
from juzhu.modules.cases.models import Case
from juzhu.modules.payments import services as payments
from juzhu.modules.payments.contracts import Fee, OrderView
from juzhu.modules.people import queries as people_queries
from juzhu.modules.people import services as people
from juzhu.modules.permits import services as permits
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.departments import Answer, AnswerStatus, HukouEntry

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=SHENZHEN)
HOUSE = "4403040040010100001000001"
_serial = count(1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHENZHEN)


def an_id_number() -> str:
    serial = next(_serial)
    body = f"430102{19900101 + serial // 500}{serial % 500 * 2:03d}"
    return body + check_digit(body)


def a_person(name: str = "陈小明", phone: str | None = "13800006021") -> int:
    person_id = people.meet(id_number=an_id_number(), name=name, at=NOON)
    if phone:
        people.reserve_phone(person_id=person_id, phone=phone)
    return person_id


def looks_of(person_id: int, at: datetime = NOON) -> tuple[LookView, ...]:
    """What this person reads in their ledger."""
    whose = DataSubject(person_id, people_queries.id_digest(person_id))
    return audit.page_of_looks(whose, at=at, before=None).looks


def an_application(
    business: Business = Business.FIRST_ISSUE,
    key: str = "k",
    phone: str = "13800006021",
    **more: Any,
) -> Application:
    return Application(business=business, key=key, phone=phone, **more)


def an_order(
    person_id: int | None = None, *, at: datetime = NOON, days: int = 15, fen: int = 2000
) -> OrderView:
    """The fee of a lost card, to be paid within so many days; its case waits for it."""
    person_id = person_id or a_person()
    permit = permits.issue(person_id=person_id, on=at.date(), at=at, occasion=f"o{next(_serial)}")
    case = Case.objects.create(
        number=f"BL20261124{next(_serial):06d}",
        person_id=person_id,
        business=Business.REISSUE,
        ground=CardGround.LOST,
        channel="web",
        key="fee",
        state=CaseState.TO_PAY,
        accepted_at=at,
        accepted_on=at.date(),
        permit_id=permit.id,
        phone="13800006021",
        delivery="post",
    )
    return payments.open_order(
        case_id=case.pk,
        case_number=case.number,
        person_id=person_id,
        fee=Fee.REISSUE,
        amount_fen=fen,
        pay_by=at + timedelta(days=days),
        at=at,
    )


def months(first: date, last: date) -> MonthSet:
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(f"{day:%Y-%m}")
        day = add_months(day, 1)
    return MonthSet.of(found)


def facts(on: date = TODAY, insured_months: int = 16) -> Facts:
    """Facts of a person who has lived here 20 months and paid pension `insured_months`."""
    last = add_months(on.replace(day=1), -1)
    return Facts(
        id_number=an_id_number(),
        registrations=(Registration(add_months(on, -20), None, HOUSE),),
        insurance={Insurance.PENSION: months(add_months(last, 1 - insured_months), last)},
    )


def without(known: Facts, *sources: Source) -> Facts:
    """The same facts when some registers were silent."""
    fields = {
        Source.INSURANCE: {"insurance": UNKNOWN},
        Source.REGISTRATIONS: {"registrations": UNKNOWN},
        Source.TALENT: {"talent": UNKNOWN},
    }
    for source in sources:
        known = replace(known, **fields[source])
    return known


def answers(
    *, silent: Iterable[Source] = (), at: datetime = NOON, hukou: HukouEntry | None = None
) -> list[Answer]:
    """One answer of every register; those in `silent` did not answer."""
    asked = [source for source in Source if source is not Source.PERMIT]
    silent = set(silent)
    return [
        Answer(
            source=source,
            status=AnswerStatus.TIMED_OUT if source in silent else AnswerStatus.ANSWERED,
            asked_at=at - timedelta(milliseconds=20),
            took_ms=12,
            receipt="" if source in silent else f"R-{source}-1",
            body=b"" if source in silent else b'{"whole":"answer"}',
            entry=hukou if source is Source.HUKOU else None,
        )
        for source in asked
    ]


def another_connection() -> psycopg.Connection:
    """A connection beside Django's to the same database, for what happens at the same time."""
    known = connection.get_connection_params()
    return psycopg.connect(**{k: known[k] for k in ("dbname", "user", "host") if k in known})
