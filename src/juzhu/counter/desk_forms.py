"""Forms of business at the desk; the citizens' own forms where they ask the same."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from juzhu.counter.review_forms import WordsField
from juzhu.domain.vocabulary import Business
from juzhu.modules.cases.contracts import Agent, Application
from juzhu.modules.people.contracts import PhoneProblem
from juzhu.web.fields import CitizenNumberField, NameField, PhoneField
from juzhu.web.forms import ApplyForm, CodeForm, Form, KeyedForm
from juzhu.web.helper_forms import ScopeForm
from juzhu.web.sheet_forms import ShareForm

__all__ = [
    "AgentForm",
    "ApplyForm",
    "CallCodeForm",
    "CancelForm",
    "EndorseForm",
    "HelperForm",
    "NameForm",
    "NotAskedForm",
    "PhoneCodeForm",
    "PhoneForm",
    "ShareForm",
]


class EndorseForm(KeyedForm):
    """Asked face to face: still living there? And a phone, if none is known."""

    stayed = forms.BooleanField(
        error_messages={"required": "请当面问一下还住不住在登记地址；搬了家的先更新居住登记"}
    )
    phone = PhoneField(label="手机号", help_text="用来接收结果和到期提醒")

    def __init__(self, *args: Any, known_phone: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_phone = known_phone
        if known_phone:
            del self.fields["phone"]

    def application(self) -> Application:
        """Return the application; call only when valid."""
        return Application(
            business=Business.ENDORSEMENT,
            key=self.cleaned_data["key"],
            phone=self.known_phone or self.cleaned_data["phone"],
        )


class NameForm(Form):
    """The name as the identity card shows it."""

    name = NameField(label="姓名", help_text="对照身份证，一个字一个字看")


class NotAskedForm(Form):
    """What the holder knows of a cancellation that they never asked for."""

    words = WordsField(
        label="办事人说的情况",
        required="请写下办事人说的情况",
        help_text="什么时候发现的、那天谁用过手机、到没到过受理点",
    )


class PhoneForm(Form):
    """The new reserved phone."""

    phone = PhoneField(label="新手机号", help_text="请办事人看着屏幕核对一遍")


class PhoneCodeForm(CodeForm):
    """The code that came to the new number, as the person reads it out."""


class CallCodeForm(CodeForm):
    """The code that came to the reserved phone, as the caller reads it out."""


WRONG_CALL_CODE: Final = "验证码不对，或者已经过期；请对方再看一遍短信，或重新发送"


class HelperForm(ScopeForm):
    """Whom the person lets act, in what and until when."""


PHONE_PROBLEMS: Final[Mapping[PhoneProblem, str]] = {
    PhoneProblem.SAME: "这就是现在的预留手机号，不用改",
    PhoneProblem.TOO_MANY: "今天发的验证码太多了，请明天再办，或换一个号码",
    PhoneProblem.WRONG: "验证码不对，或者已经过期；请对方再看一遍短信，或重新发送",
    PhoneProblem.CROWDED: "这个号码已经是几个人的预留手机号，不能再加，请换一个号码",
}


class AgentForm(Form):
    """Who may fetch the card, or nobody."""

    name = NameField(label="代领人姓名", required=False, help_text="三项都留空，就是不要代领人")
    id_number = CitizenNumberField(label="代领人身份号码", required=False)
    phone = PhoneField(label="代领人手机号", required=False)
    present = forms.BooleanField(
        error_messages={
            "required": "代领人要由持证人本人当面改；来的是代领人的，请持证人在手机上改"
        }
    )

    def clean(self) -> dict[str, Any]:
        """Ask for all three or none."""
        given = super().clean() or {}
        names = {"name": "姓名", "id_number": "身份号码", "phone": "手机号"}
        if any(given.get(name) or name in self.errors for name in names):
            for name, label in names.items():
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, f"请填代领人{label}")
        return given

    def agent(self) -> Agent | None:
        """Return the agent, None for nobody; call only when valid."""
        given = self.cleaned_data
        if not given["name"]:
            return None
        return Agent(given["name"], given["id_number"], given["phone"])


class CancelForm(Form):
    """That the statement was signed before the officer."""

    signed = forms.BooleanField(error_messages={"required": "请先打印声明，由本人当面签字"})
