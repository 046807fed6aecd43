"""Meeting people, and the door they come through."""

from datetime import timedelta

import pytest

from juzhu.modules.people import queries, services
from juzhu.modules.people.contracts import Door, Lock, LockKind
from juzhu.modules.people.queries import PersonNotFoundError
from tests.factories import NOON, an_id_number

pytestmark = pytest.mark.django_db


def attempt(id_number, ip="10.0.0.1", at=NOON, door=Door.FACE):
    return services.begin_attempt(id_number=id_number, door=door, ip=ip, at=at)


def test_the_same_number_is_the_same_person_under_a_new_name():
    id_number = an_id_number()
    first = services.meet(id_number=id_number, name="陈小明", at=NOON)
    second = services.meet(id_number=id_number, name="陈大明", at=NOON)

    assert first == second
    assert queries.person(first).name == "陈大明"


def test_an_unknown_person_is_said_to_be_unknown():
    with pytest.raises(PersonNotFoundError):
        queries.person(10**9)


def test_the_sixth_try_is_not_looked_at_whether_or_not_the_number_exists():
    for id_number in (an_id_number(), an_id_number()):
        assert all(isinstance(attempt(id_number), int) for _ in range(5))
        assert attempt(id_number) == Lock(LockKind.LOCKED, NOON + services.LOCK_TIME)


def test_who_is_refused_by_face_may_still_come_by_code_and_the_other_way_round():
    for door, other in ((Door.FACE, Door.CODE), (Door.CODE, Door.FACE)):
        id_number = an_id_number()
        for _ in range(5):
            attempt(id_number, door=door)

        assert isinstance(attempt(id_number, door=door), Lock)
        assert isinstance(attempt(id_number, door=other), int)


def test_the_lock_opens_after_fifteen_minutes():
    id_number = an_id_number()
    for _ in range(5):
        attempt(id_number)

    assert isinstance(attempt(id_number, at=NOON + services.LOCK_TIME), int)


def test_a_success_forgets_the_failures_before_it():
    id_number = an_id_number()
    for _ in range(4):
        attempt(id_number)
    services.succeed(attempt(id_number))

    assert all(isinstance(attempt(id_number, at=NOON + timedelta(1e-5)), int) for _ in range(5))


def test_one_address_may_fail_a_hundred_times_in_ten_minutes_and_succeed_freely():
    for _ in range(150):
        services.succeed(attempt(an_id_number()))
    for _ in range(100):
        assert isinstance(attempt(an_id_number()), int)

    lock = attempt(an_id_number())

    assert isinstance(lock, Lock)
    assert lock.kind is LockKind.TOO_MANY
    assert isinstance(attempt(an_id_number(), ip="10.0.0.2"), int)


class TestCode:
    PHONE = "13800006021"

    def asked(self, phone=PHONE):
        id_number = an_id_number()
        person_id = services.meet(id_number=id_number, name="陈小明", at=NOON)
        services.reserve_phone(person_id=person_id, phone=self.PHONE)
        services.ask_code(id_number=id_number, phone=phone, ip="10.0.0.1", at=NOON)
        return (
            person_id,
            id_number,
            services.SignInCode.objects.get(id_digest=services.digest_of(id_number)),
        )

    def use(self, id_number, code, phone=PHONE, at=NOON):
        return services.use_code(id_number=id_number, phone=phone, code=code, at=at)

    def test_the_right_code_names_the_person_once(self):
        person_id, id_number, row = self.asked()

        assert self.use(id_number, row.code) == person_id
        assert self.use(id_number, row.code) is None

    def test_it_is_good_for_five_minutes(self):
        _, id_number, row = self.asked()

        assert self.use(id_number, row.code, at=NOON + timedelta(minutes=5, seconds=1)) is None

    def test_five_wrong_codes_spend_it(self):
        _, id_number, row = self.asked()
        wrong = f"{(int(row.code) + 1) % 1_000_000:06d}"
        for _ in range(5):
            assert self.use(id_number, wrong) is None

        assert self.use(id_number, row.code) is None

    def test_a_code_asked_for_with_another_phone_opens_nothing_and_is_not_sent(self):
        _, id_number, row = self.asked(phone="13700001111")

        assert queries.code_to_send(row.pk, at=NOON) is None
        assert self.use(id_number, row.code, phone="13700001111") is None
        assert self.use(id_number, row.code) is None

    def test_the_code_is_sealed_in_the_database(self):
        from django.db import connection

        _, _, row = self.asked()
        with connection.cursor() as cursor:
            cursor.execute("SELECT code FROM people_signincode WHERE id = %s", [row.pk])
            assert row.code.encode() not in bytes(cursor.fetchone()[0])
