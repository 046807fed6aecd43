"""Identifiers at rest."""

import pytest
from django.db import connection

from juzhu.modules.people import queries as people
from juzhu.modules.vault.keys import KeyRing, VaultError
from tests.factories import a_person

OLD, NEW = b"o" * 32, b"n" * 32


def ring(current: str = "old", **keys: bytes) -> KeyRing:
    return KeyRing.of(current=current, encryption=keys or {"old": OLD}, digest=b"d" * 32)


def test_what_was_sealed_opens_again_under_its_label():
    sealed = ring().seal("110105491231002", label="t.c")

    assert ring().open(sealed, label="t.c") == "110105491231002"
    assert b"110105" not in sealed


def test_a_value_cannot_be_moved_to_another_column():
    sealed = ring().seal("陈小明", label="people.name")

    with pytest.raises(VaultError):
        ring().open(sealed, label="people.phone")


def test_one_changed_byte_is_noticed():
    sealed = bytearray(ring().seal("陈小明", label="t.c"))
    sealed[-1] ^= 1

    with pytest.raises(VaultError):
        ring().open(bytes(sealed), label="t.c")


def test_old_values_stay_readable_after_a_new_key_becomes_current():
    sealed = ring().seal("x", label="t.c")
    rotated = ring("new", old=OLD, new=NEW)

    assert rotated.open(sealed, label="t.c") == "x"
    assert rotated.seal("x", label="t.c")[1:4] == b"new"


def test_a_value_of_a_key_that_is_gone_names_the_key():
    sealed = ring().seal("x", label="t.c")

    with pytest.raises(VaultError, match="'old'"):
        ring("new", new=NEW).open(sealed, label="t.c")


def test_equal_values_are_sealed_differently_and_digested_alike():
    keys = ring()

    assert keys.seal("x", label="t.c") != keys.seal("x", label="t.c")
    assert keys.digest("x", label="phone") == keys.digest("x", label="phone")
    assert keys.digest("x", label="phone") != keys.digest("x", label="id_number")


@pytest.mark.django_db
def test_the_database_holds_no_name_number_or_phone_in_plain():
    person = people.person(a_person(name="欧阳小明", phone="13912345678"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, name, phone, id_digest FROM people_person")
        stored = b"".join(bytes(value) for value in cursor.fetchone())

    assert person.name == "欧阳小明"
    assert person.phone == "13912345678"
    for secret in (person.name, person.phone, person.id_number):
        assert secret.encode() not in stored
