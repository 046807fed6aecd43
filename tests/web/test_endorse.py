"""The yearly endorsement from the page."""

from datetime import date

import pytest

from juzhu.domain.vocabulary import Source
from juzhu.modules.permits import queries as permits
from tests.web.conftest import ADDRESS, forward


def test_from_which_day_to_which_day(world, holder):
    forward(world, days=330)

    page = holder.client.get("/endorse/").content.decode()

    assert "2027年11月23日" in page
    assert "2028年11月23日" in page
    assert ADDRESS in page


def test_confirming_endorses_at_once(world, holder):
    forward(world, days=330)

    page = holder.client.get(holder.endorse()).content.decode()

    assert "签注好了" in page
    assert "2028年11月23日" in page
    assert "2028年9月25日" in page
    permit = permits.permit_of(holder.client.session["person"], world.now.date())
    assert permit is not None
    assert permit.status.valid_through == date(2028, 11, 23)


def test_a_late_one_counts_from_today(world, holder):
    forward(world, days=365 + 100)

    page = holder.client.get("/endorse/").content.decode()

    assert "补签注，恢复使用" in page
    assert "2029年3月2日" in page


def test_too_early_says_from_which_day(holder):
    response = holder.client.get("/endorse/")

    assert response.templates[0].name == "web/endorse_early.html"
    assert "2027年9月25日起可以签注" in response.content.decode()


def test_without_a_permit_there_is_nothing_to_endorse(resident):
    assert resident.client.get("/endorse/").headers["Location"] == "/"


def test_the_question_must_be_answered(world, holder):
    forward(world, days=330)
    key = holder.client.get("/endorse/").context["form"]["key"].value()

    response = holder.client.post("/endorse/", {"key": key})

    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_living_0"' in page
    assert "<title>出错：确认签注" in page


def test_who_has_moved_is_told_to_register_first(world, holder):
    forward(world, days=330)

    assert holder.endorse(living="moved") == "/endorse/moved/"


def test_a_silent_department_keeps_the_day_of_sending(world, holder):
    forward(world, days=364)
    world.silent = {Source.INSURANCE}

    page = holder.client.get(holder.endorse()).content.decode()

    assert "社保系统暂时连不上" in page
    assert "2027年11月23日" in page


def test_two_tabs_endorse_once(world, holder):
    forward(world, days=330)
    key = holder.client.get("/endorse/").context["form"]["key"].value()
    typed = {"key": key, "living": "stayed"}

    places = {holder.client.post("/endorse/", typed).headers["Location"] for _ in range(3)}

    assert len(places) == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_open_case_is_shown_instead_of_the_form(world, holder, method):
    forward(world, days=330)
    world.silent = {Source.INSURANCE}
    case = holder.endorse()

    response = getattr(holder.client, method)("/endorse/")

    assert response.headers["Location"] == case
