"""Letting a relative or friend act: whom, in what, until when."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from juzhu.domain.calendar import add_months
from juzhu.modules.mandates.contracts import MandateProblem, Named, Scope, Task
from juzhu.web import findings
from juzhu.web.fields import CitizenNumberField, NameField, Option, Text
from juzhu.web.forms import Form

TASKS: Final[Mapping[Task, Text]] = {
    Task.SEE: _("看证件状态和办理进度"),
    Task.ENDORSE: _("签注"),
    Task.APPLY: _("申领，卡丢了坏了要新卡"),
    Task.PAY: _("缴工本费"),
    Task.SHEET: _("开信息单，看和保存"),
}
NEVER: Final = (
    _("注销居住证"),
    _("改手机号"),
    _("指定代领人"),
    _("下载全部信息"),
    _("绑定微信"),
    _("再授权给别人"),
)
"""What no mandate covers, as it is told to both."""

TODAY: Final = "0"
TERMS: Final[Mapping[str, Text]] = {
    TODAY: _("只今天"),
    "1": _("1 个月"),
    "3": _("3 个月"),
    "12": _("12 个月，最长"),
}
"""Months, 0 for today alone."""

PROBLEMS: Final[Mapping[MandateProblem, Text]] = {
    MandateProblem.SELF: _("这是本人的号码，请填另一个人的"),
    MandateProblem.MINOR: _("帮忙的人要满 18 岁"),
    MandateProblem.MANY_HELPERS: _("最多同时授权给 2 个人，请先收回一个"),
    MandateProblem.MANY_HELPED: _("一个人最多同时替 5 个人办，这个人不能再加了"),
    MandateProblem.TOO_MANY: _("今天请求的次数太多了，请明天再试，或请家人带身份证到受理点授权"),
    MandateProblem.WRONG: _("验证码不对，或者已经过期。请家人再看一遍短信，或重新发送"),
}


def words(tasks: Collection[Task]) -> str:
    """Return what is granted, in words and in the order of the form."""
    return findings.listed(str(text) for task, text in TASKS.items() if task in tasks)


def never() -> str:
    """Return what no mandate covers, in words."""
    return findings.listed(map(str, NEVER))


_CHOICES: Final = [(task.value, Option(text)) for task, text in TASKS.items() if task != Task.SEE]


class ScopeForm(Form):
    """Somebody by name and number, in what, and until when."""

    name = NameField(label=_("姓名"))
    id_number = CitizenNumberField(label=_("公民身份号码"))
    tasks = forms.MultipleChoiceField(
        label=_("除了看进度，还可以替办什么"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[Task.ENDORSE.value],
        choices=_CHOICES,
        error_messages={"invalid_choice": _("请从下面选择可以替办什么")},
    )
    term = forms.ChoiceField(
        label=_("到什么时候为止"),
        initial="1",
        widget=forms.RadioSelect,
        choices=[(value, Option(text)) for value, text in TERMS.items()],
        error_messages={
            "required": _("请选择到什么时候为止"),
            "invalid_choice": _("请从下面选择到什么时候为止"),
        },
    )

    def named(self) -> Named:
        """Return whom; call only when valid."""
        given: dict[str, Any] = self.cleaned_data
        return Named(name=given["name"], id_number=given["id_number"])

    def scope(self, on: date) -> Scope:
        """Return in what and until when, counted from that day; call only when valid."""
        tasks = frozenset(map(Task, self.cleaned_data["tasks"])) | {Task.SEE}
        return Scope(tasks=tasks, through=add_months(on, int(self.cleaned_data["term"])))


class HelperForm(ScopeForm):
    """The holder names a helper."""

    agree = forms.BooleanField(error_messages={"required": _("请看完下面的说明，再勾选这一条")})


class HelpedForm(ScopeForm):
    """A helper names whom they want to act for."""
