"""Cards, from the order to the point or the letter box, with the factory really asked."""

from contextlib import nullcontext
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from juzhu.cli import card as command
from juzhu.cli import running
from juzhu.domain.card import CardEvent, CardState
from juzhu.journeys import apply, cards, sign_in
from juzhu.modules.cards import queries
from juzhu.modules.cards.models import Batch
from juzhu.modules.cases.contracts import CardDelivery
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.notices.models import Message
from tests.factories import an_application, looks_of

pytestmark = pytest.mark.django_db


def now(city):
    """The city's time at once, not as the clock of a process remembers it for a moment."""
    return datetime.fromisoformat(city.get("/clock")["now"])


def ordered(city, name="陈小明", delivery=CardDelivery.POINT):
    """A first card of somebody who has just got the permit."""
    number = city.named(name)["id_number"]
    found = sign_in.by_face(name=name, id_number=number, ip="127.0.0.1", at=now(city))
    point = "440304-01" if delivery is CardDelivery.POINT else ""
    wish = an_application(key=name, delivery=delivery, point=point)
    case = apply.submit(person_id=found.person_id, application=wish, at=now(city)).case
    return case.number


def later(city, **by):
    """Let the factory's clock go on."""
    city.post("/control/clock", to=(now(city) + timedelta(**by)).isoformat())


def state(number):
    return queries.card_of_case(number).state


def told(occasion):
    return Message.objects.filter(occasion=occasion).count()


def test_a_first_card_reaches_the_point_and_its_holder_is_told(city):
    number = ordered(city)
    assert state(number) is CardState.ORDERED

    cards.work(at=now(city))
    assert state(number) is CardState.IN_PRODUCTION
    later(city, minutes=3)
    cards.work(at=now(city))

    card = queries.card_of_case(number)
    kinds = [event.kind for event in card.events]
    assert (card.state, card.point, len(card.serial)) == (CardState.AT_POINT, "440304-01", 16)
    assert kinds == [
        *(CardEvent.ORDERED, CardEvent.SENT, CardEvent.TAKEN, CardEvent.MADE),
        *(CardEvent.SHIPPED, CardEvent.ARRIVED),
    ]
    assert told(Occasion.CARD_READY) == 1
    assert "card" in [look.purpose for look in looks_of(card.person_id, now(city))]
    assert Batch.objects.get().file is None  # nothing of a face is kept once it is acknowledged


def test_a_letter_is_handed_over_against_the_code_of_the_sms_only(city):
    number = ordered(city, delivery=CardDelivery.POST)
    cards.work(at=now(city))
    later(city, minutes=3)
    cards.work(at=now(city))
    card = queries.card_of_case(number)
    assert card.state is CardState.IN_POST

    wrong = "000000" if card.pickup_code != "000000" else "111111"
    refused = city.post("/courier/hand", tracking=card.tracking, code=wrong)
    cards.work(at=now(city))
    stays = queries.card_of_case(number)
    handed = city.post("/courier/hand", tracking=card.tracking, code=card.pickup_code)
    cards.work(at=now(city))

    assert (refused["handed_over"], stays.state) == (False, CardState.IN_POST)
    assert (handed["handed_over"], state(number)) == (True, CardState.WITH_HOLDER)
    assert queries.card_of_case(number).pickup_code == ""
    assert told(Occasion.CARD_REFUSED) == told(Occasion.CARD_DELIVERED) == 1


def test_of_a_half_acknowledged_file_every_card_is_made_once(city):
    numbers = [ordered(city, "陈小明"), ordered(city, "古丽娜尔·买买提")]
    city.post("/control/services/cards", mode="half")
    cards.work(at=now(city))
    city.post("/control/reset")
    later(city, minutes=3)
    cards.work(at=now(city))
    assert sorted(state(n) for n in numbers) == [CardState.AT_POINT, CardState.IN_PRODUCTION]

    later(city, minutes=31)
    cards.work(at=now(city))
    later(city, minutes=3)
    cards.work(at=now(city))

    found = [queries.card_of_case(number) for number in numbers]
    assert [card.state for card in found] == [CardState.AT_POINT] * 2
    assert [card.making for card in found] == [1, 1]
    assert {batch.open_lines for batch in queries.batches()} == {0}
    assert queries.open_batches() == []


def test_a_spoiled_card_is_made_again_by_itself(city):
    city.post("/control/services/cards", mode="spoiled")
    number = ordered(city)
    cards.work(at=now(city))
    later(city, minutes=1)
    cards.work(at=now(city))
    assert queries.card_of_case(number).making == 2

    city.post("/control/reset")
    for _ in range(3):
        cards.work(at=now(city))
        later(city, minutes=2)

    assert state(number) is CardState.AT_POINT
    assert told(Occasion.CARD_READY) == 1


@pytest.mark.parametrize("mode", ["silent", "lost_answer", "forged", "rubbish", "error500"])
def test_whatever_the_factory_does_a_file_is_taken_once(city, mode, monkeypatch):
    monkeypatch.setattr("juzhu.adapters.card_factory_http.SEND_SECONDS", 0.5)
    city.post("/control/services/cards", mode=mode)
    number = ordered(city)
    for _ in range(2):
        cards.work(at=now(city))
    assert queries.open_batches()[0].receipt == ""

    city.post("/control/reset")
    cards.work(at=now(city))
    later(city, minutes=3)
    cards.work(at=now(city))

    assert state(number) is CardState.AT_POINT
    assert Batch.objects.count() == 1


@pytest.fixture
def juzhu(city, monkeypatch, tmp_path):
    monkeypatch.setattr(running, "database", lambda env: nullcontext())
    monkeypatch.setattr(running, "start_django", lambda **quiet: None)
    monkeypatch.setattr(command, "_now", lambda: now(city))
    monkeypatch.setenv("JUZHU_DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(command.app, arguments)
        return done.exit_code, done.output

    return run


def test_an_operator_sends_now_and_reads_when_the_factory_is_silent(city, juzhu, monkeypatch):
    monkeypatch.setattr("juzhu.adapters.card_factory_http.SEND_SECONDS", 0.5)
    number = ordered(city)
    city.post("/control/services/cards", mode="silent")
    assert juzhu("send")[0] == 1
    assert juzhu("files")[0] == 1
    assert state(number) is CardState.IN_PRODUCTION

    city.post("/control/reset")
    assert juzhu("send")[0] == 0
    later(city, minutes=3)
    assert juzhu("send")[0] == 0

    assert state(number) is CardState.AT_POINT
    cards.work(at=now(city))
    assert juzhu("files")[0] == 0


def test_an_operator_lets_a_card_be_made_again_that_failed_five_times(city, juzhu):
    city.post("/control/services/cards", mode="spoiled")
    case = ordered(city)
    number = queries.card_of_case(case).number
    assert "nobody" in juzhu("again", number)[1]
    for _ in range(10):  # sent, and heard of as spoiled, five times
        cards.work(at=now(city))
        later(city, minutes=2)
    [stuck] = queries.stuck()
    assert cards.troubles(at=now(city))

    assert juzhu("again", stuck.number) == (0, "it goes into the next file\n")
    assert juzhu("again", "KP0")[0] == 2
    city.post("/control/reset")
    cards.work(at=now(city))
    later(city, minutes=3)
    cards.work(at=now(city))

    card = queries.card(number)
    again = next(event for event in card.events if event.kind is CardEvent.TRIED_AGAIN)
    assert card.state is CardState.AT_POINT
    assert again.actor.startswith("operator:")


def test_somebody_who_dies_before_the_card_is_made_gets_none(city):
    number = ordered(city)
    holder = city.named("陈小明")["id_number"]
    told_of = city.post("/control/lives", id_number=holder, kind="death", on=f"{now(city):%F}")
    written = Message.objects.count()

    cards.work(at=now(city))
    city.post("/control/lives", kind="taken_back", undoes=told_of["key"])

    assert state(number) is CardState.VOID
    assert queries.batches() == []
    assert Message.objects.count() == written
