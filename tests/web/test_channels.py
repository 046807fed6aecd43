"""One case, one state, through every channel."""

import pytest
from django.test import Client

from juzhu.domain.vocabulary import Source
from juzhu.modules.cases.models import Case
from tests.web.conftest import Resident

WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.54"
MINI = WECHAT + " miniProgram/wx0123456789abcdef"


@pytest.mark.parametrize(
    ("agent", "channel"), [("", "web"), (WECHAT, "wechat"), (MINI, "mini_program")]
)
def test_a_case_says_where_it_came_from(resident, agent, channel):
    resident.client.defaults["HTTP_USER_AGENT"] = agent

    resident.apply()

    assert Case.objects.get().channel == channel


def test_the_second_channel_is_led_to_the_running_case(world, resident):
    world.silent = {Source.INSURANCE}  # the case stays open
    phone = Client(headers={"User-Agent": WECHAT})
    typed = {"name": resident.name, "id_number": resident.id_number, "consent": "on"}
    phone.post("/sign-in/", typed)
    on_phone = Resident(phone, resident.id_number, resident.name)
    key = phone.get("/apply/").context["form"]["key"].value()  # the form is open on the phone
    case = resident.apply()

    sent = phone.post("/apply/", {"key": key, "phone": "13900001111", "delivery": "none"})

    assert sent.headers["Location"] == case
    assert phone.get("/apply/").headers["Location"] == case
    assert on_phone.client.get(case).status_code == 200
    assert [(c.channel, c.state) for c in Case.objects.all()] == [("web", "waiting")]


def test_deep_links_keep_their_names(visitor):
    assert visitor.get("/go/endorse/").headers["Location"] == "/endorse/"
    assert visitor.get("/go/nowhere/").status_code == 404
