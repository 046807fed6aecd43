"""Every number of the law that Juzhu uses, each dated and cited."""

from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from juzhu.domain.law import (
    REVIEW_TERM,
    Article,
    Confidence,
    Dated,
    Instrument,
    NotInForceError,
    Version,
    article,
)

REGULATIONS: Final = Instrument(
    "深圳经济特区居住证条例", "https://zh.wikisource.org/zh-hant/深圳经济特区居住证条例"
)
NATIONAL_RULES: Final = Instrument(
    "居住证暂行条例", "https://www.chinalawtranslate.com/en/residencepremits/"
)
REVIEW_LAW: Final = Instrument("中华人民共和国行政复议法", "https://flk.npc.gov.cn/")
LITIGATION_LAW: Final = Instrument("中华人民共和国行政诉讼法", "https://flk.npc.gov.cn/")
POLICE_ANSWERS: Final = Instrument(
    "深圳公安户政业务知识库",
    "http://ga.sz.gov.cn/JMHD/YWZSK/HJGL_ZS/content/post_11236249.html",
    is_law=False,
)
CONTINUITY_GUIDE: Final = Instrument(
    "居住登记查询指引", "http://m.bendibao.com/bsy626983.html", is_law=False
)
DAYS_GUIDE: Final = Instrument(
    "居住证签注说明", "https://branchsmith.com/zh/shenzhen_397015", is_law=False
)
CHECK_GUIDE: Final = Instrument(
    "居住证补办签注答复", "http://m.110ask.com/wenda/1356119215559378461.html", is_law=False
)
FEE_GUIDE: Final = Instrument(
    "居住证补换领指南", "http://bsy.sz.bendibao.com/bsyDetail/639041.html", is_law=False
)
PAYMENT_GUIDE: Final = Instrument(
    "居住证补换领流程",
    "http://www.wanhuiai.cn/html/news/shenchoujuzhuzheng/57167.html",
    is_law=False,
)
REISSUE_GUIDE: Final = Instrument(
    "居住证补换领说明", "https://www.wenshujun.com/juzhuzheng/j9vp9g.html", is_law=False
)

ART_2: Final = article(REGULATIONS, "第二条")
ART_19: Final = article(REGULATIONS, "第十九条")
ART_20: Final = article(REGULATIONS, "第二十条")
ART_21: Final = article(REGULATIONS, "第二十一条")
ART_23: Final = article(REGULATIONS, "第二十三条")
ART_24: Final = article(REGULATIONS, "第二十四条")
ART_25: Final = article(REGULATIONS, "第二十五条")
ART_27: Final = article(REGULATIONS, "第二十七条")
ART_51: Final = article(REGULATIONS, "第五十一条")

IN_FORCE: Final = date(2015, 6, 1)
"""Day on which the Regulations took effect."""

_REVIEWED: Final = date(2026, 11, 24)


def _number(name: str, unit: str, value: int, source: Article, **dates: date) -> Dated[int]:
    return _dated(name, unit, value, source, Confidence.STATUTE, **dates)


def _guide(name: str, unit: str, value: int, source: Article) -> Dated[int]:
    return _dated(name, unit, value, source, Confidence.GUIDE)


def _reading(name: str, unit: str, value: int, source: Article) -> Dated[int]:
    return _dated(name, unit, value, source, Confidence.READING)


def _dated(
    name: str,
    unit: str,
    value: int,
    source: Article,
    confidence: Confidence,
    effective: date = IN_FORCE,
) -> Dated[int]:
    return Dated(name, unit, (Version(value, source, effective, _REVIEWED, confidence),))


# First issue (申领), Article 19
RESIDENCE_MONTHS: Final = _number("residence_months", "months", 12, ART_19)
MAX_GAP_DAYS: Final = _guide(
    "max_gap_days", "days", 30, article(CONTINUITY_GUIDE, "间隔不超过三十日")
)
INSURANCE_RUN_MONTHS: Final = _number("insurance_run_months", "months", 12, ART_19)
INSURANCE_TOTAL_MONTHS: Final = _number("insurance_total_months", "months", 18, ART_19)
INSURANCE_TOTAL_SPAN: Final = _number("insurance_total_span", "months", 24, ART_19)
KINDS_COUNTED_TOGETHER: Final = _guide(
    "kinds_counted_together", "kinds", 1, article(POLICE_ANSWERS, "每次只校验其中一个险种")
)
POSTING_LAG_MONTHS: Final = _reading("posting_lag_months", "months", 1, ART_19)

# Endorsement (签注), suspension (使用功能中止), cancellation (注销): Articles 23 to 27
VALIDITY_YEARS: Final = _number("validity_years", "years", 1, ART_23)
WINDOW_DAYS: Final = _number("window_days", "days", 60, ART_23)
YEAR_RESIDENCE_MONTHS: Final = _number("year_residence_months", "months", 8, ART_24)
YEAR_RESIDENCE_DAYS: Final = _reading(
    # One page equates the eight months of Article 24 with 240 days; nothing better is published.
    "year_residence_days",
    "days",
    240,
    article(DAYS_GUIDE, "二百四十日"),
)
YEAR_INSURANCE_MONTHS: Final = _number("year_insurance_months", "months", 8, ART_24)
YEAR_SPAN_MONTHS: Final = _number("year_span_months", "months", 12, ART_24)
SUSPENSION_YEARS: Final = _number("suspension_years", "years", 2, ART_27)
EXTENSION_LAST_DAYS: Final = _reading("extension_last_days", "days", 7, ART_23)

# Fees in fen: Article 21; the amount from the guide
FEE_FIRST_ISSUE: Final = _number("fee_first_issue", "fen", 0, ART_21)
FEE_ENDORSEMENT: Final = _number(
    "fee_endorsement", "fen", 0, article(NATIONAL_RULES, "第二十一条"), effective=date(2016, 1, 1)
)
FEE_REAPPLICATION: Final = _guide("fee_reapplication", "fen", 2000, article(FEE_GUIDE, "工本费"))
FEE_REISSUE: Final = _guide("fee_reissue", "fen", 2000, article(FEE_GUIDE, "工本费"))
FEE_REPLACEMENT: Final = _guide("fee_replacement", "fen", 2000, article(FEE_GUIDE, "工本费"))

# Time limits of the authority and of the holder
ISSUE_WORKING_DAYS: Final = _number("issue_working_days", "working days", 15, ART_20)
REFUSAL_WORKING_DAYS: Final = _number("refusal_working_days", "working days", 7, ART_20)
WRITTEN_ANSWER_WORKING_DAYS: Final = _number(
    "written_answer_working_days", "working days", 3, ART_20
)
DEPARTMENT_CHECK_WORKING_DAYS: Final = _guide(
    "department_check_working_days", "working days", 3, article(CHECK_GUIDE, "三个工作日内核实")
)
REISSUE_WORKING_DAYS: Final = _guide(
    "reissue_working_days", "working days", 10, article(REISSUE_GUIDE, "缴费后十个工作日")
)
PAYMENT_DAYS: Final = _guide("payment_days", "days", 15, article(PAYMENT_GUIDE, "十五日未缴费"))
UNCLAIMED_DAYS: Final = _reading("unclaimed_days", "days", 180, ART_21)
UNCLAIMED_REMINDER_DAYS: Final = _reading("unclaimed_reminder_days", "days", 30, ART_21)
HEARING_WORKING_DAYS: Final = _reading("hearing_working_days", "working days", 5, ART_27)
REVIEW_DAYS: Final = _number(
    "review_days", "days", 60, article(REVIEW_LAW, "第二十条"), effective=date(2024, 1, 1)
)
SUIT_MONTHS: Final = _number(
    "suit_months", "months", 6, article(LITIGATION_LAW, "第四十六条"), effective=date(2015, 5, 1)
)

PARAMETERS: Final[tuple[Dated[int], ...]] = tuple(
    value for value in list(globals().values()) if isinstance(value, Dated)
)
"""All of them, in the order of this file."""


class Terms(NamedTuple):
    """The numbers a decision needs, as in force on one day. Meanings: the parameters above."""

    residence_months: Version[int]
    max_gap_days: Version[int]
    insurance_run_months: Version[int]
    insurance_total_months: Version[int]
    insurance_total_span: Version[int]
    posting_lag_months: Version[int]
    year_residence_days: Version[int]
    year_insurance_months: Version[int]
    year_span_months: Version[int]


@lru_cache(maxsize=1024)
def terms_on(day: date) -> Terms:
    """Return the numbers in force on `day`.

    Raises:
        NotInForceError: `day` lies before the Regulations took effect, 2015-06-01.

    """
    return Terms(
        RESIDENCE_MONTHS.on(day),
        MAX_GAP_DAYS.on(day),
        INSURANCE_RUN_MONTHS.on(day),
        INSURANCE_TOTAL_MONTHS.on(day),
        INSURANCE_TOTAL_SPAN.on(day),
        POSTING_LAG_MONTHS.on(day),
        # A finding names the law, which counts months; the days are how they are read.
        YEAR_RESIDENCE_DAYS.on(day)._replace(article=YEAR_RESIDENCE_MONTHS.on(day).article),
        YEAR_INSURANCE_MONTHS.on(day),
        YEAR_SPAN_MONTHS.on(day),
    )


def stale_reviews(on: date) -> tuple[Dated[int], ...]:
    """Return the parameters whose value in force on `on` was last reviewed over a year before.

    For `juzhu doctor`: somebody should read the law again. Nothing is decided differently.
    """
    return tuple(parameter for parameter in PARAMETERS if _is_stale(parameter, on))


def _is_stale(parameter: Dated[int], on: date) -> bool:
    try:
        return on - parameter.on(on).reviewed > REVIEW_TERM
    except NotInForceError:
        return False
