"""What a person may say against a look."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from juzhu.modules.disputes.contracts import MOST_WORDS, DataItem, Reason
from juzhu.web.fields import Option
from juzhu.web.forms import Form
from juzhu.web.texts import Text

REASONS: Final[Mapping[Reason, Text]] = {
    Reason.UNKNOWN: _("我没有办过这件事"),
    Reason.NOT_THEIRS: _("这个部门不该看我的信息"),
    Reason.TOO_MUCH: _("看的内容太多了"),
    Reason.OTHER: _("其他"),
}


DATA_REASONS: Final[Mapping[Reason, Text]] = {
    Reason.WRONG: _("写错了"),
    Reason.MISSING: _("少了"),
    Reason.OUTDATED: _("是以前的"),
}
ALL_REASONS: Final[Mapping[Reason, Text]] = {**REASONS, **DATA_REASONS}
ITEMS: Final[Mapping[DataItem, tuple[Text, Text]]] = {
    DataItem.PERSON: (_("姓名、性别、出生日期"), _("人口库登记，由公安机关更正")),
    DataItem.HUKOU: (_("户籍"), _("户籍登记，由公安机关更正")),
    DataItem.REGISTRATIONS: (_("登记住址"), _("居住登记，由房东、单位或社区网格员更正")),
    DataItem.INSURANCE: (_("社保"), _("社保记录，由参保单位或社保局更正")),
    DataItem.TALENT: (_("学历和人才"), _("人才记录，由人力资源部门更正")),
    DataItem.ENROLMENT: (_("学籍"), _("学籍记录，由学校更正")),
    DataItem.PERMIT: (_("居住证的日期和状态"), _("居住证登记，由我们更正")),
}
"""What each item is called, and whose register it is."""


TOO_MANY: Final = _("您已有 %(n)d 次在核实，等有了答复再提下一次")


class _Said(Form):
    """Words of one's own, with what cannot be seen taken out."""

    def clean_words(self) -> str:
        """Return the words with what cannot be seen taken out."""
        typed = unicodedata.normalize("NFC", self.cleaned_data["words"])
        lines = (" ".join(line.split()) for line in typed.splitlines())
        words = "\n".join(line for line in lines if line)
        words = "".join(c for c in words if c == "\n" or c.isprintable())
        if len(words) > MOST_WORDS:
            said = _("最多 %(most)d 个字，现在是 %(n)d 个")
            raise ValidationError(said % {"most": MOST_WORDS, "n": len(words)})
        return words


class DisputeForm(_Said):
    """One choice, and words where they help."""

    reason = forms.ChoiceField(
        label=_("哪里不认可"),
        widget=forms.RadioSelect,
        choices=[(reason.value, Option(text)) for reason, text in REASONS.items()],
        error_messages={"required": _("请选一项"), "invalid_choice": _("请从下面选一项")},
    )
    words = forms.CharField(
        label=_("想补充的话"),
        help_text=_("可以不填。不用写身份号码和电话"),
        required=False,
        max_length=4 * MOST_WORDS,
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where 其他 is chosen."""
        given = super().clean() or {}
        if given.get("reason") == Reason.OTHER and "words" in given and not given["words"]:
            self.add_error("words", _("请写一句您不认可什么"))
        return given


class DataForm(_Said):
    """Which data are wrong, and how."""

    item = forms.ChoiceField(
        label=_("哪一项不对"),
        widget=forms.RadioSelect,
        choices=[(item.value, Option(name, keeper)) for item, (name, keeper) in ITEMS.items()],
        error_messages={"required": _("请选一项"), "invalid_choice": _("请从下面选一项")},
    )
    reason = forms.ChoiceField(
        label=_("怎么不对"),
        widget=forms.RadioSelect,
        choices=[(reason.value, Option(text)) for reason, text in DATA_REASONS.items()],
        error_messages={"required": _("请选一项"), "invalid_choice": _("请从下面选一项")},
    )
    words = forms.CharField(
        label=_("应该是什么"),
        help_text=_("写清楚对的是什么。不用写身份号码和电话"),
        max_length=4 * MOST_WORDS,
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        error_messages={"required": _("请写一句应该是什么")},
    )
