"""A copy of everything held: whole, for its person only, for a week, and in the ledger."""

import json

from django.apps import apps

from juzhu.journeys import my_data
from juzhu.journeys.my_data_labels import LABELS, SECTIONS
from juzhu.journeys.my_data_page import page
from juzhu.modules.audit.models import Entry
from juzhu.modules.cases import requests
from juzhu.modules.cases.contracts import Agent
from juzhu.modules.copies import queries as copies
from juzhu.modules.copies import services as copy_services
from juzhu.modules.copies.contracts import Language
from juzhu.modules.copies.models import Copy
from juzhu.modules.notices import bindings
from juzhu.modules.notices import queries as notices
from juzhu.modules.people import services as people
from juzhu.modules.people.models import Person
from tests.factories import NOON, an_id_number
from tests.web.conftest import Resident, forward


def person_of(resident: Resident) -> int:
    return Person.objects.get(id_digest=people.digest_of(resident.id_number)).pk


def made(resident: Resident) -> Copy:
    resident.client.post("/mine/copy/")
    row = Copy.objects.latest("pk")
    my_data.make(copy_id=row.pk)
    return row


def test_the_copy_holds_what_is_kept_and_masks_what_is_others(resident):
    number = resident.apply(delivery="point", point="440304-01").split("/")[2]
    agent = Agent("李小红", an_id_number(), "13800003305")
    requests.name_agent(
        person_id=person_of(resident), number=number, agent=agent, hand=None, at=NOON
    )

    row = made(resident)
    answer = resident.client.get(f"/mine/copy/{row.pk}/json/")
    found = json.loads(answer.content)

    assert list(SECTIONS) == [name for name in found if name in SECTIONS]
    assert found["person"][0]["id_number"] == resident.id_number
    assert found["permits"][0]["acts"][0]["act"] == "issued"
    assert found["cases"][0]["findings"]
    assert found["messages"]
    assert found["looks"]
    assert found["cards"][0]["number"] == number
    for others in ("李小红", agent.id_number, agent.phone):
        assert others not in answer.content.decode()
    pdf = resident.client.get(f"/mine/copy/{row.pk}/pdf/")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    notes = Entry.objects.filter(person_id=person_of(resident), purpose="copy").order_by("id")
    assert [it.note for it in notes] == ["asked", "fetched-json", "fetched-pdf"]
    assert [m.occasion for m in notices.inbox(person_of(resident), 1)] == ["copy_ready"]


IN_THE_COPY = {
    "audit_entry": "looks",
    "cards_card": "cards",
    "cases_case": "cases",
    "disputes_dispute": "disputes",
    "lives_askedend": "ends",
    "lives_proceeding": "hearings",
    "lives_signal": "life",
    "mandates_mandate": "consents",
    "notices_message": "messages",
    "notices_wechatbinding": "consents",
    "payments_order": "payments",
    "people_formernumber": "person",
    "permits_permit": "permits",
    "proactive_consent": "consents",
    "sheets_share": "shares",
    "sheets_sheet": "sheets",
}
LEFT_OUT = {
    "channels_pass": "good for minutes, then deleted",
    "copies_copy": "the copies themselves; each is a line of the ledger",
    "desk_act": "about the officer; for the person each is a line of the ledger",
    "mandates_request": "waits for the holder's code for minutes; then it is a mandate or gone",
    "notices_calendarfeed": "the digest of an address that only the person has",
    "notices_followup": "each visit is a line of the ledger; what it needed is deleted after it",
    "partners_known": "the departments' own names for the person; the ledger says who asked",
    "people_callcode": "good for minutes",
    "people_formerphone": "kept until it has been told, then deleted",
    "people_phonecode": "good for minutes",
    "permits_event": "says again what the acts of a permit say",
    "proactive_watch": "the day of the next look; follows from the consent",
    "verifications_alert": "about the department that asked too often",
}


def test_every_table_about_a_person_is_in_the_copy_or_left_out_for_a_reason():
    about = {
        model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "attname", "") in ("person_id", "holder_id", "helper_id")
    }

    assert about == IN_THE_COPY.keys() | LEFT_OUT.keys()
    assert not IN_THE_COPY.keys() & LEFT_OUT.keys()
    assert set(IN_THE_COPY.values()) == set(SECTIONS), "none is promised that is not there"


def test_who_reads_english_gets_an_english_page(holder):
    bindings.bind(person_id=person_of(holder), openid="o-1", at=NOON)
    holder.client.post("/display/", {"lang": "en", "here": "/mine/copy/"})

    row = made(holder)

    assert row.language == "en"
    found = my_data.gather(person_of(holder), NOON)
    assert found["consents"][0]["account"] == "o-1"
    document = page(found, Language.ENGLISH, NOON)
    assert document.title == "A copy of my data"
    labels = {label for it in document.sections for entry in it.entries for label, _ in entry}
    assert "Endorsement from" in labels
    assert all(label.isascii() for label in labels)
    (granted,) = document.sections[list(found).index("messages")].entries[-1:]
    assert dict(granted)["Text"].startswith("Granted.")
    kept = copies.file_of(person_of(holder), row.pk, "pdf", at=NOON)
    assert kept.startswith(b"%PDF-")


def test_every_entry_has_a_label(holder):
    def keys(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    gathered = my_data.gather(person_of(holder), NOON)
    assert {key for key in keys(list(gathered.values())) if key not in LABELS} == set()


def test_the_copy_is_its_persons_and_gone_after_a_week(world, holder, neighbour):
    row = made(holder)
    path = f"/mine/copy/{row.pk}/json/"
    assert neighbour.client.get(path).status_code == 404
    assert holder.client.get(path).status_code == 200

    forward(world, days=7)

    assert holder.client.get(path).status_code == 404
    assert copy_services.forget(at=world.now) == 1
    assert copies.file_of(person_of(holder), row.pk, "pdf", at=NOON) is None


def test_a_copy_is_made_once_at_a_time_and_three_times_a_day(world, holder):
    for _ in range(2):
        holder.client.post("/mine/copy/")
    assert Copy.objects.count() == 1
    assert "正在制作" in holder.client.get("/mine/copy/").content.decode()
    for _ in range(3):
        made(holder)

    assert holder.client.post("/mine/copy/").status_code == 422
    forward(world, days=1, seconds=1)
    assert holder.client.post("/mine/copy/").status_code == 302


def test_it_asks_for_a_fresh_sign_in(holder, real_time):
    row = made(holder)
    for _ in range(2):
        real_time(8 * 60)
        holder.client.get("/")

    for path in ("/mine/copy/", f"/mine/copy/{row.pk}/json/"):
        assert holder.client.get(path).headers["Location"].startswith("/sign-in/?again=1")
