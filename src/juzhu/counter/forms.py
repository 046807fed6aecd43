"""What staff may type."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from juzhu.web import points
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
        max_length=8,
        widget=forms.TextInput(attrs={"class": "input num code", "inputmode": "numeric"}),
        error_messages={"required": "请填窗口号"},
    )


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
