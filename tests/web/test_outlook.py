"""Looking ahead, and being endorsed without asking."""

import re
from datetime import date, timedelta

import pytest

from juzhu.domain.vocabulary import Business, Source
from juzhu.journeys import proactive
from juzhu.modules.audit.models import Entry
from juzhu.modules.cases.models import Case, Decision
from juzhu.modules.notices.models import Message
from juzhu.modules.permits import queries as permits
from juzhu.modules.proactive.models import Consent, Watch
from tests.web.conftest import forward

WINDOW_OPENS = 305  # days after the issue


def page(who, path):
    response = who.client.get(path)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def look(who) -> None:
    """Do what the job of that day does."""
    world_now = who.world.now
    watch = Watch.objects.filter(person_id=who.client.session["person"]).first()
    if watch is not None:
        proactive.look(watch_id=watch.pk, at=world_now)


@pytest.fixture
def consenting(world, holder):
    object.__setattr__(holder, "world", world)
    holder.client.post("/outlook/consent/", {"agree": "yes"})
    return holder


def status(who, world):
    return permits.permit_of(who.client.session["person"], world.now.date()).status


def test_the_day_from_which_it_passes(world, holder):
    forward(world, days=100)

    shown = page(holder, "/outlook/")

    assert "照现在这样，2027年9月25日就能签注" in shown
    assert "还没到" in shown
    assert "2027年11月23日" in shown
    entry = Entry.objects.filter(purpose="forecast").latest("pk")
    assert (entry.actor, entry.note) == ("system:precheck", "refused")


def test_what_is_missing_is_said_while_it_can_be_mended(world, holder):
    forward(world, days=100)
    world.insured_months = 0

    shown = page(holder, "/outlook/")

    assert "照现在这样，签注通不过" in shown
    assert "还要缴 8 个月" in shown
    assert "往后最多可以断" in shown


def test_a_suspended_permit_is_not_too_late(world, holder):
    forward(world, days=400)

    shown = page(holder, "/outlook/")

    assert "现在就能补签注" in shown
    assert "来不及" not in shown


def test_a_silent_register_is_no_bad_news(world, holder):
    world.silent = {Source.INSURANCE}

    shown = page(holder, "/outlook/")

    assert "现在还看不出来" in shown
    assert "社保系统暂时没有答复" in shown


def test_without_a_permit_there_is_nothing_to_foresee(resident):
    assert resident.client.get("/outlook/").headers["Location"] == "/"
    assert resident.client.post("/outlook/consent/", {"agree": "yes"}).headers["Location"] == "/"
    assert not Consent.objects.exists()


def test_with_consent_the_first_day_of_the_window_endorses(world, consenting):
    forward(world, days=WINDOW_OPENS - 1)
    look(consenting)
    assert status(consenting, world).endorsements == 0
    forward(world, days=1)

    look(consenting)

    now = status(consenting, world)
    assert (now.endorsements, now.valid_through) == (1, date(2028, 11, 23))
    case = Case.objects.get(channel="proactive")
    assert Decision.objects.get(case=case).outcome == "approved"
    told = Message.objects.get(case_number=case.number)
    assert told.occasion == "endorsed_for_you"
    assert Watch.objects.get().look_on == now.window_opens
    shown = page(consenting, f"/cases/{case.number}/")
    assert "替您签注好了" in shown
    assert "撤销这次自动签注" in shown


def test_it_is_done_once_however_often_the_job_runs(world, consenting):
    forward(world, days=WINDOW_OPENS)
    watch = Watch.objects.get()
    for _ in range(2):
        look(consenting)
        Watch.objects.update(look_on=world.now.date())

    proactive.look(watch_id=watch.pk, at=world.now)

    assert status(consenting, world).endorsements == 1
    assert Case.objects.filter(channel="proactive").count() == 1


def test_it_can_be_taken_back_for_seven_days(world, consenting):
    forward(world, days=WINDOW_OPENS)
    look(consenting)
    number = Case.objects.get(channel="proactive").number
    forward(world, days=7)
    assert "撤销这次自动签注吗" in page(consenting, f"/cases/{number}/undo/")

    consenting.client.post(f"/cases/{number}/undo/")

    assert "自动签注已撤销" in page(consenting, f"/cases/{number}/")
    assert status(consenting, world).endorsements == 0
    assert Message.objects.filter(occasion="endorsement_undone").count() == 1
    Watch.objects.update(look_on=world.now.date())
    look(consenting)
    assert status(consenting, world).endorsements == 0
    consenting.endorse()
    assert status(consenting, world).endorsements == 1


def test_after_seven_days_it_stays(world, consenting):
    forward(world, days=WINDOW_OPENS)
    look(consenting)
    number = Case.objects.get(channel="proactive").number
    forward(world, days=8)
    assert "撤销这次自动签注" not in page(consenting, f"/cases/{number}/")

    consenting.client.post(f"/cases/{number}/undo/")

    assert status(consenting, world).endorsements == 1


def test_nobody_else_takes_it_back(world, consenting, neighbour):
    forward(world, days=WINDOW_OPENS)
    look(consenting)
    number = Case.objects.get(channel="proactive").number

    assert neighbour.client.post(f"/cases/{number}/undo/").status_code == 404
    assert status(consenting, world).endorsements == 1


def test_what_was_asked_for_by_hand_is_not_taken_back(world, holder):
    forward(world, days=330)
    where = holder.endorse()

    holder.client.post(f"{where}undo/")

    assert status(holder, world).endorsements == 1


def test_a_condition_that_fails_is_told_once_and_looked_at_again(world, consenting):
    forward(world, days=WINDOW_OPENS)
    world.insured_months = 7
    look(consenting)
    first = Watch.objects.get().look_on
    assert first > world.now.date()
    assert not Case.objects.filter(channel="proactive").exists()

    world.insured_months = 8
    forward(world, days=(first - world.now.date()).days)
    look(consenting)

    assert Message.objects.filter(occasion="not_endorsed_yet").count() == 1
    assert status(consenting, world).endorsements == 1


def test_a_silent_register_is_asked_the_next_day_and_nobody_is_troubled(world, consenting):
    forward(world, days=WINDOW_OPENS)
    world.silent = {Source.INSURANCE}

    look(consenting)

    assert Watch.objects.get().look_on == world.now.date() + timedelta(days=1)
    assert not Message.objects.filter(occasion="not_endorsed_yet").exists()


def test_consent_taken_back_ends_it(world, consenting):
    assert "自动签注已授权" in page(consenting, "/outlook/consent/")

    consenting.client.post("/outlook/consent/", {"agree": "no"})

    assert not Watch.objects.exists()
    assert Consent.objects.get().withdrawn_at is not None
    consenting.client.post("/outlook/consent/", {"agree": "yes"})
    assert Consent.objects.count() == 2


def test_an_endorsement_by_hand_moves_the_next_look(world, consenting):
    forward(world, days=WINDOW_OPENS)
    consenting.endorse()

    assert Watch.objects.get().look_on == status(consenting, world).window_opens


def test_a_suspended_permit_is_left_to_its_holder(world, consenting):
    forward(world, days=400)

    look(consenting)

    assert status(consenting, world).endorsements == 0
    assert not Watch.objects.exists()


def test_who_asked_to_be_told_is_told_when_it_is_true(world, resident):
    object.__setattr__(resident, "world", world)
    world.insured_months = 11
    where = resident.apply()
    resident.client.post(f"{where}remind/")
    day = Watch.objects.get(business=Business.FIRST_ISSUE).look_on
    forward(world, days=(day - world.now.date()).days)
    world.insured_months = 5  # stopped meanwhile
    look(resident)
    assert not Message.objects.filter(occasion="may_apply_now").exists()
    later = Watch.objects.get().look_on
    assert later > day

    forward(world, days=(later - world.now.date()).days)
    world.insured_months = 16
    look(resident)

    assert Message.objects.filter(occasion="may_apply_now").count() == 1
    assert not Watch.objects.exists()


def test_every_look_that_is_due_becomes_a_job(world, consenting):
    forward(world, days=WINDOW_OPENS)

    assert proactive.begin_looks(on=world.now.date()) == 1
    assert proactive.begin_looks(on=world.now.date() - timedelta(days=1)) == 0


def test_without_consent_who_asked_is_told_and_does_it_by_hand(world, holder):
    object.__setattr__(holder, "world", world)
    forward(world, days=330)
    world.insured_months = 7
    where = holder.endorse()
    holder.client.post(f"{where}remind/")
    world.insured_months = 16
    forward(world, days=(Watch.objects.get().look_on - world.now.date()).days)

    look(holder)

    assert status(holder, world).endorsements == 0
    assert Message.objects.filter(occasion="may_apply_now").count() == 1
