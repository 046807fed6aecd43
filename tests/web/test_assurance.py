"""What an act needs of the session, and how a person gives what is missing."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from juzhu.modules.people import services as people
from juzhu.modules.people.models import SignInCode
from juzhu.web import sessions
from juzhu.web.assurance import FRESH_SECONDS, Act, Missing, assured, missing
from juzhu.web.sessions import Proof, Visitor
from tests.factories import an_id_number

NOW = 1_800_000_000.0
FACE, UNTESTED, CODE = Proof(4, NOW), Proof(4, NOW, alone=False), Proof(3, NOW)
ASSERTED = Proof(2, NOW)


@pytest.mark.parametrize(
    ("act", "proofs", "age", "lacks"),
    [
        (Act.READ, [CODE], 8 * 3600, None),
        (Act.READ, [UNTESTED], 8 * 3600, None),
        (Act.READ, [ASSERTED], 0, Missing.SIGN_IN),
        (Act.CANCEL, [FACE], FRESH_SECONDS, None),
        (Act.CANCEL, [CODE], FRESH_SECONDS, None),
        (Act.CANCEL, [FACE, CODE], FRESH_SECONDS + 1, Missing.SIGN_IN),
        (Act.CANCEL, [UNTESTED], 0, Missing.CODE),
        (Act.CANCEL, [UNTESTED, CODE], 0, None),
        (Act.CANCEL, [UNTESTED, ASSERTED], 0, Missing.CODE),
        (Act.CANCEL, [UNTESTED, Proof(3, NOW - 3600)], 0, Missing.CODE),
        (Act.CANCEL, [ASSERTED], 0, Missing.SIGN_IN),
    ],
)
def test_an_act_asks_for_its_level_and_a_fresh_proof(monkeypatch, act, proofs, age, lacks):
    monkeypatch.setattr(sessions.time, "time", lambda: NOW + age)

    assert missing(Visitor(1, tuple(proofs)), act) is lacks


def opened(client: Client, act: Act) -> HttpResponse:
    @assured(act)
    def page(request: HttpRequest, person_id: int) -> HttpResponse:
        return HttpResponse(str(person_id))

    request = RequestFactory().get("/somewhere/")
    request.session = client.session
    return page(request, int(client.session["person"]))


def test_who_signed_in_long_ago_shows_again_who_they_are(resident, real_time):
    assert opened(resident.client, Act.CANCEL).status_code == 200
    real_time(FRESH_SECONDS + 1)

    where = opened(resident.client, Act.CANCEL).headers["Location"]

    assert where == "/sign-in/?again=1&next=%2Fsomewhere%2F"
    page = resident.client.get(where)
    assert resident.id_number in page.content.decode()
    typed = {"name": resident.name, "id_number": resident.id_number, "consent": "on"}
    assert resident.client.post(where, typed).headers["Location"] == "/somewhere/"
    assert opened(resident.client, Act.CANCEL).status_code == 200


def by_code(client: Client, number: str, phone: str) -> None:
    client.post("/sign-in/code/?again=1", {"id_number": number, "phone": phone})
    code = SignInCode.objects.get().code
    assert client.post("/sign-in/code/enter/", {"code": code}).status_code == 302


@pytest.mark.parametrize("same", [True, False])
def test_proofs_add_up_for_the_same_person_only(world, resident, same):
    number = resident.id_number if same else an_id_number()
    person = people.meet(id_number=number, name=resident.name, at=world.now)
    people.reserve_phone(person_id=person, phone="13800006021")

    by_code(resident.client, number, "13800006021")

    assert resident.client.session["person"] == person
    assert set(resident.client.session["proofs"]) == ({"face", "code"} if same else {"code"})
