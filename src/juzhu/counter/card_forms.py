"""Forms about cards at the desk and in the stock."""

from typing import Any

from django import forms

from juzhu.domain.card import REPLACEMENT_GROUNDS, CardGround
from juzhu.domain.collection import Refusal
from juzhu.web.card_forms import CardForm
from juzhu.web.fields import Option
from juzhu.web.forms import Form

GROUNDS = {
    CardGround.LOST: ("补领：卡丢了", "通过后旧卡马上作废"),
    CardGround.DESTROYED: ("补领：卡毁了", "没有旧卡可以交回"),
    CardGround.DAMAGED: ("换领：卡坏了", "领新卡时交回旧卡"),
    CardGround.CHANGED: ("换领：证面信息变了", "新卡印人口库和居住登记现在的信息"),
    CardGround.FIRST: ("第一张卡", "签发时没有要卡，不收费"),
}
SPOILED = {
    "misprint": "印错、印花",
    "chip": "芯片读不出来",
    "damaged": "折损、污损",
}


class ReissueForm(CardForm):
    """Why a new card, asked face to face, and how to receive it."""

    why = forms.ChoiceField(
        label="为什么办",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择为什么办"},
    )

    def __init__(self, *args: Any, grounds: list[CardGround], **kwargs: Any) -> None:
        super().__init__(*args, ground=grounds[0], **kwargs)
        why = self.fields["why"]
        assert isinstance(why, forms.ChoiceField)
        why.choices = [(g.value, Option(*GROUNDS[g])) for g in grounds]
        self.order_fields(["why"])

    def clean_why(self) -> str:
        """Take the reason over, so that the application names it."""
        self.ground = CardGround(self.cleaned_data["why"])
        return self.ground.value


class HandOverForm(Form):
    """Who came for the card, and the card before it."""

    who = forms.ChoiceField(
        label="来领的人",
        widget=forms.RadioSelect,
        choices=[
            ("holder", Option("本人", "人证一致")),
            ("agent", Option("代领人", "两个人的身份证都要读卡")),
        ],
        error_messages={"required": "请选择来领的是谁"},
    )
    agent_number = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput)
    agent_name = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)
    agent_proof = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    old_card = forms.ChoiceField(
        label="旧卡",
        widget=forms.RadioSelect,
        choices=[
            ("handed_back", Option("已收回", "当面剪角")),
            ("lost", Option("旧卡也丢了", "办事人当面说明")),
        ],
        error_messages={"required": "换领要收回旧卡；旧卡也丢了的选另一项"},
    )

    def __init__(self, *args: Any, ground: CardGround, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ground not in REPLACEMENT_GROUNDS:
            del self.fields["old_card"]

    def clean(self) -> dict[str, Any]:
        """Ask for the agent's identity card to be read."""
        given = super().clean() or {}
        if given.get("who") == "agent" and not given.get("agent_number"):
            self.add_error("who", "请读代领人的身份证，按 F4")
        return given


class RefuseForm(Form):
    """Why the card stays here, as the officer sees it."""

    why = forms.ChoiceField(
        label="不发卡的原因",
        widget=forms.Select(attrs={"class": "input"}),
        choices=[
            ("", "请选择"),
            (Refusal.NOT_READ.value, "没有带持证人的身份证"),
            (Refusal.NOT_THE_HOLDER.value, "人证不符"),
        ],
        error_messages={"required": "请选择不发卡的原因"},
    )


class SpoilForm(Form):
    """What is wrong with a card in stock."""

    what = forms.ChoiceField(
        label="卡有什么问题",
        widget=forms.Select(attrs={"class": "input"}),
        choices=[("", "请选择"), *SPOILED.items()],
        error_messages={"required": "请选择卡有什么问题"},
    )


class ArriveForm(Form):
    """A card that has come in."""

    number = forms.CharField(
        label="制证号、卡号或运单号",
        max_length=32,
        help_text="退信也在这里登记",
        widget=forms.TextInput(attrs={"class": "input num", "autocomplete": "off"}),
        error_messages={"required": "请扫或者输入制证号、卡号或运单号"},
    )
