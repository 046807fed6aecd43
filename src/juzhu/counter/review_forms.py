"""Forms of the review queue."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from juzhu.counter import texts
from juzhu.domain.vocabulary import Outcome
from juzhu.modules.cases import rulings
from juzhu.modules.cases.contracts import ReviewItem, RulingReason
from juzhu.modules.disputes.contracts import MOST_WORDS, Verdict
from juzhu.web.fields import Option
from juzhu.web.forms import Form

LEAST_WORDS: Final = 8
"""Characters of a reason: a sentence that the person concerned can understand."""


class WordsField(forms.CharField):
    """Reasons in a sentence: not too short to say anything."""

    def __init__(self, *, label: str, required: str, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 500)
        super().__init__(
            label=label,
            widget=forms.Textarea(attrs={"class": "input", "rows": str(rows)}),
            error_messages={"required": required},
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """Return the words; ask for a whole sentence when they are too few."""
        words = str(super().clean(value)).strip()
        if self.required and len("".join(words.split())) < LEAST_WORDS:
            raise ValidationError(
                f"请写成一句完整的话，至少 {LEAST_WORDS} 个字，现在是 {len(words)} 个"
            )
        return words


class ReasonForm(Form):
    """Why an officer does so, in a sentence."""

    words = WordsField(label="理由", required="请写明理由", help_text="写明看了什么、为什么")


class FraudForm(Form):
    """Which permit, and what is held against it."""

    permit = forms.CharField(
        label="居住证号",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "input num", "autocomplete": "off"}),
        error_messages={"required": "请填居住证号"},
    )
    words = WordsField(
        label="疑点",
        required="请写明疑点，持证人有权知道",
        help_text="持证人会看到这段话，并可以说明。写明哪项材料、和什么不符，不要写身份号码",
    )

    def clean_permit(self) -> str:
        """Return the number without blanks, in capitals."""
        return "".join(str(self.cleaned_data["permit"]).split()).upper()


class RulingForm(Form):
    """A reason from the list, which stands for the outcome, and words for the person."""

    reason = forms.ChoiceField(
        label="怎么决定，为什么",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择决定和原因", "invalid_choice": "请从下面选择"},
    )
    words = WordsField(
        label="写给办事人的话",
        help_text="他会在结果页看到。写成一句话，至少 8 个字；写明看了什么、为什么，不要写身份号码",
        required="请写明为什么这样决定，办事人有权知道理由",
    )

    def __init__(self, *args: Any, item: ReviewItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        second = "，要第二个人签字才生效" if item.asked else ""
        field.choices = [
            (
                reason.value,
                Option(
                    texts.RULINGS[reason],
                    ("通过" + second) if rulings.OUTCOMES[reason] is Outcome.APPROVED else "不通过",
                ),
            )
            for reason in rulings.reasons_for(item.case.findings)
        ]

    def chosen(self) -> RulingReason:
        """Return the reason; call only when valid."""
        return RulingReason(self.cleaned_data["reason"])


class SecondLookForm(Form):
    """What the second look found."""

    found = forms.ChoiceField(
        label="看过的结果",
        widget=forms.RadioSelect,
        choices=[("yes", Option("没有问题")), ("no", Option("有问题", "写明哪里不对"))],
        error_messages={"required": "请选择看过的结果"},
    )
    words = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"class": "input", "rows": "2"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words when something is wrong."""
        given = super().clean() or {}
        if given.get("found") == "no" and not given.get("words"):
            self.add_error("words", "请写明哪里不对")
        return given


_FOUND_DATA: Final = ("信息没有错", "信息有错")
_FOUND_LOOK: Final = ("查看符合规定", "查看不符合规定")


class AnswerForm(Form):
    """The answer to somebody who does not accept a look at their data."""

    verdict = forms.ChoiceField(
        label="核查结果",
        widget=forms.RadioSelect,
        choices=[(verdict.value, "") for verdict in Verdict],
        error_messages={"required": "请选择核查结果"},
    )
    words = WordsField(
        label="写给办事人的话", required="请写明核查结果和理由", rows=4, max_length=MOST_WORDS
    )

    def __init__(self, *args: Any, about_data: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        good, bad = _FOUND_DATA if about_data else _FOUND_LOOK
        verdict: Any = self.fields["verdict"]
        verdict.choices = [
            (Verdict.IN_ORDER.value, Option(good)),
            (Verdict.NOT_IN_ORDER.value, Option(bad, "写明怎么处理")),
        ]
