"""Every number is dated, cited and reviewed; a second version changes the answer on its day."""

from datetime import date, timedelta

import pytest

from juzhu.domain import permit_life as permit_module
from juzhu.domain.law import Confidence, Dated, NotInForceError, Version, article
from juzhu.domain.parameters import (
    IN_FORCE,
    INSURANCE_RUN_MONTHS,
    INSURANCE_TOTAL_MONTHS,
    INSURANCE_TOTAL_SPAN,
    PARAMETERS,
    POSTING_LAG_MONTHS,
    REGULATIONS,
    WINDOW_DAYS,
    YEAR_INSURANCE_MONTHS,
    YEAR_RESIDENCE_DAYS,
    YEAR_SPAN_MONTHS,
    stale_reviews,
    terms_on,
)
from juzhu.domain.permit import Action, ActionKind, status_on

AMENDED = date(2030, 7, 1)
VERSIONS = [(one, version) for one in PARAMETERS for version in one.versions]


def with_second(parameter, value, effective=AMENDED):
    second = Version(value, article(REGULATIONS, "第九十九条"), effective, effective)
    return Dated(parameter.name, parameter.unit, (*parameter.versions, second))


@pytest.mark.parametrize(("parameter", "version"), VERSIONS, ids=lambda one: str(one)[:40])
def test_every_number_is_dated_cited_and_reviewed(parameter, version):
    assert parameter.name
    assert parameter.unit
    assert version.value >= 0
    assert version.article.instrument.title
    assert version.article.number
    assert version.article.instrument.title in version.citation
    assert version.citation.endswith(version.article.number)
    assert version.citation.startswith("《") == version.article.instrument.is_law
    assert version.article.instrument.url.startswith(("https://", "http://"))
    assert isinstance(version.effective, date)
    assert isinstance(version.reviewed, date)
    assert version.confidence in Confidence


def test_names_are_used_once():
    names = [parameter.name for parameter in PARAMETERS]

    assert len(names) == len(set(names)) > 20


def test_the_spans_can_hold_what_is_needed():
    lag = POSTING_LAG_MONTHS.on(IN_FORCE).value
    for needed, span in [
        (INSURANCE_TOTAL_MONTHS, INSURANCE_TOTAL_SPAN),
        (YEAR_INSURANCE_MONTHS, YEAR_SPAN_MONTHS),
    ]:
        assert needed.on(IN_FORCE).value <= span.on(IN_FORCE).value + 1 - lag
    assert INSURANCE_RUN_MONTHS.on(IN_FORCE).value > 0
    assert YEAR_RESIDENCE_DAYS.on(IN_FORCE).value <= 365


def test_a_second_version_counts_from_its_day():
    parameter = with_second(WINDOW_DAYS, 90)

    assert parameter.on(AMENDED - timedelta(days=1)).value == 60
    assert parameter.on(AMENDED).value == 90
    assert parameter.on(AMENDED).citation == "《深圳经济特区居住证条例》第九十九条"


def test_a_longer_window_counts_for_windows_that_end_after_it(monkeypatch):
    monkeypatch.setattr(permit_module, "WINDOW_DAYS", with_second(WINDOW_DAYS, 90))

    before, after = (
        status_on([Action(ActionKind.ISSUED, issued)], issued)
        for issued in (AMENDED.replace(year=2029), date(2029, 7, 2))
    )

    assert (before.suspended_from - before.window_opens).days == 60
    assert (after.suspended_from - after.window_opens).days == 90


def test_nothing_is_in_force_before_its_day():
    with pytest.raises(NotInForceError, match="2015-06-01") as caught:
        WINDOW_DAYS.on(IN_FORCE - timedelta(days=1))

    assert caught.value.effective == IN_FORCE
    with pytest.raises(NotInForceError):
        terms_on(IN_FORCE - timedelta(days=1))


@pytest.mark.parametrize("effective", [IN_FORCE, IN_FORCE - timedelta(days=1)])
def test_versions_come_in_the_order_of_their_days(effective):
    with pytest.raises(ValueError, match="rising"):
        with_second(WINDOW_DAYS, 90, effective)


def test_a_number_has_a_value():
    with pytest.raises(ValueError, match="at least one"):
        Dated("empty", "days", ())


def test_a_review_is_stale_after_a_year():
    reviewed = max(version.reviewed for _, version in VERSIONS)
    first = min(version.reviewed for _, version in VERSIONS)

    assert stale_reviews(first + timedelta(days=365)) == ()
    assert set(stale_reviews(reviewed + timedelta(days=366))) == set(PARAMETERS)
    assert stale_reviews(IN_FORCE - timedelta(days=1)) == ()
