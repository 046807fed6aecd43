"""What a person may type, and what is said when it does not fit."""

import uuid
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from juzhu.domain.vocabulary import Business
from juzhu.modules.cases.contracts import Agent, Application, CardDelivery
from juzhu.web import points
from juzhu.web.fields import ChineseSelect, CitizenNumberField, NameField, Option, PhoneField


class Renderer(DjangoTemplates):
    """Label, hint, error, control: one template for every field."""

    field_template_name = "web/forms/field.html"


class Form(forms.Form):
    """A form of ours: no browser bubbles, our own field template."""

    use_required_attribute = False
    default_renderer = Renderer

    def mistakes(self) -> list[tuple[str, str]]:
        """Return (id of the control, message) for the error summary, in the order of the page."""
        found = [("", str(message)) for message in self.non_field_errors()]
        for name in self.fields:
            bound = self[name]
            found += [(_anchor(bound), str(message)) for message in bound.errors]
        return found


def _anchor(bound: forms.BoundField) -> str:
    if bound.is_hidden:
        return ""
    if isinstance(bound.field.widget, forms.RadioSelect):
        return f"{bound.auto_id}_0"
    return str(bound.id_for_label)


class SignInForm(Form):
    """Name and number once, and a separate consent for the face check."""

    name = NameField(label=_("姓名"))
    id_number = CitizenNumberField(label=_("公民身份号码"))
    consent = forms.BooleanField(
        error_messages={"required": _("刷脸前需要您单独同意；不同意也可以用手机验证码登录")}
    )


class CodeRequestForm(Form):
    """The other way to sign in: number and reserved phone."""

    id_number = CitizenNumberField(label=_("公民身份号码"))
    phone = PhoneField(label=_("预留手机号"), help_text=_("以前办理居住证时留下的手机号"))


class CodeForm(Form):
    """The six digits from the SMS."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "class": "input num code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
            }
        ),
        error_messages={"required": _("请填短信里的 6 位验证码")},
    )

    def clean_code(self) -> str:
        """Return six digits."""
        code = "".join(self.cleaned_data["code"].split())
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise ValidationError(_("验证码是 6 位数字，请再看一遍短信"))
        return code


class KeyedForm(Form):
    """What forms that make something share: the key that makes a repeated sending harmless."""

    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("这个页面放太久了，请返回首页重新进入"),
            "invalid": _("这个页面放太久了，请返回首页重新进入"),
        },
    )

    def clean_key(self) -> str:
        """Return the key as text."""
        key: uuid.UUID = self.cleaned_data["key"]
        return key.hex


_OF_AGENT: Final = ("agent_name", "agent_id_number", "agent_phone")


class ApplyForm(KeyedForm):
    """The two things the state does not know: a phone, and whether a card is wanted."""

    phone = PhoneField(label=_("手机号"), help_text=_("用来接收结果和到期提醒"))
    delivery = forms.ChoiceField(
        label=_("要不要实体卡"),
        initial=CardDelivery.NONE.value,
        widget=forms.RadioSelect,
        choices=[
            (CardDelivery.NONE.value, Option(_("先不要"), _("居住证通过当天就生效，不用等卡"))),
            (CardDelivery.POST.value, Option(_("要，邮寄到登记住址"), _("邮费到付，由您承担"))),
            (CardDelivery.POINT.value, Option(_("要，到受理点领取"), _("可以请人代领"))),
        ],
        error_messages={"required": _("请选择要不要实体卡")},
    )
    point = forms.ChoiceField(
        label=_("领取地点"),
        required=False,
        choices=points.choices,
        widget=ChineseSelect(attrs={"class": "input"}),
    )
    agent_name = NameField(label=_("代领人姓名"), required=False)
    agent_id_number = CitizenNumberField(label=_("代领人身份号码"), required=False)
    agent_phone = PhoneField(label=_("代领人手机号"), required=False)

    def __init__(
        self, *args: Any, known_phone: str | None, by_helper: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known_phone = known_phone  # another one is proven by a code first, elsewhere
        if known_phone:
            del self.fields["phone"]
        self.by_helper = by_helper  # who may fetch the card is the holder's to say
        if by_helper:
            for name in _OF_AGENT:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for a point when the card is fetched, and for all of an agent or none."""
        given = super().clean() or {}
        if given.get("delivery") != CardDelivery.POINT:
            for name in ("point", *_OF_AGENT):
                self.errors.pop(name, None)
                given[name] = ""
            return given
        if not given.get("point") and "point" not in self.errors:
            self.add_error("point", _("请选择领取地点"))
        self._complete_agent(given)
        return given

    def _complete_agent(self, given: dict[str, Any]) -> None:
        asked = {
            "agent_name": _("请填代领人姓名，不请人代领就把三项都留空"),
            "agent_id_number": _("请填代领人身份号码，领卡时要核对"),
            "agent_phone": _("请填代领人手机号"),
        }
        if not any(given.get(name) or name in self.errors for name in asked):
            return
        for name, message in asked.items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, message)

    def application(self) -> Application:
        """Return the application as typed; call only when valid."""
        given = self.cleaned_data
        agent = None
        if given.get("agent_name"):
            agent = Agent(given["agent_name"], given["agent_id_number"], given["agent_phone"])
        return Application(
            business=Business.FIRST_ISSUE,
            key=given["key"],
            phone=self.known_phone or given["phone"],
            delivery=CardDelivery(given["delivery"]),
            point=given["point"],
            agent=agent,
        )


class EndorseForm(KeyedForm):
    """Still living there? And a phone, if none is known yet."""

    STAYED = "stayed"
    MOVED = "moved"

    living = forms.ChoiceField(
        label=_("您还住在这个地址吗"),
        widget=forms.RadioSelect,
        choices=[
            (STAYED, Option(_("还住这里"))),
            (MOVED, Option(_("已经搬了"), _("先更新居住登记，再回来签注"))),
        ],
        error_messages={"required": _("请选择您是不是还住在这个地址")},
    )
    phone = PhoneField(label=_("手机号"), help_text=_("用来接收结果和到期提醒"))

    def __init__(self, *args: Any, known_phone: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_phone = known_phone
        if known_phone:
            del self.fields["phone"]

    def moved(self) -> bool:
        """Say whether the person has moved; call only when valid."""
        return bool(self.cleaned_data["living"] == self.MOVED)

    def application(self) -> Application:
        """Return the application as typed; call only when valid."""
        return Application(
            business=Business.ENDORSEMENT,
            key=self.cleaned_data["key"],
            phone=self.known_phone or self.cleaned_data["phone"],
        )
