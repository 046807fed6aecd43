"""Forms of the review queue."""

from typing import Any

from django import forms

from juzhu.counter import texts
from juzhu.domain.vocabulary import Outcome
from juzhu.modules.cases import rulings
from juzhu.modules.cases.contracts import ReviewItem, RulingReason
from juzhu.modules.disputes.contracts import MOST_WORDS, Verdict
from juzhu.web.fields import Option
from juzhu.web.forms import Form


class RulingForm(Form):
    """A reason from the list, which stands for the outcome, and words for the person."""

    reason = forms.ChoiceField(
        label="怎么决定，为什么",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择决定和原因", "invalid_choice": "请从下面选择"},
    )
    words = forms.CharField(
        label="写给办事人的话",
        help_text="他会在结果页看到。写明看了什么、为什么，不要写身份号码",
        max_length=500,
        widget=forms.Textarea(attrs={"class": "input", "rows": "3"}),
        error_messages={"required": "请写明为什么这样决定，办事人有权知道理由"},
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
                    ("通过" + second) if outcome is Outcome.APPROVED else "不通过",
                ),
            )
            for reason, outcome in rulings.OUTCOMES.items()
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


class AnswerForm(Form):
    """The answer to somebody who does not accept a look at their data."""

    verdict = forms.ChoiceField(
        label="核查结果",
        widget=forms.RadioSelect,
        choices=[
            (Verdict.IN_ORDER.value, Option("查看符合规定")),
            (Verdict.NOT_IN_ORDER.value, Option("查看不符合规定", "写明怎么处理")),
        ],
        error_messages={"required": "请选择核查结果"},
    )
    words = forms.CharField(
        label="写给办事人的话",
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"class": "input", "rows": "4"}),
        error_messages={"required": "请写明核查结果和理由"},
    )
