"""What a person types to change what is kept about them."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from juzhu.modules.cases.contracts import Agent
from juzhu.modules.people.contracts import PhoneProblem
from juzhu.web.fields import CitizenNumberField, NameField, PhoneField, Text
from juzhu.web.forms import CodeForm, Form

PHONE_PROBLEMS: Final[Mapping[PhoneProblem, Text]] = {
    PhoneProblem.SAME: _("这就是您现在的预留手机号，不用改"),
    PhoneProblem.TOO_MANY: _("今天发的验证码太多了，请明天再试，或带身份证到任一受理点更改"),
    PhoneProblem.WRONG: _("验证码不对，或者已经过期。请再看一遍短信，或重新发送"),
    PhoneProblem.CROWDED: _("这个号码已经是几个人的预留手机号，不能再加，请换一个号码"),
}


class NewPhoneForm(Form):
    """The number that is to be the reserved phone."""

    phone = PhoneField(label=_("新手机号"), help_text=_("我们往这个号码发验证码"))


class PhoneCodeForm(CodeForm):
    """The six digits that came to the new number."""


class HeldCodeForm(CodeForm):
    """The six digits that came to somebody else's phone, read out by them."""

    code = forms.CharField(
        label=_("家人收到的验证码"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"class": "input num code", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={"required": _("请填家人念给您的 6 位验证码")},
    )


class AgentForm(Form):
    """Who may fetch the card: all three, or, struck out, nobody."""

    agent_name = NameField(label=_("代领人姓名"), error_messages={"required": _("请填代领人姓名")})
    agent_id_number = CitizenNumberField(
        label=_("代领人身份号码"),
        error_messages={"required": _("请填代领人身份号码，领卡时要核对")},
    )
    agent_phone = PhoneField(
        label=_("代领人手机号"), error_messages={"required": _("请填代领人手机号")}
    )

    def __init__(self, *args: Any, striking: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if striking:
            self.fields.clear()

    def agent(self) -> Agent | None:
        """Return the agent, None for nobody; call only when valid."""
        given = self.cleaned_data
        if not given:
            return None
        return Agent(given["agent_name"], given["agent_id_number"], given["agent_phone"])


class CancelForm(Form):
    """That the person has read what the end means and wants it."""

    understood = forms.BooleanField(
        error_messages={"required": _("请先看完注销以后会怎样，再勾选这一条")}
    )


class NotAskedForm(Form):
    """What the holder knows of a cancellation that they never asked for."""

    words = forms.CharField(
        label=_("您知道的情况"),
        help_text=_("比如什么时候发现的、那天谁用过您的手机。不用写身份号码和电话"),
        max_length=500,
        widget=forms.Textarea(attrs={"class": "input", "rows": 5}),
        error_messages={
            "required": _("请写一下您知道的情况，不清楚的写“不清楚”"),
            "max_length": _("最多 500 个字，请写短一些"),
        },
    )


class SayForm(Form):
    """What the holder says to doubts about the permit."""

    words = forms.CharField(
        label=_("您的说明"),
        help_text=_("不用写身份号码和电话。材料可以带到任一受理点"),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 6}),
        error_messages={
            "required": _("请写您的说明"),
            "max_length": _("最多 1000 个字，请写短一些"),
        },
    )
