"""Cards at the counter: who gets one and who does not, and what is then on the record."""

from dataclasses import replace

import pytest

from juzhu.domain.calendar import add_months
from juzhu.domain.card import CardEvent, CardGround, CardState
from juzhu.domain.vocabulary import Business, PermitState
from juzhu.journeys import apply
from juzhu.modules.cards import queries as cards
from juzhu.modules.cards import services as card_services
from juzhu.modules.cards.contracts import NewCard, News
from juzhu.modules.cases import lives as case_lives
from juzhu.modules.cases import requests
from juzhu.modules.cases.contracts import Agent, CardDelivery
from juzhu.modules.cases.models import Case
from juzhu.modules.desk.models import Act
from juzhu.modules.lives import queries as lives
from juzhu.modules.lives import services as signals
from juzhu.modules.notices.models import Message
from juzhu.modules.payments import queries as payments
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.modules.staff.contracts import Role
from juzhu.ports.reader import proof
from tests.counter.conftest import Staff, hire
from tests.factories import NOON, TODAY, a_person, an_application, an_id_number
from tests.web.conftest import forward
from tests.web.test_cards import arrive, pay

POINT = "440304-01"
AGENT = Agent("李小红", an_id_number(), "13900001111")
SECRET = "of the readers"


@pytest.fixture(autouse=True)
def readers(desk, settings):
    settings.JUZHU = replace(settings.JUZHU, reader_secret=SECRET)


def with_card(world, *, agent: Agent | None = None) -> tuple[int, str]:
    """Return somebody whose first card lies at the point, and its number."""
    person = a_person()
    wish = an_application(delivery=CardDelivery.POINT, point=POINT, agent=agent, key=str(person))
    number = apply.submit(person_id=person, application=wish, at=world.now).case.number
    arrive(number, world)
    return person, cards.card_of_case(number).number


def read(staff: Staff, number: str, name: str) -> dict[str, str]:
    """Lay an identity card on the reader of the desk."""
    challenge = staff.client.get("/desk/").context["challenge"]
    return {
        "number": number,
        "name": name,
        "proof": proof(secret=SECRET, challenge=challenge, number=number, name=name),
    }


def comes(staff: Staff, person_id: int) -> None:
    """Read the holder's identity card, whoever brings it."""
    person = people.person(person_id)
    card = read(staff, person.id_number, person.name)
    fields = {f"card_{key}": value for key, value in card.items()}
    assert staff.client.post("/desk/find/", {"why": "visit"} | fields).status_code == 302


def hand_to_agent(staff: Staff, number: str, name: str):
    card = read(staff, number, name)
    fields = {f"agent_{key}": value for key, value in card.items()}
    return staff.client.post("/desk/card/", {"who": "agent"} | fields)


def act(kind: str) -> Act:
    return Act.objects.get(kind=kind)


def test_the_holder_gets_the_card_against_the_identity_card(world, officer):
    person, number = with_card(world)
    comes(officer, person)

    answer = officer.client.post("/desk/card/", {"who": "holder"})

    card = cards.card(number)
    assert answer.headers["Location"] == "/desk/done/card/"
    assert (card.state, card.events[-1].actor) == (
        CardState.WITH_HOLDER,
        f"officer:{officer.username}",
    )
    assert act("card_handed_over").identified == "card"
    again = officer.client.post("/desk/card/", {"who": "holder"})
    assert again.headers["Location"] == "/desk/"


def test_without_the_identity_card_read_nobody_gets_it(world, officer):
    person, number = with_card(world)
    officer.client.post("/desk/find/", {"q": people.person(person).id_number, "why": "visit"})

    answer = officer.client.post("/desk/card/", {"who": "holder"})

    assert answer.status_code == 422
    assert "没有读持证人的身份证" in answer.content.decode()
    assert cards.card(number).state is CardState.AT_POINT


def test_the_named_agent_gets_it_with_both_cards_and_the_holder_is_told(world, officer):
    person, number = with_card(world, agent=AGENT)
    comes(officer, person)

    answer = hand_to_agent(officer, AGENT.id_number, AGENT.name)

    assert answer.status_code == 302
    assert cards.card(number).events[-1].detail == {"by": "agent", "point": POINT}
    assert Message.objects.filter(person_id=person, occasion="card_fetched").count() == 1


@pytest.mark.parametrize(
    ("named", "came", "why"),
    [
        (None, (AGENT.id_number, AGENT.name), "no_agent"),
        (AGENT, (an_id_number(), "王五"), "another_person"),
        (AGENT, (an_id_number(), AGENT.name), "number_differs"),
        (AGENT, (AGENT.id_number, "李小虹"), "name_differs"),
    ],
)
def test_nobody_else_gets_it_and_it_is_written_down_and_told(world, officer, named, came, why):
    if why == "number_differs":
        named = replace(AGENT, id_number=one_digit_off(came[0]))
    person, number = with_card(world, agent=named)
    comes(officer, person)

    answer = hand_to_agent(officer, *came)

    card = cards.card(number)
    assert answer.status_code == 422
    assert (card.state, card.events[-1].detail["reason"]) == (CardState.AT_POINT, why)
    assert act("card_refused").outcome == why
    assert Message.objects.filter(person_id=person, occasion="card_refused").count() == 1


def one_digit_off(number: str) -> str:
    """The number as somebody mistypes it: one digit, and the check digit that goes with it."""
    from juzhu.domain.identity import check_digit

    body = number[:14] + str((int(number[14]) + 1) % 10) + number[15:17]
    return body + check_digit(body)


def test_a_mistyped_agent_is_put_right_and_gets_the_card_on_the_spot(world, officer):
    mistyped = replace(AGENT, id_number=one_digit_off(AGENT.id_number))
    person, number = with_card(world, agent=mistyped)
    comes(officer, person)
    refused = hand_to_agent(officer, AGENT.id_number, AGENT.name).content.decode()
    typed = {"name": AGENT.name, "id_number": AGENT.id_number, "phone": AGENT.phone}
    assert officer.client.post("/desk/agent/", typed).status_code == 422, "the holder is not here"
    requests.name_agent(
        person_id=person, number=cards.card(number).case_number, agent=AGENT, hand=None, at=NOON
    )

    answer = hand_to_agent(officer, AGENT.id_number, AGENT.name)

    assert "多半是填错了" in refused
    assert answer.status_code == 302
    assert cards.card(number).state is CardState.WITH_HOLDER


def test_a_read_of_the_agent_that_is_not_proven_counts_for_nothing(world, officer):
    person, number = with_card(world, agent=AGENT)
    comes(officer, person)
    fields = read(officer, AGENT.id_number, AGENT.name) | {"proof": "0" * 64}

    answer = officer.client.post(
        "/desk/card/", {"who": "agent"} | {f"agent_{k}": v for k, v in fields.items()}
    )

    assert answer.status_code == 422
    assert cards.card(number).state is CardState.AT_POINT


def test_the_card_of_somebody_who_died_is_void_the_fee_goes_back_and_no_phone_rings(world, officer):
    person, _ = with_card(world)
    first = cards.cards_of(person)[0]
    detail = {"by": "holder"}
    card_services.happen(
        number=first.number, kind=CardEvent.HANDED_OVER, actor="x", at=world.now, detail=detail
    )
    wish = an_application(
        Business.REISSUE,
        "lost",
        ground=CardGround.LOST,
        delivery=CardDelivery.POINT,
        point=POINT,
        agent=AGENT,
    )
    number = apply.submit(person_id=person, application=wish, at=world.now).case.number
    pay(number, world)
    arrive(number, world)
    forward(world, days=1)
    world.alive = False
    written = Message.objects.filter(person_id=person).count()
    comes(officer, person)

    answer = hand_to_agent(officer, AGENT.id_number, AGENT.name)

    order = payments.of_case(Case.objects.get(number=number).pk, at=world.now)
    assert "已经去世" in answer.content.decode()
    assert cards.card_of_case(number).state is CardState.VOID
    assert permits.permit_of(person, world.now.date()).actions[-1].reason == "death"
    assert [refund.reason for refund in order.payment.refunds] == ["holder_died"]
    assert Message.objects.filter(person_id=person).count() == written

    # It was an error of the population base: two officers undo it, and the card is made again.
    world.alive = True
    forward(world, days=40)
    (told,) = lives.signals_of(person)
    signals.propose(signal_id=told.id, officer="0001", words="本人来了", at=world.now)
    case_lives.sign(signal_id=told.id, officer="0002", at=world.now)
    again = cards.card_of_case(number)
    assert (again.state, again.making) == (CardState.ORDERED, 2)
    assert again.due_on > world.now.date(), "it is not late the moment it begins"
    assert permits.permit_of(person, world.now.date()).status.state is PermitState.VALID
    assert people.has_died(person) is False


def test_the_menu_tells_of_cards_past_their_limit(world, officer):
    person = a_person()
    wish = an_application(delivery=CardDelivery.POINT, point=POINT)
    apply.submit(person_id=person, application=wish, at=world.now)

    def menu():
        return officer.client.get("/day/").content.decode()

    assert "张超期" not in menu()
    forward(world, days=40)
    assert "1 张超期" in menu()


def test_a_card_that_lies_elsewhere_is_not_handed_over_here(world, desk, watch):
    person, number = with_card(world)
    elsewhere = hire(watch, Role.OFFICER).begin(point="440305-01")
    comes(elsewhere, person)

    answer = elsewhere.client.post("/desk/card/", {"who": "holder"})

    assert answer.status_code == 422
    assert cards.card(number).state is CardState.AT_POINT


def test_a_refusal_and_a_spoiled_card_are_noted_and_the_card_is_made_again(world, officer):
    person, number = with_card(world)
    comes(officer, person)

    officer.client.post("/desk/card/refuse/", {"why": "not_the_holder"})
    officer.client.post("/desk/card/spoil/", {"what": "chip"})

    card = cards.card(number)
    assert [event.kind for event in card.events[-2:]] == ["refused", "spoiled"]
    assert (card.state, card.making) == (CardState.ORDERED, 2)


def test_a_replacement_is_asked_for_paid_and_the_old_card_handed_back(world, officer):
    person, number = with_card(world)
    comes(officer, person)
    officer.client.post("/desk/card/", {"who": "holder"})
    form = officer.client.get("/desk/reissue/").context["form"]
    typed = {"key": form["key"].value(), "why": "damaged", "delivery": "point", "point": POINT}

    case = officer.client.post("/desk/reissue/", typed).headers["Location"].split("/")[-2]
    page = officer.client.get(f"/desk/cases/{case}/").content.decode()
    code = officer.client.get(f"/desk/cases/{case}/pay.svg")
    pay(case, world)
    arrive(case, world)
    comes(officer, person)
    without = officer.client.post("/desk/card/", {"who": "holder"})
    officer.client.post("/desk/card/", {"who": "holder", "old_card": "handed_back"})

    assert "待缴费" in page
    assert code.status_code == 200
    assert without.status_code == 422
    assert cards.card_of_case(case).state is CardState.WITH_HOLDER
    assert cards.card(number).events[-1].kind is CardEvent.HANDED_BACK
    assert Act.objects.get(kind="applied").person_id == person


def test_returned_mail_is_taken_into_the_stock_and_kept_until_it_is_destroyed(
    world, officer, watch
):
    person = a_person()
    permit = permit_services.issue(
        person_id=person, on=add_months(TODAY, -1), at=NOON, occasion="S"
    )
    number = card_services.order(
        NewCard(
            person_id=person,
            permit_id=permit.id,
            case_number="SL1",
            ground=CardGround.FIRST,
            delivery="post",
            point="",
            printed_on=TODAY,
            due_on=TODAY,
        ),
        at=world.now,
    )
    card_services.make_file([cards.card(number)], at=world.now, written=lambda *_: b"{}")
    kinds = (CardEvent.MADE, CardEvent.POSTED, CardEvent.RETURNED)
    card_services.take_news(
        [
            News(number=n, line=f"{number}-1", kind=kind, at=world.now, tracking="EB1CN")
            for n, kind in enumerate(kinds, 1)
        ]
    )

    early = officer.client.post("/cards/arrive/", {"number": "nothing"})
    officer.client.post("/cards/arrive/", {"number": "eb1cn"})
    listed = officer.client.get("/cards/").content.decode()
    forward(world, days=181)
    refused = officer.client.post(f"/cards/{number}/destroy/")
    supervisor = hire(watch, Role.SUPERVISOR).begin()
    supervisor.client.post(f"/cards/{number}/destroy/")

    assert early.status_code == 422
    assert number[:4] in listed
    assert refused.status_code == 403
    assert cards.card(number).state is CardState.DESTROYED
    assert Message.objects.filter(person_id=person, occasion="card_came_back").count() == 1
    assert Message.objects.filter(person_id=person, occasion="card_destroyed").count() == 1
    assert permits.permit_of(person, world.now.date()).status.state == "valid"


def test_a_card_that_lies_elsewhere_is_not_tried_here(world, officer, watch):
    person, _ = with_card(world)
    other = hire(watch, Role.OFFICER).begin(point="440305-01")
    comes(other, person)

    page = other.client.get("/desk/card/").content.decode()

    assert "这里发不了" in page
    assert 'id="hand-over"' not in page
    comes(officer, person)
    assert 'id="hand-over"' in officer.client.get("/desk/card/").content.decode()
