"""The departments of a trial, one partner each, with what the law lets each of them ask."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from juzhu.modules.partners.contracts import AnswerField, Grant, Scope

_SINCE: Final = date(2015, 6, 1)  # the Regulations are in force
_LAW: Final = "《深圳经济特区居住证条例》"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPartner:
    """A department of the trial."""

    code: str
    name: str
    dpop: bool = False
    grants: tuple[Grant, ...]


def _grant(scope: Scope, basis: str, *fields: AnswerField, confidential_days: int = 0) -> Grant:
    return Grant(
        scope=scope,
        legal_basis=basis,
        fields=fields,
        confidential_days=confidential_days,
        valid_from=_SINCE,
    )


_EVENTS: Final = _grant(Scope.EVENTS, f"{_LAW}：居住证的使用功能中止、恢复、注销应当为使用部门所知")
_SHEETS: Final = _grant(Scope.SHEETS, "持证人凭分享码同意")

PARTNERS: Final = (
    SandboxPartner(
        code="education",
        name="市教育局",
        grants=(
            _grant(
                Scope.SCHOOL_ENROLMENT,
                f"{_LAW}：持证人子女接受义务教育；《深圳市非深户籍人员子女接受义务教育管理办法》",
                AnswerField.CONTINUOUS_SINCE,
                AnswerField.HELD_PERIODS,
                AnswerField.FIRST_ISSUED_ON,
            ),
            _EVENTS,
            _SHEETS,
        ),
    ),
    SandboxPartner(
        code="transport",
        name="市交通运输局",
        grants=(
            _grant(Scope.PLATE_LOTTERY, f"{_LAW}；《深圳市小汽车增量调控管理实施细则》"),
            _EVENTS,
        ),
    ),
    SandboxPartner(
        code="traffic-police",
        name="市公安局交通警察局",
        grants=(
            _grant(Scope.DRIVING_LICENCE, f"{_LAW}；《机动车驾驶证申领和使用规定》"),
            _EVENTS,
        ),
    ),
    SandboxPartner(
        code="civil-affairs",
        name="市民政局",
        grants=(
            _grant(Scope.MARRIAGE, "《婚姻登记条例》；内地居民婚姻登记“跨省通办”试点"),
            _EVENTS,
        ),
    ),
    SandboxPartner(
        code="housing",
        name="市住房和建设局",
        grants=(
            _grant(
                Scope.HOUSING,
                f"{_LAW}；《深圳市保障性租赁住房管理办法》",
                AnswerField.CONTINUOUS_SINCE,
            ),
            _EVENTS,
        ),
    ),
    SandboxPartner(
        code="exit-entry",
        name="市公安局出入境管理支队",
        dpop=True,
        grants=(
            _grant(
                Scope.EXIT_ENTRY,
                f"{_LAW}；《中华人民共和国出境入境管理法》",
                confidential_days=30,
            ),
            _grant(
                Scope.HUKOU_POINTS,
                f"{_LAW}；《深圳市积分入户办法》（深发改规〔2023〕2号）",
                AnswerField.CONTINUOUS_SINCE,
                AnswerField.HELD_PERIODS,
            ),
            _EVENTS,
        ),
    ),
)
