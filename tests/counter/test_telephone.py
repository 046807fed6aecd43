"""On the telephone, and a helper named at the desk: what each proof carries, and no more."""

import re

import pytest

from juzhu.counter import proof, reader
from juzhu.domain.calendar import add_months
from juzhu.domain.vocabulary import Business
from juzhu.journeys import calls
from juzhu.modules.cases import queries as cases
from juzhu.modules.desk.contracts import Identified
from juzhu.modules.desk.models import Act
from juzhu.modules.mandates.models import Mandate
from juzhu.modules.people import queries as people
from juzhu.modules.people.models import CallCode
from juzhu.modules.proactive import queries as consents
from juzhu.modules.sheets.models import Share
from tests.counter.conftest import hire
from tests.counter.test_desk import acts, find, holder, looks, number_of, send
from tests.factories import TODAY, an_id_number
from tests.web.test_helpers import phones

__all__ = ["holder", "phones"]


@pytest.fixture
def caller(officer, holder, phones) -> int:
    """Return somebody on the telephone whose code was right."""
    find(officer, number_of(holder), why="call")
    assert officer.client.post("/desk/call/").headers["Location"] == "/desk/call/code/"
    calls.send_code(code_id=CallCode.objects.get().pk)
    [message] = phones.sent
    assert message["phone"] == "13800006021"
    code = re.findall(r"\d{6}", message["text"])[0]
    answer = officer.client.post("/desk/call/code/", {"code": code})
    assert answer.headers["Location"] == "/desk/"
    phones.sent.clear()
    return holder


def offered(officer) -> set[str]:
    return {it.address for it in officer.client.get("/desk/").context["offers"] if it.allowed}


def read_card(officer, monkeypatch, person_id: int) -> None:
    """Read the person's identity card at the window."""
    person = people.person(person_id)
    card = {"card_number": person.id_number, "card_name": person.name, "card_proof": "x"}
    with monkeypatch.context() as reading:
        reading.setattr(reader, "is_proven", lambda **_: True)
        find(officer, person.id_number, **card)


def test_a_caller_endorses_after_reading_out_the_code(officer, caller):
    answer = send(officer, "/desk/endorse/", stayed="on")

    case = cases.case_of(caller, answer.headers["Location"].split("/")[3])
    assert (case.business, case.officer) == (Business.ENDORSEMENT, officer.username)
    assert Act.objects.get(kind="endorsed").identified == "code"
    assert ("call_proven" in acts(officer), looks(caller)[-1][1]) == (True, "desk_call")


def test_a_call_carries_what_the_matrix_says(officer, caller):
    by_phone = {a for a, who in proof.NEEDS.items() if Identified.CODE in who}
    assert by_phone == {
        "endorse", "case-withdraw", "case-review", "share", "wrong", "helpers", "helper-end"
    }  # fmt: skip

    assert offered(officer) == {"endorse", "share", "wrong", "helpers"}
    for address in ("apply", "sheet", "phone", "agent", "cancel", "reissue", "card", "name"):
        assert officer.client.post(f"/desk/{address}/").status_code == 302, address
    assert set(acts(officer)) == {"looked", "call_proven"}


def test_before_the_code_nothing_is_done_and_a_wrong_one_proves_nothing(officer, holder):
    find(officer, number_of(holder), why="call")
    assert offered(officer) == set()
    officer.client.post("/desk/call/")

    for _ in range(5):
        assert officer.client.post("/desk/call/code/", {"code": "000000"}).status_code == 422

    right = {"code": CallCode.objects.get().code}
    assert officer.client.post("/desk/call/code/", right).headers["Location"] == "/desk/"
    assert offered(officer) == set(), "tried too often"
    for _ in range(2):
        officer.client.post("/desk/call/")
    assert officer.client.post("/desk/call/").status_code == 422, "three codes a day"


def test_a_code_is_no_use_to_another_officer_nor_to_a_visit(officer, holder, watch):
    find(officer, number_of(holder), why="call")
    officer.client.post("/desk/call/")
    right = {"code": CallCode.objects.get().code}
    other = hire(watch, "officer").begin(window="4")
    find(other, number_of(holder), why="call")
    other.client.post("/desk/call/code/", right)
    assert offered(other) == set()

    find(officer, number_of(holder))
    assert officer.client.post("/desk/call/").status_code == 404
    assert officer.client.post("/desk/call/code/", right).status_code == 404


def test_a_standing_consent_is_given_and_taken_back_at_the_desk(officer, holder):
    find(officer, number_of(holder))
    officer.client.post("/desk/consent/", {"agree": "yes"})
    assert consents.consent_of(holder) is not None
    assert "自动签注已授权" in officer.client.get("/desk/consent/").content.decode()

    officer.client.post("/desk/consent/", {"agree": "no"})

    assert consents.consent_of(holder) is None
    assert acts(officer)[-2:] == ["consent_given", "consent_ended"]


def test_a_share_code_goes_to_the_phone_and_to_nobody_else(officer, caller, phones):
    sent = send(officer, "/desk/share/", purpose="租房", fields_shown=["standing"], days="7")

    assert sent.headers["Location"] == "/desk/done/share/"
    share = Share.objects.get()
    calls.send_share(share_id=share.pk)
    [message] = phones.sent
    assert share.code in message["text"].replace("-", "")
    assert share.code not in officer.client.get("/desk/done/share/").content.decode()
    assert acts(officer)[-1] == "share_sent"


def test_a_helper_is_named_with_the_card_read_and_ended_by_telephone(
    officer, holder, monkeypatch, phones
):
    typed = {"name": "李小红", "id_number": an_id_number(), "tasks": ["endorse"], "term": "3"}
    find(officer, number_of(holder))
    officer.client.post("/desk/helpers/", typed)
    assert not Mandate.objects.exists(), "the card was only looked at"

    read_card(officer, monkeypatch, holder)
    answer = officer.client.post("/desk/helpers/", typed)

    assert answer.headers["Location"] == "/desk/done/helper/"
    mandate = Mandate.objects.get()
    assert (mandate.way, mandate.through) == ("counter", add_months(TODAY, 3))
    assert mandate.proof["username"] == officer.username
    assert acts(officer)[-1] == "helper_named"

    find(officer, number_of(holder), why="call")
    assert officer.client.post(f"/desk/helpers/{mandate.pk}/end/").headers["Location"] == "/desk/"
    officer.client.post("/desk/call/")
    officer.client.post("/desk/call/code/", {"code": CallCode.objects.latest("pk").code})
    assert "李小红" in officer.client.get("/desk/helpers/").content.decode()
    officer.client.post(f"/desk/helpers/{mandate.pk}/end/")

    mandate.refresh_from_db()
    assert (mandate.ended_by, acts(officer)[-1]) == ("phone", "helper_ended")
