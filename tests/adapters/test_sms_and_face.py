"""Short messages and the simulated face check over the gateway."""

import pytest

from juzhu.adapters.face_city import SimulatedFaceCheck
from juzhu.adapters.gateway import Gateway
from juzhu.adapters.sms_http import HttpSms
from juzhu.ports.face import FaceUnavailableError
from juzhu.ports.sms import SmsRejectedError, SmsUnavailableError

PHONE = "13800000001"
BROKEN = ["error500", "refuse", "silent", "rubbish", "forged"]


@pytest.fixture
def sms(gateway):
    return HttpSms(gateway, limit_seconds=0.3)


@pytest.fixture
def face(gateway):
    return SimulatedFaceCheck(gateway, limit_seconds=0.3)


def test_the_same_key_gives_the_same_number(sms):
    first = sms.send(key="adapter-1", phone=PHONE, text="您好")

    assert first == sms.send(key="adapter-1", phone=PHONE, text="您好")
    assert first != sms.send(key="adapter-2", phone=PHONE, text="您好")


def test_a_bad_number_is_rejected_for_good(sms):
    with pytest.raises(SmsRejectedError, match="not a mainland mobile number"):
        sms.send(key="adapter-bad", phone="555", text="您好")


@pytest.mark.parametrize("mode", [*BROKEN, "lost_answer"])
def test_any_other_trouble_may_be_tried_again(sms, switch, mode):
    switch("sms", mode)
    with pytest.raises(SmsUnavailableError):
        sms.send(key=f"adapter-{mode}", phone=PHONE, text="您好")
    switch("sms", "ok")

    assert sms.send(key=f"adapter-{mode}", phone=PHONE, text="您好")


def test_a_wrong_secret_is_no_rejection_of_the_message(city):
    with pytest.raises(SmsUnavailableError):
        HttpSms(Gateway(url=city.url, secret="wrong")).send(key="k", phone=PHONE, text="您好")


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
