"""What staff may type."""

import re
import unicodedata
from typing import Any, Final

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from juzhu import wiring
from juzhu.domain.identity import (
    NumberError,
    NumberKind,
    normalise_name,
    parse_id_number,
    parse_mobile,
)
from juzhu.modules.cases import queries as cases
from juzhu.modules.desk.contracts import Reason
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.staff.contracts import Role
from juzhu.web import points
from juzhu.web.fields import CitizenNumberField, NameField
from juzhu.web.forms import Form


class SignInForm(Form):
    """Staff number, password, and the code of the authenticator."""

    username = forms.CharField(
        label="工号",
        max_length=32,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "username"}),
        error_messages={"required": "请填工号"},
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
        error_messages={"required": "请填密码"},
    )
    code = forms.CharField(
        label="动态码",
        help_text="验证器里的 6 位数字",
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "class": "input num code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
            }
        ),
        error_messages={"required": "请填动态码"},
    )

    def clean_code(self) -> str:
        """Return six digits."""
        code = "".join(unicodedata.normalize("NFKC", self.cleaned_data["code"]).split())
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise ValidationError("动态码是 6 位数字，请再看一遍验证器")
        return code


class ShiftForm(Form):
    """Where one works today."""

    point = forms.ChoiceField(
        label="受理点",
        choices=points.choices,
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "请选择受理点"},
    )
    window = forms.CharField(
        label="窗口号",
        help_text="1 到 3 位数字，例如 3",
        max_length=8,
        widget=forms.TextInput(attrs={"class": "input num code", "inputmode": "numeric"}),
        error_messages={"required": "请填窗口号"},
    )

    def clean_window(self) -> str:
        """Return the number of the window, without zeros before it."""
        window = unicodedata.normalize("NFKC", self.cleaned_data["window"]).strip()
        if not (window.isascii() and window.isdigit() and len(window) <= 3 and int(window)):
            raise ValidationError("窗口号是 1 到 3 位数字，请看窗口上的牌子")
        return str(int(window))


class HandOverForm(Form):
    """What the next shift must know."""

    note = forms.CharField(
        label="留给下一班的话",
        help_text="不要写姓名和号码，可以写受理号",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"class": "input", "rows": "3"}),
    )


class PasswordForm(Form):
    """A new password of one's own."""

    LEAST = 12

    old = forms.CharField(
        label="现在的密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
        error_messages={"required": "请填现在的密码"},
    )
    new = forms.CharField(
        label="新密码",
        help_text=f"至少 {LEAST} 个字符",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}),
        error_messages={"required": "请填新密码"},
    )

    def clean_new(self) -> str:
        """Return a password long enough and not among the common ones."""
        new = str(self.cleaned_data["new"])
        if len(new) < self.LEAST:
            raise ValidationError(f"新密码要 {self.LEAST} 个字符以上，现在是 {len(new)} 个")
        try:
            CommonPasswordValidator().validate(new)
        except ValidationError as error:
            raise ValidationError("这个密码太常见，请换一个") from error
        return new

    def clean(self) -> dict[str, Any]:
        """Refuse the same password again."""
        given = super().clean() or {}
        if given.get("new") and given.get("new") == given.get("old"):
            self.add_error("new", "新密码要和现在的不一样")
        return given


_LIKE_A_PHONE: Final = re.compile(r"1[3-9]\d{9}")
_LIKE_A_NUMBER: Final = re.compile(r"\d{16,18}X?|\d{15}")


class FindForm(Form):
    """Whom to find, and why; or what the card reader has read."""

    q = forms.CharField(
        label="证件号、手机号或受理号",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "input num", "autocomplete": "off"}),
    )
    why = forms.ChoiceField(
        label="查看原因",
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "请选择查看原因"},
    )
    card_number = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput)
    card_name = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)
    card_proof = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, role: Role | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        why = self.fields["why"]
        assert isinstance(why, forms.ChoiceField)
        watching = role is Role.AUDITOR
        allowed = [Reason.SUPERVISION] if watching else [Reason.VISIT, Reason.CALL]
        labels = {
            Reason.VISIT: "当面办理",
            Reason.CALL: "电话咨询",
            Reason.SUPERVISION: "监督检查",
        }
        choices = [(reason.value, labels[reason]) for reason in allowed]
        why.choices = choices if watching else [("", "请选择"), *choices]

    def clean(self) -> dict[str, Any]:
        """Ask for a number unless a card was read."""
        given = super().clean() or {}
        if not given.get("q") and not given.get("card_number") and "q" not in self.errors:
            self.add_error("q", "请读身份证，或者输入证件号、手机号或受理号")
        return given

    def citizen_number(self) -> str:
        """Return the citizen number looked for, "" when it was something else."""
        on = wiring.clock().now().date()
        try:
            found = parse_id_number(
                self.cleaned_data["card_number"] or self.cleaned_data["q"], on=on
            )
        except NumberError:
            return ""
        return found.number if found.kind is NumberKind.CITIZEN else ""

    def not_found(self) -> str:
        """Return what is wrong with the number that found nobody, or what else to try."""
        typed = "".join(unicodedata.normalize("NFKC", self.cleaned_data["q"]).split()).upper()
        if typed.replace("·", "").isalpha():
            return "这里要填号码，不能按姓名找。请读身份证，或者输入证件号、手机号或受理号"
        if _LIKE_A_PHONE.fullmatch(typed):
            return "没有人留过这个手机号。请读身份证，或者输入证件号"
        if _LIKE_A_NUMBER.fullmatch(typed):
            try:
                CitizenNumberField().clean(typed)
            except ValidationError as error:
                return str(error.messages[0])
        return "没有找到。请对照身份证再看一遍；还没办过居住证的，要本人带身份证来"

    def persons(self) -> list[int]:
        """Return those found: by citizen number, permit number, acceptance number or phone."""
        number = self.citizen_number()
        if number:
            person = people.person_by_number(number)
            return [person.id] if person else []
        typed = "".join(unicodedata.normalize("NFKC", self.cleaned_data["q"]).split()).upper()
        owner = permits.holder_of(typed) or cases.owner_of(typed)
        if owner is not None:
            return [owner]
        try:
            return [person.id for person in people.persons_by_phone(parse_mobile(typed))]
        except NumberError:
            return []


class NewcomerForm(Form):
    """The name on the card of somebody who has never been here."""

    name = NameField(label="姓名", help_text="和身份证上一样")

    def clean_name(self) -> str:
        """Return the name as registers are compared."""
        return normalise_name(self.cleaned_data["name"])
