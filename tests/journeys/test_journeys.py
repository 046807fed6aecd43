"""From the person to the register and back, with the departments really asked."""

import pytest

from juzhu import wiring
from juzhu.domain.vocabulary import Business, Outcome, PermitState, Source
from juzhu.journeys import apply, legacy, messages, roll, sign_in
from juzhu.journeys.sign_in import NotSignedIn, SignedIn, SignInProblem
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.cases.models import Case
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Delivery, Occasion
from juzhu.modules.notices.models import Message
from juzhu.modules.permits import queries as permits
from tests.factories import an_application, an_id_number, looks_of

pytestmark = pytest.mark.django_db


def now():
    return wiring.clock().now()


def sign_in_as(city, name):
    person = city.named(name)
    result = sign_in.by_face(name=name, id_number=person["id_number"], ip="127.0.0.1", at=now())
    assert isinstance(result, SignedIn), result
    return result.person_id


def submit(person_id, business=Business.FIRST_ISSUE, key="k", phone="13800006021"):
    return apply.submit(
        person_id=person_id, application=an_application(business, key, phone), at=now()
    ).case


def test_a_person_who_qualifies_holds_a_permit_within_one_call(city):
    person_id = sign_in_as(city, "陈小明")

    case = submit(person_id)

    assert case.state is CaseState.APPROVED
    assert permits.permit_of(person_id, now().date()).status.state is PermitState.VALID


def test_a_person_who_does_not_yet_is_told_what_is_missing_and_until_when(city):
    person_id = sign_in_as(city, "林小雨")

    case = submit(person_id)

    found = {f.condition.value: f.found for f in case.findings if f.met is False}
    assert case.state is CaseState.REFUSED
    assert found == {"insurance_consecutive": 9, "insurance_in_two_years": 14}
    assert case.earliest_day is not None


@pytest.mark.parametrize("mode", ["error500", "rubbish", "forged", "another_person", "refuse"])
def test_a_department_that_misbehaves_is_unknown_and_never_a_no(city, mode):
    person_id = sign_in_as(city, "陈小明")
    city.post("/control/services/insurance", mode=mode)

    waiting = submit(person_id)
    city.post("/control/reset")
    decided = apply.again(person_id=person_id, number=waiting.number)

    assert (waiting.state, waiting.silent) == (CaseState.WAITING, (Source.INSURANCE,))
    assert decided.state is CaseState.APPROVED


def test_a_silent_department_costs_two_seconds_and_no_more(city):
    person_id = sign_in_as(city, "陈小明")
    city.post("/control/services/registrations", mode="silent")
    before = now()

    case = submit(person_id)

    assert case.state is CaseState.WAITING
    assert (now() - before).total_seconds() < 4


def test_however_often_again_is_pressed_one_later_try_is_planned(city):
    person_id = sign_in_as(city, "孙小芸")
    number = submit(person_id).number
    for _ in range(3):
        apply.again(person_id=person_id, number=number)

    for planned in range(4):  # the jobs of the earlier tries come round
        apply.pursue(number=number, attempts=planned)

    assert Case.objects.get(number=number).attempts == 4
    apply.pursue(number=number, attempts=4)
    assert Case.objects.get(number=number).attempts == 5


def test_a_precheck_decides_nothing_and_is_in_the_ledger(city):

    person_id = sign_in_as(city, "陈小明")

    found = apply.precheck(person_id=person_id, business=Business.FIRST_ISSUE, at=now())

    assert found.decision.outcome is Outcome.APPROVED
    assert found.address
    assert found.living_months == 20
    assert not Case.objects.exists()
    assert [look.purpose for look in looks_of(person_id, now())] == ["precheck"]


def test_two_tabs_make_one_case(city):
    person_id = sign_in_as(city, "孙小芸")  # her case stays live: one register always fails

    first = submit(person_id, key="one")
    second = apply.submit(person_id=person_id, application=an_application(key="two"), at=now())

    assert second == apply.AlreadyOpen(first.number)


def test_an_sms_is_delivered_once_even_if_the_job_runs_again(city):
    phone = "13811112222"
    person_id = sign_in_as(city, "陈小明")
    submit(person_id, phone=phone)
    message = Message.objects.get(person_id=person_id)

    messages.deliver(message_id=message.pk)
    Message.objects.filter(pk=message.pk).update(delivery=Delivery.QUEUED)  # killed before noting
    messages.deliver(message_id=message.pk)

    [text] = city.messages(phone)
    assert "申请通过" in text
    assert [m.delivery for m in notices.inbox(person_id)] == [Delivery.HANDED_OVER]


def test_the_citys_older_permits_are_taken_over_once(city):
    first, second = legacy.load_from_city(), legacy.load_from_city()

    assert first.refused == []
    assert first.taken > 3
    assert (second.taken, second.known) == (0, first.taken)


def test_the_round_reminds_each_holder_once(city):
    legacy.load_from_city()
    day, at = now().date(), now()

    first, second = roll.run(on=day, at=at), roll.run(on=day, at=at)

    assert first["window_opened"] > 0
    assert "window_opened" not in second
    assert Message.objects.filter(occasion=Occasion.WINDOW_OPENED).count() == first["window_opened"]


class TestSignIn:
    """刷脸, and the other way."""

    def test_the_wrong_name_and_an_unknown_number_are_answered_alike(self, city):
        person = city.named("陈小明")
        wrong_name = sign_in.by_face(
            name="王小芳", id_number=person["id_number"], ip="127.0.0.1", at=now()
        )
        unknown = sign_in.by_face(name="王小芳", id_number=an_id_number(), ip="127.0.0.1", at=now())

        assert wrong_name == unknown == NotSignedIn(SignInProblem.NOT_MATCHED)

    def test_five_failures_lock_the_number_even_for_its_owner(self, city):
        person = city.named("陈小明")
        for _ in range(5):
            sign_in.by_face(name="错", id_number=person["id_number"], ip="127.0.0.1", at=now())

        result = sign_in.by_face(
            name="陈小明", id_number=person["id_number"], ip="127.0.0.1", at=now()
        )

        assert isinstance(result, NotSignedIn)
        assert result.problem is SignInProblem.LOCKED
        assert result.retry_at > now()

    def test_a_face_service_that_is_down_costs_no_try(self, city):
        person = city.named("陈小明")
        city.post("/control/services/face", mode="error500")

        for _ in range(6):
            result = sign_in.by_face(
                name="陈小明", id_number=person["id_number"], ip="127.0.0.1", at=now()
            )

        assert result == NotSignedIn(SignInProblem.UNAVAILABLE)

    def code(self, city, phone):
        from juzhu.modules.people.models import SignInCode

        for row in SignInCode.objects.all():
            messages.send_code(code_id=row.pk)
        texts = city.messages(phone)
        return texts[-1].split("验证码")[1][:6]

    def test_a_code_to_the_reserved_phone_signs_in_once(self, city):
        legacy.load_from_city()
        person = city.named("王小芳")
        who = {"id_number": person["id_number"], "phone": person["phone"], "ip": "127.0.0.1"}
        sign_in.send_code(**who, at=now())
        code = self.code(city, person["phone"])

        right = sign_in.by_code(**who, code=code, at=now())
        again = sign_in.by_code(**who, code=code, at=now())

        assert isinstance(right, SignedIn)
        assert again == NotSignedIn(SignInProblem.NOT_MATCHED)

    def test_asking_for_a_code_with_a_strange_phone_says_nothing_and_sends_nothing(self, city):
        legacy.load_from_city()
        person = city.named("王小芳")
        stranger = "13700001111"

        answer = sign_in.send_code(
            id_number=person["id_number"], phone=stranger, ip="127.0.0.1", at=now()
        )
        from juzhu.modules.people.models import SignInCode

        messages.send_code(code_id=SignInCode.objects.get().pk)

        assert answer is None
        assert city.messages(stranger) == []
