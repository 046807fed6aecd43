"""The dashboard counts what happened: by day, channel, outcome, condition and department."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juzhu.bureau import charts, figures
from juzhu.domain.vocabulary import Source
from juzhu.journeys import feed
from juzhu.modules.cases import figures as cases
from juzhu.modules.cases import in_review
from juzhu.modules.cases.contracts import Channel
from juzhu.modules.evidence import figures as evidence
from juzhu.modules.lives import services as lives
from juzhu.modules.partners import services
from tests.counter.conftest import hire
from tests.counter.test_review import apply_as
from tests.factories import NOON, TODAY, a_person


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(figures, "_kept", {})


def test_the_dashboard_counts_what_happened(world, desk, watch):
    apply_as(world, a_person())
    world.insured_months = 3
    refused = apply_as(world, a_person())
    world.silent = {Source.INSURANCE}
    apply_as(world, a_person())

    page = hire(watch, "auditor").client.get("/overview/?days=7").content.decode()

    assert "<b>3</b>件" in page
    assert "1 件未通过，100% 因为“社保时间不够”" in page
    assert "社保系统近 24 小时有 5% 以上的查询没有可用的答复" in page
    assert cases.by_day(TODAY, TODAY)[0].channel is Channel.WEB
    assert cases.accepted_until(NOON - timedelta(days=7), day=TODAY - timedelta(days=7)) == 0
    assert refused not in page  # sums only


def test_feeds_that_stopped_are_said(desk, watch, monkeypatch):
    lives.silent(why="status 403", at=NOON)
    monkeypatch.setattr(feed, "unread_since", lambda *_, **__: TODAY)
    services.register(code="tax", name="税务局", contact="x", actor="t", at=NOON)

    page = hire(watch, "auditor").client.get("/overview/").content.decode()

    assert "人口库和民政的通知收不到了" in page
    assert "税务局没有读取变更" in page


def test_an_open_question_is_no_answer_and_no_departments_failure(world, desk):
    world.population_name = "陈晓明"
    apply_as(world, a_person())

    assert in_review.oldest() == NOON
    assert cases.pace(TODAY, TODAY) == ({}, None)
    assert cases.refusals(TODAY, TODAY) == cases.Refusals(0, 0)
    assert [one.failed for one in evidence.by_source(NOON - timedelta(days=1))] == [0] * 6


@given(st.lists(st.floats(0, 1e8), min_size=1, max_size=40))
def test_a_chart_stays_within_its_frame(values):
    frame = charts.Frame("x", "<b>", "&", [str(n) for n in range(len(values))])

    drawn = charts.columns(frame, values)

    highest, ticks = charts._scale(max(values))
    assert highest >= max(values)
    assert len(ticks) <= 6
    assert "<b>" not in drawn
