"""Short messages and the simulated face check over the gateway."""

import pytest

from juzhu.adapters import sms_bulk
from juzhu.adapters.face_city import SimulatedFaceCheck
from juzhu.adapters.gateway import Gateway
from juzhu.adapters.sms_http import HttpSms
from juzhu.ports.face import FaceUnavailableError
from juzhu.ports.sms import Fate, Rejected, Sent, Sms, Taken, Unsure
from tests.factories import NOON

PHONE = "13800000001"
BROKEN = ["error500", "refuse", "silent", "rubbish", "forged"]


class Sending:
    """The adapter as synchronous code uses it."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = HttpSms(gateway, limit_seconds=0.3)

    def send(self, key: str, phone: str = PHONE):
        return sms_bulk.hand_over(self.gateway, [Sms(key, phone, "您好")])[0]

    def ask(self, key: str):
        return sms_bulk.ask(self.gateway, [Sent(key, PHONE, "", NOON)])[0]


@pytest.fixture
def sms(gateway):
    return Sending(gateway)


@pytest.fixture
def face(gateway):
    return SimulatedFaceCheck(gateway, limit_seconds=0.3)


def test_the_same_key_gives_the_same_number(sms):
    first = sms.send("adapter-1")

    assert isinstance(first, Taken)
    assert first == sms.send("adapter-1")
    assert first != sms.send("adapter-2")


def test_a_bad_number_is_rejected_for_good(sms):
    result = sms.send("adapter-bad", phone="555")

    assert isinstance(result, Rejected)
    assert "not a mainland mobile number" in result.reason


@pytest.mark.parametrize("mode", [*BROKEN, "lost_answer"])
def test_after_any_other_trouble_nobody_is_sure(sms, switch, mode):
    switch("sms", mode)
    assert isinstance(sms.send(f"adapter-{mode}"), Unsure)
    assert sms.ask(f"adapter-{mode}") is None
    switch("sms", "ok")

    assert isinstance(sms.send(f"adapter-{mode}"), Taken)


def test_a_wrong_secret_is_no_rejection_of_the_message(city):
    assert isinstance(Sending(Gateway(url=city.url, secret="wrong")).send("k"), Unsure)


def test_it_tells_what_became_of_a_message_also_when_its_answer_was_lost(sms, switch):
    switch("sms", "lost_answer")
    sms.send("adapter-lost")
    switch("sms", "ok")

    receipt = sms.ask("adapter-lost")

    assert receipt.fate is Fate.DELIVERED
    assert Taken(receipt.number) == sms.send("adapter-lost")
    assert sms.ask("adapter-never").fate is Fate.NOT_TAKEN


def test_many_go_out_side_by_side_and_keep_their_order(gateway):
    messages = [Sms(f"adapter-many-{n}", PHONE, "您好") for n in range(120)]

    first = sms_bulk.hand_over(HttpSms(gateway), messages)

    assert len({result.number for result in first}) == 120
    assert first == sms_bulk.hand_over(HttpSms(gateway), messages)


def test_the_face_check_is_simulated_and_says_so(face, numbers):
    verdict = face.verify(id_number=numbers["陈小明"], name="陈小明")

    assert face.simulated is True
    assert verdict.matched
    assert "SIMULATED" in verdict.receipt


@pytest.mark.parametrize("name", ["郭小宝", "何长青"])
def test_some_are_never_matched(face, numbers, name):
    assert not face.verify(id_number=numbers[name], name=name).matched


def test_a_name_that_does_not_belong_to_the_number_is_not_matched(face, numbers):
    assert not face.verify(id_number=numbers["陈小明"], name="林小雨").matched
    assert not face.verify(id_number="110105194912310021", name="无名").matched


@pytest.mark.parametrize("mode", [*BROKEN, "another_person"])
def test_without_an_answer_to_be_believed_it_is_unavailable(face, numbers, switch, mode):
    switch("face", mode)

    with pytest.raises(FaceUnavailableError):
        face.verify(id_number=numbers["陈小明"], name="陈小明")
