"""What each department said, in words for the officer who decides; numbers of persons left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from juzhu.domain.vocabulary import Source
from juzhu.modules.cases.contracts import CaseView
from juzhu.ports.departments import AnswerStatus
from juzhu.web import texts

_LABELS: Final = {
    "on_record": "有没有记录",
    "name": "姓名",
    "sex": "性别",
    "ethnic_group": "民族",
    "birth_date": "出生日期",
    "alive": "在世",
    "hukou_address": "户籍地址",
    "shenzhen": "深圳户籍",
    "since": "从哪天起",
    "homes": "居住登记",
    "from": "从",
    "to": "到",
    "house_code": "房屋编码",
    "address": "地址",
    "months": "缴费月份",
    "employer": "缴费单位",
    "items": "记录",
    "kind": "种类",
    "full_time": "全日制",
    "issued_by": "发证机构",
    "level": "学历层次",
    "school": "学校",
    "pension": "养老",
    "medical": "医疗",
    "injury": "工伤",
    "unemployment": "失业",
    "maternity": "生育",
}
_SEXES: Final = {"1": "男", "2": "女"}
_LEFT_OUT: Final = frozenset({"id_number"})
_STATUS: Final = {
    AnswerStatus.ANSWERED: "已答复",
    AnswerStatus.TIMED_OUT: "超时没有答复",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One department's answer."""

    department: str
    status: str
    asked_at: datetime
    receipt: str
    lines: tuple[tuple[str, str], ...]


def said(case: CaseView, contents: Mapping[Source, Any]) -> list[Said]:
    """Return the answers a case rests on, department by department."""
    open_first = {f.source for f in case.findings if f.met is not True}
    answers = sorted(case.answers, key=lambda answer: answer.source not in open_first)
    return [
        Said(
            department=str(texts.SOURCES[answer.source]),
            status=_STATUS.get(answer.status, "答复不能用"),
            asked_at=answer.asked_at,
            receipt=answer.receipt,
            lines=tuple(_lines(contents.get(answer.source))),
        )
        for answer in answers
    ]


def _is_month(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) is not None


def _lines(content: Any) -> list[tuple[str, str]]:
    if not isinstance(content, dict):
        return []
    return [
        (
            _LABELS.get(str(name), str(name)),
            _SEXES.get(value, "") if name == "sex" else _words(value),
        )
        for name, value in content.items()
        if name not in _LEFT_OUT
    ]


def _words(value: Any) -> str:
    match value:
        case None:
            return "无"
        case True:
            return "是"
        case False:
            return "否"
        case []:
            return "没有"
        case [str(first), str(last)] if _is_month(first) and _is_month(last):
            return f"{first} 至 {last}"
        case list():
            return "；".join(map(_words, value))
        case dict():
            parts = ((name, _words(inner)) for name, inner in value.items())
            return "，".join(f"{_LABELS.get(n, n)}：{w}" for n, w in parts if w != "没有")
        case _:
            return str(value)
