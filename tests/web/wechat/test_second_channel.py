"""WeChat as the second channel: beside the SMS or after it, never needless, never twice."""

from datetime import timedelta

import pytest

from juzhu.journeys import messages, wechat_messages
from juzhu.modules.channels.models import LentSecret
from juzhu.modules.notices import bindings, second
from juzhu.modules.notices.contracts import Delivery, NewMessage, Occasion
from juzhu.modules.notices.models import Message, WechatNote
from juzhu.modules.notices.services import write_many
from juzhu.modules.people.models import Person
from juzhu.modules.permits.models import Permit
from tests.web.wechat.conftest import PHONE


@pytest.fixture
def follower(holder, wechat, api, world):
    """Return the holder's number, bound to an account that follows."""
    messages.pump()
    person_id = Person.objects.get().pk
    wechat.control(follow=PHONE)
    bindings.bind(person_id=person_id, openid=wechat.openid(api), at=world.now)
    messages.pump()
    assert not WechatNote.objects.exists()  # about the account itself the phone alone is told
    return person_id


def say(world, person_id, occasion=Occasion.REFUSED, **values):
    day = world.now.date()
    message = NewMessage(
        person_id=person_id,
        occasion=occasion,
        subject=f"s-{Message.objects.count()}",
        values={"number": "SL20261123004518"} | values,
        due_on=day,
        deadline=day + timedelta(days=5),
    )
    write_many([message], at=world.now)
    messages.pump()


def note() -> WechatNote:
    return WechatNote.objects.get()


def test_what_must_not_be_missed_goes_to_wechat_beside_the_sms(world, follower, wechat):
    shown = len(wechat.phone())
    say(world, follower)

    assert wechat_messages.pump() == 1

    bubble = wechat.phone()[shown]
    assert "没有通过" in bubble["text"]
    assert bubble["url"] == "http://127.0.0.1:8600/go/progress/"
    for secret in (Person.objects.get().name, Person.objects.get().id_number):
        assert secret not in bubble["text"]
    assert note().state == "taken"
    assert wechat_messages.pump() == 0


def test_the_rest_goes_there_only_when_the_sms_does_not_arrive(world, follower, wechat):
    say(world, follower, Occasion.WITHDRAWN)
    assert not WechatNote.objects.exists()
    message = Message.objects.get(occasion="withdrawn")

    from juzhu.modules.notices.receipts import note_receipts
    from juzhu.ports.sms import Fate, Receipt

    lost = Receipt(Fate.UNREACHABLE, message.gateway_number)
    note_receipts([lost], provider="city", at=world.now)
    note_receipts([lost], provider="city", at=world.now)
    wechat_messages.pump()

    assert note().message_id == message.pk
    assert note().state == "taken"


def test_without_a_phone_wechat_is_the_way(world, follower):
    Person.objects.update(phone=None, phone_digest=None)

    say(world, follower, Occasion.WITHDRAWN)
    wechat_messages.pump()

    assert Message.objects.get(occasion="withdrawn").delivery == Delivery.NO_PHONE
    assert note().state == "taken"


def test_who_has_bound_nothing_is_told_by_sms_alone(world, holder, wechat):
    say(world, Person.objects.get().pk)

    assert wechat_messages.pump() == 0


def test_what_is_no_longer_true_is_not_said(world, follower):
    say(world, follower)
    # Said of a permit whose window is another by now: the same look that the SMS had.
    number = Permit.objects.get().number
    Message.objects.filter(pk=note().message_id).update(occasion="days_1", permit_number=number)

    wechat_messages.pump()

    assert note().state == "needless"


@pytest.mark.parametrize(
    ("status", "state"), [("success", "delivered"), ("failed:user block", "failed")]
)
def test_wechat_reports_what_became_of_it(world, follower, wechat, api, status, state):
    say(world, follower)
    wechat_messages.pump()
    number, openid = note().number, wechat.openid(api)

    report = {"status": status, "at": world.now}
    assert not second.reported(number="1", openid=openid, **report)
    assert not second.reported(number=number, openid="o-somebody-else", **report)
    assert second.reported(number=number, openid=openid, **report)
    assert not second.reported(number=number, openid=openid, **report)  # said again
    assert note().state == state


def test_who_unfollowed_is_bound_no_more(world, follower, wechat):
    say(world, follower)
    wechat.control(faults=[43004])

    wechat_messages.pump()

    assert (note().state, note().why) == ("failed", "not following")
    assert bindings.bound_at(follower) is None


def test_a_quota_used_up_waits_for_tomorrow(world, follower, wechat):
    say(world, follower)
    wechat.control(faults=[45009])
    wechat_messages.pump()
    assert note().not_before > world.now + timedelta(hours=2)

    world.now += timedelta(days=1)
    wechat_messages.pump()

    assert note().state == "taken"


def test_a_lost_answer_is_tried_under_the_same_key_and_then_never_again(world, follower, wechat):
    shown = len(wechat.phone())
    say(world, follower)
    wechat.misbehave("lost_answer")
    for _ in range(6):
        wechat_messages.pump()
        world.now += timedelta(minutes=3)

    assert note().state == "held"
    assert len(wechat.phone()) == shown + 1
    wechat.misbehave("ok")
    world.now += timedelta(days=1)
    assert wechat_messages.pump() == 0


def test_while_wechat_is_away_nothing_is_held_for_sent(world, follower, wechat):
    LentSecret.objects.all().delete()
    say(world, follower)
    wechat.misbehave("error500")
    for _ in range(4):
        wechat_messages.pump()
        world.now += timedelta(minutes=20)
    assert note().state == "queued"

    wechat.misbehave("ok")
    wechat_messages.pump()

    assert note().state == "taken"


def test_what_a_dead_worker_held_is_taken_up(world, follower):
    say(world, follower)
    second.claim(at=world.now, limit=10)
    assert wechat_messages.pump() == 0

    world.now += second.LEASE
    wechat_messages.pump()

    assert note().state == "taken"


def test_what_a_dead_worker_held_for_long_may_have_arrived(world, follower):
    say(world, follower)
    second.claim(at=world.now, limit=10)

    world.now += timedelta(hours=1)
    wechat_messages.pump()

    assert note().state == "held"


def test_wechat_does_not_ring_at_night(world, follower):
    say(world, follower)
    WechatNote.objects.update(state="queued")
    world.now = world.now.replace(hour=23)

    assert wechat_messages.pump() == 0
