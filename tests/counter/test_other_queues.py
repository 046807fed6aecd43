"""What else waits for officers: looks not accepted, sheets that could not be printed."""

import pytest

from juzhu.modules.audit.models import Entry
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes.contracts import DisputeState, Verdict
from juzhu.modules.disputes.models import Dispute
from juzhu.modules.partners import services as partner_services
from juzhu.modules.sheets.models import Sheet
from tests.counter.conftest import Staff, hire
from tests.factories import NOON, TODAY, a_person


@pytest.fixture
def reviewer(desk, watch) -> Staff:
    return hire(watch, "reviewer")


@pytest.fixture
def dispute(desk) -> int:
    return disputed("officer:s1001")


def disputed(actor: str) -> int:
    from juzhu.modules.audit import queries as audit
    from juzhu.modules.audit import services as audit_services
    from juzhu.modules.audit.contracts import DataSubject, Purpose
    from juzhu.modules.disputes import services
    from juzhu.modules.disputes.contracts import Reason

    person_id = a_person()
    audit_services.record(
        person_id=person_id,
        actor=actor,
        purpose=Purpose.DESK_VISIT,
        at=NOON,
        fields=("whole_number",),
    )
    entry = Entry.objects.get(person_id=person_id)
    look = audit.look_numbered(DataSubject(person_id, b""), entry.pk, at=NOON)
    return services.open_dispute(
        person_id=person_id, look=look, reason=Reason.UNKNOWN, words="我没有去过", at=NOON
    )


def test_a_dispute_is_shown_to_whoever_has_taken_it_up_only(dispute, reviewer, watch):
    other = hire(watch, "reviewer")
    before = reviewer.client.get(f"/disputes/{dispute}/").content.decode()

    reviewer.client.post(f"/disputes/{dispute}/")

    assert "我没有去过" not in before
    assert "我没有去过" in reviewer.client.get(f"/disputes/{dispute}/").content.decode()
    assert "我没有去过" not in other.client.get(f"/disputes/{dispute}/").content.decode()
    stolen = other.client.post(f"/disputes/{dispute}/answer/", {"verdict": "", "words": ""})
    assert "我没有去过" not in stolen.content.decode()
    assert f"疑问 {dispute}" in reviewer.client.get("/review/").content.decode()


def test_an_answer_is_given_once_by_its_officer(dispute, reviewer, watch):
    other = hire(watch, "reviewer")
    reviewer.client.post(f"/disputes/{dispute}/")
    typed = {"verdict": "not_in_order", "words": "查看没有理由，已经处理"}

    other.client.post(f"/disputes/{dispute}/answer/", typed | {"words": "别人写的"})
    empty = reviewer.client.post(f"/disputes/{dispute}/answer/", typed | {"words": ""})
    reviewer.client.post(f"/disputes/{dispute}/answer/", typed)

    found = disputes.dispute(dispute)
    assert empty.status_code == 422
    assert (found.state, found.verdict) == (DisputeState.ANSWERED, Verdict.NOT_IN_ORDER)
    assert found.answer == "查看没有理由，已经处理"
    assert Dispute.objects.count() == 1
    again = reviewer.client.get(f"/disputes/{dispute}/").content.decode()
    assert "已答复：查看不符合规定" in again
    assert "查看没有理由，已经处理" in again
    assert "发送答复" not in again
    assert "已经答复了这一件" in other.client.get(f"/disputes/{dispute}/").content.decode()


def test_an_officer_reads_who_looked_and_why_not_in_the_persons_own_terms(desk, reviewer):
    partner_services.register(
        code="education", name="市教育局", contact="a@b.invalid", actor="operator:t", at=NOON
    )
    number = disputed("partner:education")
    reviewer.client.post(f"/disputes/{number}/")

    shown = reviewer.client.get(f"/disputes/{number}/").content.decode()

    assert "市教育局" in shown
    assert "partner:" not in shown
    assert "我没有办过这件事" in shown


def test_a_held_sheet_is_made_again_by_an_officer(desk, reviewer):
    from juzhu.modules.permits import services as permit_services
    from juzhu.modules.sheets import services
    from juzhu.modules.sheets.contracts import Hold, SheetState

    person_id = a_person()
    permit = permit_services.issue(person_id=person_id, on=TODAY, at=NOON, occasion="SL1")
    sheet_id = services.ask(
        person_id=person_id, permit_id=permit.id, purpose="租房", key="k", at=NOON
    )
    services.hold(sheet_id=sheet_id, reason=Hold.GLYPH, characters="𫝀", at=NOON)

    listed = reviewer.client.get("/review/").content.decode()
    reviewer.client.post(f"/held/{sheet_id}/release/")

    assert "𫝀" in listed
    assert Sheet.objects.get(pk=sheet_id).state == SheetState.ASKED
    assert Entry.objects.filter(actor=f"officer:{reviewer.username}", note="released").exists()
    assert reviewer.client.post(f"/held/{sheet_id}/release/").status_code == 404


def test_a_sheet_is_ordered_at_the_desk_and_its_file_stays_there(officer, monkeypatch):
    from juzhu.modules.people import queries as people
    from juzhu.modules.permits import services as permit_services

    person_id = a_person()
    permit_services.issue(person_id=person_id, on=TODAY, at=NOON, occasion="SL1")
    number = people.person(person_id).id_number
    officer.client.post("/desk/find/", {"q": number, "why": "visit"})
    key = officer.client.get("/desk/sheet/").context["form"]["key"].value()

    to = officer.client.post("/desk/sheet/", {"key": key, "purpose": "租房"}).headers["Location"]
    pdf = officer.client.get(f"{to}file.pdf")

    assert pdf.content[:5] == b"%PDF-"
    assert Entry.objects.filter(
        person_id=person_id, actor=f"officer:{officer.username}", occasion="租房"
    ).exists()
    officer.client.post("/desk/leave/")
    assert officer.client.get(f"{to}file.pdf").status_code == 404
