"""Form fields that say which part is wrong and how to put it right."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from juzhu import wiring
from juzhu.domain.identity import (
    NumberError,
    NumberKind,
    Problem,
    parse_id_number,
    parse_mobile,
)
from juzhu.domain.sheet import MOST_PURPOSE, read_code, read_purpose
from juzhu.ports.sheets import SealUnavailableError

Text = str | Promise

PROBLEMS: Final[Mapping[Problem, Text]] = {
    Problem.ID_LENGTH: ngettext_lazy(
        "身份号码要 18 位，现在是 %(n)d 位", "身份号码要 18 位，现在是 %(n)d 位", "n"
    ),
    Problem.ID_CHARACTER: _("身份号码只有数字，最后一位可以是 X，请去掉别的字符"),
    Problem.ID_PLACE: _("身份号码不会以 0 开头，请对照身份证看前几位"),
    Problem.ID_BIRTH_DATE: _("身份号码第 7 到 14 位不是一个日期，请对照身份证看这几位"),
    Problem.ID_BIRTH_IN_FUTURE: _("身份号码第 7 到 14 位的日期还没到，请对照身份证看这几位"),
    Problem.ID_CHECK_DIGIT: _("身份号码最后一位对不上，可能抄错了一位，请对照身份证再看一遍"),
    Problem.MOBILE_CHARACTER: _("手机号只能是数字，例如 13800006021"),
    Problem.MOBILE_LENGTH: ngettext_lazy(
        "手机号要 11 位数字，现在是 %(n)d 位", "手机号要 11 位数字，现在是 %(n)d 位", "n"
    ),
    Problem.MOBILE_PREFIX: _("手机号以 13 到 19 开头，座机收不到短信，请换一个手机号"),
}
"""What a form says about each problem of a number."""

NOT_OF_A_NAME: Final = _("姓名里不会有“%(c)s”，请照身份证填")
NOT_A_CITIZEN: Final = _(
    "这里只办内地居民的居住证。港澳台居民请办港澳台居民居住证，外国人请办临时住宿登记"
)


@dataclass(frozen=True, slots=True)
class Option:
    """The label of a choice with a line that says what choosing it means."""

    text: Text
    hint: Text = ""

    def __str__(self) -> str:
        return str(self.text)


class ChineseSelect(forms.Select):
    """A list whose entries stay Chinese on an English page, and say so."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Mark the entry, unless it is the empty one, which is translated."""
        option = super().create_option(*args, **kwargs)
        if option["value"]:
            option["attrs"]["lang"] = "zh-Hans"
        return option


class _NumberField(forms.CharField):
    """Text that one of the domain's readers understands, or says what is wrong with it."""

    def read(self, typed: str) -> str:
        """Return the number in its one form; raise NumberError."""
        raise NotImplementedError

    def clean(self, value: Any) -> str:
        """Return the number, or the message that belongs to its problem."""
        typed = str(super().clean(value))
        if not typed:
            return ""
        try:
            return self.read(typed)
        except NumberError as error:
            length = len("".join(unicodedata.normalize("NFKC", typed).replace("-", "").split()))
            raise ValidationError(_message(error.problem, length)) from error


def _message(problem: Problem, length: int) -> str:
    text = PROBLEMS[problem]
    counted = problem in (Problem.ID_LENGTH, Problem.MOBILE_LENGTH)
    return str(text % {"n": length}) if counted else str(text)


class PhoneField(_NumberField):
    """A mainland mobile number; blanks, hyphens and +86 are taken off silently."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "class": "input num", "inputmode": "tel", "autocomplete": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("error_messages", {"required": _("请填手机号")})
        super().__init__(**kwargs)

    def read(self, typed: str) -> str:
        """Return the eleven digits."""
        return parse_mobile(typed)


class CitizenNumberField(_NumberField):
    """A citizen number (公民身份号码); those of people whom other permits serve are turned away."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "class": "input num",
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("error_messages", {"required": _("请填身份号码")})
        super().__init__(**kwargs)

    def read(self, typed: str) -> str:
        """Return the eighteen characters."""
        found = parse_id_number(typed, on=wiring.clock().now().date())
        if found.kind is not NumberKind.CITIZEN:
            raise ValidationError(NOT_A_CITIZEN)
        return found.number


class NameField(forms.CharField):
    """A name as on the identity card; only blanks at the ends are taken off."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "input", "autocomplete": "name"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("error_messages", {"required": _("请填姓名")})
        super().__init__(max_length=50, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the name; a picture or a digit in it is no letter of any script.

        What this Python's tables do not know yet may be a rare character: it stays.
        """
        name = str(super().clean(value))
        for c in unicodedata.normalize("NFKC", name):
            if unicodedata.category(c)[0] in "SN" and c not in "〇○":
                raise ValidationError(NOT_OF_A_NAME % {"c": c})
        return name


class CodeField(forms.CharField):
    """A code of ours; case, blanks and hyphens do not matter, and lookalikes are forgiven."""

    def __init__(self, *, length: int, **kwargs: Any) -> None:
        attrs = {
            "class": "input num code code--long",
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=100, **kwargs)
        self.length = length

    def clean(self, value: Any) -> str:
        """Return the code as it is kept."""
        typed = unicodedata.normalize("NFKC", str(super().clean(value)))
        code = read_code(typed, length=self.length)
        if code is not None:
            return code
        bare = "".join(typed.split()).replace("-", "")
        strange = next((c for c in bare if read_code(c, length=1) is None), None)
        if strange is not None:
            raise ValidationError(_NOT_IN_CODES % {"character": strange})
        raise ValidationError(_CODE_LENGTH % {"length": self.length, "n": len(bare)})


_NOT_IN_CODES: Final = _("码里只有数字和字母，没有“%(character)s”，请再看一遍")
_CODE_LENGTH: Final = _("这个码要 %(length)d 位，现在是 %(n)d 位")


class BirthDateField(forms.CharField):
    """A birth date: eight digits, or year, month and day with anything between."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "input num code--long", "inputmode": "numeric", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("error_messages", {"required": _("请填持证人的出生日期")})
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> date:
        """Return the day."""
        typed = unicodedata.normalize("NFKC", str(super().clean(value)))
        parts = re.findall(r"[0-9]+", typed)
        if len(parts) == 1 and len(parts[0]) == 8:
            parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
        try:
            year, month, day = map(int, parts)
            return date(year, month, day)
        except ValueError as error:
            raise ValidationError(_("出生日期要 8 位数字，例如 19900101")) from error


_NOT_PRINTED: Final = _("单子上印不出“%(characters)s”，请换个字")


def _unprintable(words: str) -> str:
    """Return the characters without a glyph; none while the seal is amiss, when the sheet waits."""
    try:
        return wiring.sheet_pages().unprintable(words)
    except SealUnavailableError:
        return ""


class PurposeField(forms.CharField):
    """A purpose in one's own words: short, and only what can be printed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "input"}))
        super().__init__(required=False, max_length=200, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the words with single blanks."""
        words = read_purpose(str(super().clean(value)))
        if len(words) > MOST_PURPOSE:
            raise ValidationError(
                _("用途最多 %(most)d 个字，现在是 %(n)d 个")
                % {
                    "most": MOST_PURPOSE,
                    "n": len(words),
                }
            )
        unseen = [c for c in words if not c.isprintable()]
        strange = "".join(unseen) or _unprintable(words)
        if strange:
            shown = "、".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in strange)
            raise ValidationError(_NOT_PRINTED % {"characters": shown})
        return words
