"""What the registers of persons tell: the permit follows, and a wrong signal leaves no trace."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
import structlog
from django.db import IntegrityError, connection, transaction

from juzhu import wiring
from juzhu.cli import checks
from juzhu.cli.findings import Level
from juzhu.config import metrics
from juzhu.domain.calendar import add_months
from juzhu.domain.card import CardEvent, CardGround, CardState
from juzhu.domain.permit import CancelReason
from juzhu.domain.verification import Standing, verify
from juzhu.domain.vocabulary import Business, PermitState
from juzhu.journeys import life_events, roll
from juzhu.modules.cards import queries as cards
from juzhu.modules.cards import services as card_services
from juzhu.modules.cards.contracts import NewCard
from juzhu.modules.cases import fees
from juzhu.modules.cases import lives as case_lives
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases import services as case_services
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.cases.models import Case
from juzhu.modules.lives import queries as lives
from juzhu.modules.lives import services as signals
from juzhu.modules.lives.contracts import Outcome, Silence
from juzhu.modules.lives.models import Signal
from juzhu.modules.notices.models import Message
from juzhu.modules.payments import queries as payments
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits import services as permit_services
from juzhu.modules.permits.models import Event
from juzhu.ports.life_events import LifeEvent, LifeEventsUnavailableError, LifeKind
from tests.factories import (
    NOON,
    TODAY,
    a_person,
    an_application,
    an_id_number,
    an_order,
    looks_of,
)

pytestmark = pytest.mark.django_db
LAST_WEEK = TODAY - timedelta(days=7)


@dataclass
class Feed:
    """A source with a feed of its own."""

    events: list[LifeEvent] = field(default_factory=list)

    def after(self, position: int, *, limit: int) -> list[LifeEvent]:
        return self.events[position : position + limit]

    def tell(self, person: int | str, kind: LifeKind, **more) -> LifeEvent:
        """Let the source tell something and the service take it in."""
        number = person if isinstance(person, str) else people.person(person).id_number
        place = len(self.events) + 1
        at = more.pop("at", NOON)
        known = {"on": LAST_WEEK, "source": "population", "key": f"K{place}"} | more
        self.events.append(LifeEvent(position=place, kind=kind, id_number=number, **known))
        life_events.take_new(at=at)
        return self.events[-1]

    def take_back(self, event: LifeEvent, **more) -> LifeEvent:
        return self.tell(
            event.new_number or event.id_number, LifeKind.TAKEN_BACK, undoes=event.key, **more
        )


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    found = Feed()
    monkeypatch.setattr(wiring, "life_events", lambda: found)
    return found


def a_holder(months_ago: int = 3) -> int:
    person_id = a_person()
    day = add_months(TODAY, -months_ago)
    permit_services.issue(person_id=person_id, on=day, at=NOON, occasion=f"SL{person_id}")
    return person_id


def state(person_id: int, on: date = TODAY) -> PermitState:
    return permits.permit_of(person_id, on).status.state


def told(person_id: int) -> list[str]:
    rows = Message.objects.filter(person_id=person_id).exclude(delivery="needless")
    return list(rows.order_by("pk").values_list("occasion", flat=True))


def as_of(person_id: int, day: date):
    return verify(permits.histories([person_id])[person_id], day)


def test_a_shenzhen_hukou_cancels_from_its_own_day_and_says_so(feed):
    holder = a_holder()

    feed.tell(holder, LifeKind.HUKOU_GAINED)

    status = permits.permit_of(holder, TODAY).status
    assert (status.state, status.cancelled_on) == (PermitState.CANCELLED, LAST_WEEK)
    assert status.cancel_reason is CancelReason.SHENZHEN_HUKOU
    assert told(holder) == ["cancelled_hukou"]
    late = as_of(holder, TODAY - timedelta(days=3))
    assert late.standing is Standing.CANCELLED
    assert (LAST_WEEK, TODAY) in late.recorded_later
    assert looks_of(holder)[0].who == "department:population"


def test_each_signal_counts_once_however_often_it_is_told(feed):
    holder = a_holder()
    event = feed.tell(holder, LifeKind.HUKOU_GAINED)

    case_lives.take(event, at=NOON)
    assert life_events.take_new(at=NOON) == 0

    assert told(holder) == ["cancelled_hukou"]
    assert (Signal.objects.count(), lives.position()) == (1, 1)


def test_a_silent_feed_is_told_once_and_once_when_it_answers_again(feed, monkeypatch):
    with monkeypatch.context() as silent:
        silent.setattr(feed, "after", _silent, raising=False)
        with structlog.testing.capture_logs() as logs:
            for minutes in range(3):
                life_events.take_new(at=NOON + timedelta(minutes=minutes))
        assert [line["event"] for line in logs] == ["lives.feed_silent"]
        assert lives.silence() == Silence(NOON, "status 403", 3)
        assert "juzhu_life_events_failures 3.0" in metrics.exposition().decode()
        assert checks._life_events().level is Level.WARN

    with structlog.testing.capture_logs() as logs:
        life_events.take_new(at=NOON)
        life_events.take_new(at=NOON)

    assert [line["event"] for line in logs] == ["lives.feed_answers_again"]
    assert lives.silence().since is None
    assert checks._life_events().level is Level.OK


def _silent(position: int, *, limit: int):
    raise LifeEventsUnavailableError("status 403")


def test_a_hukou_before_the_issue_means_that_the_permit_never_held_a_day(feed):
    holder = a_holder()

    feed.tell(holder, LifeKind.HUKOU_GAINED, on=TODAY - timedelta(days=400))

    assert as_of(holder, TODAY).held_periods == ()


def test_nobody_is_told_of_a_death_and_nothing_waits_for_the_phone(feed):
    holder = a_holder(months_ago=11)
    roll.run(on=TODAY, at=NOON - timedelta(hours=6))
    waiting = Message.objects.filter(person_id=holder)
    assert waiting.exists(), "the window is open: there is a reminder to be silenced"

    feed.tell(holder, LifeKind.DEATH, source="civil-affairs")
    roll.run(on=TODAY + timedelta(days=40), at=NOON + timedelta(days=40))

    assert permits.permit_of(holder, TODAY).status.cancel_reason is CancelReason.DEATH
    assert told(holder) == []
    assert people.phones({holder}) == {}


def test_no_code_opens_the_account_of_somebody_reported_dead(feed):
    holder = a_holder()
    person = people.person(holder)
    feed.tell(holder, LifeKind.DEATH)

    people_services.ask_code(id_number=person.id_number, phone=person.phone, ip="1", at=NOON)

    from juzhu.modules.people.models import SignInCode

    row = SignInCode.objects.get()
    assert people.code_to_send(row.pk, at=NOON) is None
    opened = people_services.use_code(
        id_number=person.id_number, phone=person.phone, code=row.code, at=NOON
    )
    assert opened is None


@pytest.mark.parametrize("held", [True, False])
def test_a_card_voided_by_a_wrong_death_is_given_back_at_nobodys_cost(feed, held):
    holder = a_person()
    fee = an_order(holder)
    permit = permits.permit_of(holder, TODAY)
    number = card_services.order(
        NewCard(
            person_id=holder,
            permit_id=permit.id,
            case_number=fee.case_number,
            ground=CardGround.FIRST,
            delivery="post",
            point="",
            printed_on=TODAY,
            due_on=TODAY,
        ),
        at=NOON,
    )
    way = (CardEvent.SENT, CardEvent.MADE, CardEvent.POSTED, CardEvent.DELIVERED)
    for kind in way if held else way[:1]:
        card_services.happen(number=number, kind=kind, actor="test", at=NOON)
    event = feed.tell(holder, LifeKind.DEATH)
    void = cards.card(number).state
    called_off = payments.order(fee.number, at=NOON).state

    feed.take_back(event, at=NOON + timedelta(days=9))

    assert (void, called_off) == (CardState.VOID, "called_off")
    assert cards.card(number).state is (CardState.WITH_HOLDER if held else CardState.ORDERED)


@pytest.mark.parametrize("reapplied", [False, True])
def test_what_waited_for_its_fee_when_a_wrong_death_came_waits_again(feed, reapplied):
    holder = a_person()
    first = an_order(holder)
    if reapplied:  # the permit is in force; only its card waits
        Case.objects.filter(number=first.case_number).update(
            business=Business.FIRST_ISSUE, state=CaseState.APPROVED, closed_at=NOON, ground=""
        )
    event = feed.tell(holder, LifeKind.DEATH)
    later = NOON + timedelta(days=40)
    assert payments.order(first.number, at=NOON).state == "called_off"

    feed.take_back(event, at=later)

    case = cases.case_of(holder, first.case_number)
    again = payments.of_case(cases.id_of(case.number), at=later)
    assert case.state is (CaseState.APPROVED if reapplied else CaseState.TO_PAY)
    assert (again.state, again.amount_fen) == ("open", first.amount_fen)
    assert again.pay_by.date() == later.date() + timedelta(days=15)
    assert told(holder) == ["fee_due", "restored"]
    fees.fee_paid(case_id=again.case_id, order=again, at=later)
    assert cards.card_of_case(case.number).state is CardState.ORDERED


def test_a_death_told_twice_is_undone_whole(feed):
    holder = a_holder()
    case_lives.found_dead(person_id=holder, key="desk-1", at=NOON)
    feed.tell(holder, LifeKind.DEATH, source="civil-affairs")
    event = feed.tell(holder, LifeKind.DEATH, on=TODAY)

    feed.take_back(event)

    days = [LAST_WEEK, TODAY - timedelta(days=1), TODAY]
    assert {as_of(holder, day).standing for day in days} == {Standing.VALID}
    assert {signal.outcome for signal in lives.signals_of(holder)} == {
        Outcome.ANNULLED,
        Outcome.DONE,
    }


def test_a_wrong_death_leaves_no_trace_in_any_answer_and_an_apology(feed):
    """The worst day: reported dead in the window with a case open, taken back nine days later."""
    holder = a_holder(months_ago=12)  # the window closed yesterday: suspended, a case is held
    before = permits.permit_of(holder, TODAY).status
    number = case_services.accept(
        person_id=holder, application=an_application(Business.ENDORSEMENT), at=NOON
    ).number
    event = feed.tell(holder, LifeKind.DEATH)
    assert state(holder) is PermitState.CANCELLED
    assert cases.case_of(holder, number).state is CaseState.ENDED
    later = NOON + timedelta(days=9)

    feed.take_back(event, at=later)

    case = cases.case_of(holder, number)
    assert (case.state, case.accepted_on) == (CaseState.ACCEPTED, TODAY)
    after = permits.permit_of(holder, later.date()).status
    assert (after.state, after.case_open) == (PermitState.SUSPENDED, True)
    assert after.issued_on == before.issued_on
    answer = as_of(holder, TODAY)
    assert answer.standing is Standing.SUSPENDED
    assert len(answer.recorded_later) >= 1  # flagged: recorded only later
    assert told(holder) == ["restored"]
    assert people.person(holder).died_on is None
    kinds = list(
        Event.objects.filter(person_id=holder).order_by("pk").values_list("kind", "undoes")
    )
    assert ("cancelled", "") in kinds
    assert ("corrected", "cancelled") in kinds
    assert lives.keyed(event.key).outcome is Outcome.ANNULLED


def test_days_of_the_window_lost_to_a_wrong_signal_are_given_back(feed):
    holder = a_holder(months_ago=12)
    day = TODAY - timedelta(days=4)  # three days of the window are left
    at = NOON - timedelta(days=4)
    closes = permits.permit_of(holder, day).status.window_closes
    event = feed.tell(holder, LifeKind.DEATH, on=day, at=at)

    feed.take_back(event, on=TODAY, at=NOON + timedelta(days=2))

    status = permits.permit_of(holder, TODAY + timedelta(days=2)).status
    left = (closes - day).days
    assert status.state is PermitState.IN_WINDOW
    assert (status.window_closes - (TODAY + timedelta(days=2))).days >= left


def test_a_death_taken_back_leaves_a_hukou_gained_meanwhile(feed):
    holder = a_holder()
    event = feed.tell(holder, LifeKind.DEATH)
    feed.tell(holder, LifeKind.HUKOU_GAINED, on=LAST_WEEK - timedelta(days=10))

    feed.take_back(event)

    status = permits.permit_of(holder, TODAY).status
    assert status.cancel_reason is CancelReason.SHENZHEN_HUKOU
    assert status.cancelled_on == LAST_WEEK - timedelta(days=10)


def test_a_corrected_number_keeps_everything_and_the_old_one_leads_there(feed):
    holder = a_holder()
    old, new = people.person(holder).id_number, an_id_number()
    digests = [people_services.digest_of(number) for number in (old, new)]

    event = feed.tell(holder, LifeKind.NUMBER_CORRECTED, new_number=new)

    assert people.person(holder).id_number == new
    assert {people.person_by_number(number).id for number in (old, new)} == {holder}
    found = people.by_digests(digests)
    assert {known.person_id for known in found.values()} == {holder}
    assert len({known.subject for known in found.values()}) == 1  # one pseudonym, as before
    assert people_services.meet(id_number=old, name="陈小明", at=NOON) == holder
    assert people_services.meet_many([_new(old)], at=NOON + timedelta(1)) == [(holder, False)]
    assert told(holder) == ["number_corrected"]
    feed.take_back(event)
    assert people.person(holder).id_number == old
    assert people.person_by_number(new).id == holder


def _new(number: str):
    from juzhu.modules.people.contracts import NewPerson

    return NewPerson(number, "陈小明", None)


def test_what_the_machine_cannot_tell_goes_to_an_officer_and_holds_nothing_up(feed):
    holder, other = a_holder(), a_holder()

    feed.tell(holder, LifeKind.NUMBER_CORRECTED, new_number=people.person(other).id_number)
    feed.tell(holder, LifeKind.NUMBER_CORRECTED, new_number="123")
    feed.tell(holder, LifeKind.DEATH, on=TODAY + timedelta(days=1))
    feed.tell("11010519491231002X", LifeKind.DEATH)
    feed.tell(holder, LifeKind.TAKEN_BACK, undoes="never told")
    feed.tell(other, LifeKind.HUKOU_GAINED)

    assert [it.why for it in lives.waiting()] == ["taken", "number", "ahead", "undoes"]
    assert (state(holder), state(other)) == (PermitState.VALID, PermitState.CANCELLED)


def test_an_officer_undoes_a_wrong_signal_with_a_second_signature_only(feed):
    holder = a_holder()
    event = feed.tell(holder, LifeKind.HUKOU_GAINED)
    signal = lives.keyed(event.key).id
    signals.propose(signal_id=signal, officer="0001", words="户口本原件已看，没有迁入", at=NOON)

    with pytest.raises(signals.SameOfficerError):
        case_lives.sign(signal_id=signal, officer="0001", at=NOON)
    assert state(holder) is PermitState.CANCELLED
    case_lives.sign(signal_id=signal, officer="0002", at=NOON)

    assert state(holder) is PermitState.VALID
    with pytest.raises(signals.NotOpenError):
        case_lives.sign(signal_id=signal, officer="0003", at=NOON)


def test_what_a_source_said_cannot_be_changed(feed):
    feed.tell(a_holder(), LifeKind.HUKOU_GAINED)

    for statement in ("UPDATE lives_signal SET kind = 'death'", "DELETE FROM lives_signal"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
