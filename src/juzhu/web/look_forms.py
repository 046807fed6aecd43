"""What a person may say against a look."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from juzhu.modules.disputes.contracts import MOST_WORDS, Reason
from juzhu.web.fields import Option
from juzhu.web.forms import Form
from juzhu.web.texts import Text

REASONS: Final[Mapping[Reason, Text]] = {
    Reason.UNKNOWN: _("我没有办过这件事"),
    Reason.NOT_THEIRS: _("这个部门不该看我的信息"),
    Reason.TOO_MUCH: _("看的内容太多了"),
    Reason.OTHER: _("其他"),
}


TOO_MANY: Final = _("您已有 %(n)d 次在核实，等有了答复再提下一次")


class DisputeForm(Form):
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

    def clean(self) -> dict[str, Any]:
        """Ask for words where 其他 is chosen."""
        given = super().clean() or {}
        if given.get("reason") == Reason.OTHER and "words" in given and not given["words"]:
            self.add_error("words", _("请写一句您不认可什么"))
        return given
