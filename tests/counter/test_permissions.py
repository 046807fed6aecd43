"""Every staff address with every role: opened or refused as the matrix says."""

import pytest
from django.test import Client
from django.urls import get_resolver

from juzhu.bureau import urls as dashboard
from juzhu.counter import permissions
from juzhu.counter import urls as addresses
from juzhu.modules.staff.contracts import Role
from tests.counter.conftest import Staff, hire

METHODS = ("GET", "POST")
ENTRIES = {str(entry.name): entry for entry in addresses.urlpatterns} | {
    f"bureau:{entry.name}": entry for entry in dashboard.urlpatterns
}
NAMES = sorted(ENTRIES)
WILD = {
    "<slug:number>": "SL0",
    "<int:number>": "0",
    "<slug:field>": "phone",
    "<slug:what>": "phone",
}


def path_of(pattern: str) -> str:
    for wild, sample in WILD.items():
        pattern = pattern.replace(wild, sample)
    return f"/{pattern}"


PATHS = {name: path_of(str(entry.pattern)) for name, entry in ENTRIES.items()}
REFUSED = 403


def test_every_address_stands_in_the_matrix_and_no_other():
    assert set(NAMES) - permissions.PUBLIC == set(permissions.MATRIX)


@pytest.fixture
def everybody(desk, watch) -> dict[Role, Staff]:
    return {role: hire(watch, role) for role in Role}


def test_every_address_opens_for_exactly_the_roles_of_the_matrix(everybody):
    wrong = []
    for role, staff in everybody.items():
        for name in NAMES:
            for method in METHODS:
                if name in permissions.PUBLIC or name == "sign-out":
                    continue
                answer = staff.client.generic(method, PATHS[name])
                opened = answer.status_code != REFUSED
                if opened != permissions.may(role, name, method) and answer.status_code != 405:
                    wrong.append(f"{role} {method} {name}: {answer.status_code}")

    assert wrong == []


def test_a_stranger_is_led_to_the_sign_in_everywhere(desk):
    shown = {
        (name, method): Client().generic(method, PATHS[name]).headers.get("Location", "")
        for name in NAMES
        if name not in permissions.PUBLIC
        for method in METHODS
    }

    assert shown != {}
    assert {key: to for key, to in shown.items() if not to.startswith("/sign-in/")} == {}


def test_the_auditor_writes_nothing_and_the_administrator_sees_no_person():
    harmless = {"find", "leave", "show", "password", "sign-out", "stay", "choose"}
    personal = {"desk", "find", "review", "review-case", "case", "day"}

    writes = {n for n, rule in permissions.MATRIX.items() if Role.AUDITOR in rule.write}
    sees = {n for n, r in permissions.MATRIX.items() if Role.ADMINISTRATOR in r.read | r.write}

    assert writes <= harmless
    assert sees.isdisjoint(personal)


def test_the_resolver_of_the_staff_process_holds_these_addresses_only(desk):
    machines = {"healthz", "readyz", "metrics"}
    top = {str(entry.pattern) for entry in get_resolver().url_patterns}

    assert top == machines | {"", "admin/"}
