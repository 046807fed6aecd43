"""The card on the citizen's pages: made anew with its fee, followed, and what happens when not."""

from datetime import timedelta

import pytest

from juzhu.domain.card import CardEvent, CardState
from juzhu.domain.permit import ActionKind
from juzhu.journeys import paying
from juzhu.modules.cards import queries as cards
from juzhu.modules.cards import services as card_services
from juzhu.modules.cards.contracts import News
from juzhu.modules.cases.models import Case
from juzhu.modules.notices.models import Message
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments import services as payment_services
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.ports.payments import Paid
from tests.factories import TODAY
from tests.web.conftest import Resident, World, forward

pytestmark = pytest.mark.django_db
POINT = "440304-01"


def ask(resident: Resident, ground: str = "lost", **fields: str) -> str:
    """Send the form of a new card as it was shown; return the case's number."""
    key = resident.client.get(f"/card/new/{ground}/").context["form"]["key"].value()
    typed = {"key": key, "delivery": "point", "point": POINT} | fields
    answer = resident.client.post(f"/card/new/{ground}/", typed)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer.headers["Location"].split("/")[-2]


def pay(number: str, world: World) -> None:
    """Let the gateway say that the fee of a case was paid."""
    order = payments.of_case(Case.objects.get(number=number).pk, at=world.now)
    attempt = payment_services.begin(
        order_number=order.number,
        gateway="cashier",
        way="page",
        closes_at=world.now + timedelta(minutes=30),
        at=world.now,
    )
    paid = Paid(f"T-{attempt.number}", order.amount_fen, world.now)
    paying._settle(attempt.number, paid, world.now)


def tell(number: str, world: World, *kinds: CardEvent) -> None:
    """Let the factory tell what happened to the card of a case."""
    card = cards.card_of_case(number)
    first = cards.cursor() + 1
    news = [
        News(number=first + n, line=card.line, kind=kind, at=world.now, tracking="SD1", code="")
        for n, kind in enumerate(kinds)
    ]
    card_services.take_news(news)


def put_in_file(number: str, world: World) -> None:
    card = cards.card_of_case(number)
    card_services.make_file([card], at=world.now, written=lambda *_: b"{}")


def arrive(number: str, world: World) -> None:
    put_in_file(number, world)
    tell(number, world, CardEvent.MADE, CardEvent.SHIPPED, CardEvent.ARRIVED)


def person_of(resident: Resident) -> int:
    return people.person_by_number(resident.id_number).id


@pytest.fixture
def cardholder(world: World, resident: Resident) -> Resident:
    """Return somebody whose first card lies with them."""
    number = resident.apply(delivery="point", point=POINT).split("/")[-2]
    arrive(number, world)
    card = cards.card_of_case(number)
    card_services.happen(
        number=card.number,
        kind=CardEvent.HANDED_OVER,
        actor="officer:1",
        at=world.now,
        detail={"by": "holder"},
    )
    return resident


def test_a_lost_card_is_made_anew_once_paid_and_no_date_of_the_permit_moves(world, cardholder):
    person = person_of(cardholder)
    before = permits.permit_of(person, TODAY)
    old = cards.good_card(before.id)
    forward(world, days=100)

    number = ask(cardholder)
    page = cardholder.client.get(f"/cases/{number}/").content.decode()
    lost = cards.card(old.number)
    pay(number, world)

    card, after = cards.card_of_case(number), permits.permit_of(person, world.now.date())
    assert "去缴费 20 元" in page
    assert lost.state is CardState.VOID  # before anything was paid
    assert card.state is CardState.ORDERED
    assert card.printed_on == world.now.date()
    assert (card.due_on - world.now.date()).days >= 14  # ten working days
    assert after.actions[-1].kind is ActionKind.REISSUED
    assert (after.status.issued_on, after.status.valid_through, after.status.window_opens) == (
        before.status.issued_on,
        before.status.valid_through,
        before.status.window_opens,
    )


def test_a_damaged_card_is_good_until_the_new_one_is_ordered(world, cardholder):
    old = cards.cards_of(person_of(cardholder))[0]

    number = ask(cardholder, "damaged")
    meanwhile = cards.card(old.number).state
    pay(number, world)

    assert meanwhile is CardState.WITH_HOLDER
    assert cards.card(old.number).state is CardState.VOID


def test_what_is_not_paid_in_fifteen_days_ends_and_says_so(world, cardholder):
    number = ask(cardholder, "damaged")
    forward(world, days=15)
    paying.expire_due(at=world.now)
    still = Case.objects.get(number=number).state
    forward(world, hours=13)

    paying.expire_due(at=world.now)

    page = cardholder.client.get(f"/cases/{number}/").content.decode()
    assert still == "to_pay"
    assert Case.objects.get(number=number).state == "unpaid"
    assert "没有缴费，这次申请已结束" in page
    assert Message.objects.filter(occasion="fee_lapsed").count() == 1
    assert cards.card_of_case(number) is None
    assert ask(cardholder, "damaged") != number  # and may ask again


def test_the_way_of_the_card_is_shown_with_its_dates(world, cardholder):
    number = ask(cardholder)
    pay(number, world)
    arrive(number, world)

    page = cardholder.client.get(f"/cases/{number}/")

    steps = page.context["progress"].steps
    assert [s.key for s in steps if s.at] == ["accepted", "granted", "fee", "making", "there"]
    assert [s.key for s in steps if s.is_now] == ["got"]
    assert "莲花派出所受理点" in page.content.decode()
    assert cardholder.client.get("/card/").status_code == 200
    assert "到受理点了" in cardholder.client.get("/").content.decode()


def test_whoever_wanted_no_card_gets_the_first_one_later_free_of_charge(world, holder):
    shown = holder.client.get("/card/").context["choices"]
    number = ask(holder, "first", delivery="post", point="")

    assert [(choice.ground, choice.yuan) for choice in shown] == [("first", "0")]
    assert cards.card_of_case(number).state is CardState.ORDERED
    assert holder.client.get("/card/new/lost/").status_code == 302  # one is under way


def test_the_permit_of_a_re_application_is_in_force_whether_or_not_its_card_is_paid(world, holder):
    forward(world, days=365 * 3 + 10)  # suspended, then cancelled by two years
    number = holder.apply(delivery="point", point=POINT).split("/")[-2]
    permit = permits.permit_of(person_of(holder), world.now.date())
    page = holder.client.get(f"/cases/{number}/").content.decode()
    assert permit.status.state == "valid"
    assert cards.card_of_case(number) is None
    assert "去缴工本费 20 元" in page

    forward(world, days=16)
    paying.expire_due(at=world.now)

    assert permits.permit_of(person_of(holder), world.now.date()).status.state == "valid"
    assert Case.objects.get(number=number).state == "approved"
    assert holder.client.get(f"/cases/{number}/").status_code == 200


def test_nobody_sees_the_card_of_another(cardholder, neighbour):
    number = ask(cardholder)

    assert neighbour.client.get(f"/cases/{number}/").status_code == 404
    assert neighbour.client.get("/card/").headers["Location"] == "/"


def test_a_permit_that_ended_before_the_payment_gives_the_fee_back(world, cardholder):
    number = ask(cardholder, "damaged")
    order = payments.of_case(Case.objects.get(number=number).pk, at=world.now)
    forward(world, days=1)
    person = person_of(cardholder)
    from juzhu.domain.permit import CancelReason
    from juzhu.modules.permits import services as permit_services

    permit_services.act(
        permit_id=permits.permit_of(person, world.now.date()).id,
        kind=ActionKind.CANCELLED,
        on=world.now.date(),
        at=world.now,
        occasion="x",
        reason=CancelReason.FRAUD,
    )
    pay(number, world)

    found = payments.order(order.number, at=world.now)
    assert [refund.reason for refund in found.payment.refunds] == ["not_made"]
    assert cardholder.client.get(f"/cases/{number}/").status_code == 200
    assert Case.objects.get(number=number).state == "ended"
