"""Every condition, register and purpose has its words, in both languages."""

from datetime import date, datetime

import pytest
from django.utils import translation
from frontend import catalogue

from juzhu.domain.evaluate import evaluate
from juzhu.domain.findings import Condition, Finding, Unit
from juzhu.domain.identity import Problem
from juzhu.domain.vocabulary import Business, Insurance, Source
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.notices.contracts import Occasion
from juzhu.ports.clock import SHENZHEN
from juzhu.web import fields, findings, points, texts
from juzhu.web.templatetags import juzhu as tags
from tests.factories import TODAY, facts

LANGUAGES = ["zh-hans", "en"]


def test_the_english_catalogue_is_whole_and_compiled():
    assert catalogue.faults() == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_a_text(condition, lang):
    text = texts.CONDITIONS[condition]

    with translation.override(lang):
        words = [str(w) for w in (text.short, text.met, text.failed, text.unknown)]

    assert all(words)
    assert lang == "zh-hans" or all(word.isascii() for word in words)


def test_every_register_insurance_purpose_and_problem_has_a_text():
    assert set(texts.SOURCES) == set(texts.CHECKS) == set(texts.CORRECTIONS) == set(Source)
    assert set(texts.INSURANCES) == set(Insurance)
    assert set(texts.PURPOSES) == set(Purpose)
    assert {p for p in Problem if not p.startswith("house")} == set(fields.PROBLEMS)


def test_every_occasion_of_a_message_has_a_heading():
    from django.template.loader import render_to_string

    headings = {
        render_to_string("web/parts/occasion.html", {"message": {"occasion": str(occasion)}})
        for occasion in Occasion
    }

    assert len(headings) == len(Occasion)
    assert not any("通知" in heading for heading in headings)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("system:decision", "居住证系统"),
        ("officer:004521", "居住证工作人员，工号 0***21"),
        ("officer:21", "居住证工作人员，工号 ***"),
        ("officer:", "居住证工作人员"),
        ("department:education", "政府部门"),
        ("holder:self", "您本人"),
        ("other:thing", "thing"),
    ],
)
def test_who_looked_is_said_in_words(who, words):
    assert texts.looker(who) == words


def a_finding(condition: Condition, *, met: bool | None, found: object = None) -> Finding:
    needed = 12 if isinstance(found, int) else True
    return Finding(
        condition, met, needed, found, Unit.MONTHS, Source.INSURANCE, "《条例》第十九条", None
    )


def test_alternatives_are_one_entry_and_one_met_is_enough():
    found = findings.rows(
        [
            a_finding(Condition.INSURANCE_CONSECUTIVE, met=False, found=9),
            a_finding(Condition.INSURANCE_IN_TWO_YEARS, met=True, found=19),
        ]
    )

    assert [(row.met, row.bars) for row in found] == [(True, ())]
    assert found[0].lines == ("近两年已缴 19 个月",)


def test_what_failed_comes_first_and_what_is_in_order_shares_an_entry():
    found = findings.rows(
        [
            a_finding(Condition.IDENTITY_MATCHED, met=True),
            a_finding(Condition.ALIVE, met=True),
            a_finding(Condition.RESIDENCE_CONTINUOUS, met=None),
            a_finding(Condition.INSURANCE_CONSECUTIVE, met=False, found=9),
            a_finding(Condition.INSURANCE_IN_TWO_YEARS, met=False, found=14),
        ]
    )

    assert [row.met for row in found] == [False, None, True]
    assert found[0].alternatives
    assert [bar.found for bar in found[0].bars] == [9, 14]
    assert found[2].lines == ("身份信息、本人状态",)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("business", Business)
def test_what_the_law_says_can_always_be_shown(business, lang):
    decision = evaluate(business, facts(insured_months=5), on=TODAY)

    with translation.override(lang):
        found = findings.rows(decision.findings)

    assert found
    assert all(row.heading for row in found)


def test_articles_are_named_once_by_instrument():
    first = a_finding(Condition.ALIVE, met=False)
    other = first._replace(citation="《条例》第二十条")

    assert findings.citations([first, first, other]) == ["《条例》第十九条、第二十条"]


def test_days_are_written_one_way_in_each_language():
    at = datetime(2027, 1, 9, 9, 5, tzinfo=SHENZHEN)

    with translation.override("zh-hans"):
        assert tags.day(date(2027, 1, 9)) == "2027年1月9日"
        assert tags.day_short(at) == "1月9日"
        assert tags.month(date(2027, 1, 9)) == "2027年1月"
        assert tags.moment(at) == "2027年1月9日 09:05"
        assert tags.moment_short(at) == "1月9日 09:05"
    with translation.override("en"):
        assert tags.day(date(2027, 1, 9)) == "9 Jan 2027"
        assert tags.moment(at) == "9 Jan 2027, 09:05"
        assert tags.month(at) == "Jan 2027"


def test_an_instant_of_the_night_belongs_to_the_day_in_shenzhen():
    from datetime import UTC

    assert tags.day(datetime(2027, 1, 8, 16, 30, tzinfo=UTC)) == "2027年1月9日"


def test_numbers_are_written_for_reading():
    assert tags.grouped("SL20261123004518") == "SL2026 1123 004518"
    assert tags.grouped("x") == "x"
    assert tags.masked("430100199001010018") == "4301 **** **** 0018"
    assert tags.unsigned("【深圳居住证】好") == "好"
    assert tags.seconds(12) == "0.1"
    assert tags.seconds(1234) == "1.2"


def test_the_permit_card_line_work_is_the_same_every_time():
    assert tags.guilloche() == tags.guilloche()
    assert "<path" in tags.icon("check")


def test_every_district_has_a_point():
    assert len(points.by_district()) == 10
    assert len({point.code for point in points.POINTS}) == len(points.POINTS) >= 12
    assert points.named("gone") == "gone"
