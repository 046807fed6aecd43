"""Recording a fault by hand."""

from datetime import date
from typing import Any, Final

from django import forms

from juzhu.counter import texts
from juzhu.web.fields import Option
from juzhu.web.forms import Form

MOST_WORDS: Final = 60
_TYPED: Final = {"class": "input", "inputmode": "numeric", "autocomplete": "off"}
"""Days are typed: the browser's own picker shows no focus ring on its parts."""


class FaultForm(Form):
    """What was down, on which days, and why, in words that a holder reads."""

    part = forms.ChoiceField(
        label="什么连不上",
        widget=forms.RadioSelect,
        choices=[(part.value, Option(name)) for part, name in texts.PARTS.items()],
        error_messages={"required": "请选择是什么连不上", "invalid_choice": "请从下面选择"},
    )
    first = forms.DateField(
        label="从哪天起",
        help_text="例如：2026-11-24",
        widget=forms.DateInput(attrs=_TYPED),
        error_messages={"required": "请填从哪天起", "invalid": "日期这样写：2026-11-24"},
    )
    last = forms.DateField(
        label="到哪天止（含当天）",
        help_text="例如：2026-11-24",
        widget=forms.DateInput(attrs=_TYPED),
        error_messages={"required": "请填到哪天止", "invalid": "日期这样写：2026-11-24"},
    )
    reason = forms.CharField(
        label="原因",
        help_text="签注时间延长的人会看到，例如：社会保险系统升级，当天连不上",
        max_length=MOST_WORDS,
        widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={
            "required": "请写一句原因，办事人会看到",
            "max_length": f"最多 {MOST_WORDS} 个字",
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order, and a fault that is not over."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if last and last > self._today:
            self.add_error("last", "这天还没过完，故障结束后再登记")
        elif first and last and last < first:
            self.add_error("last", "不能早于开始那天")
        return given
