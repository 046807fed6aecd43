"""The forms and words of the staff's payment pages (Chinese only)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms

from juzhu.modules.payments.contracts import (
    DifferenceKind,
    OrderState,
    OrderView,
    RefundReason,
    RefundState,
)
from juzhu.web import pay_page
from juzhu.web.fields import Option
from juzhu.web.forms import Form

MOST_WORDS: Final = 300

STATES: Final[Mapping[OrderState, str]] = {
    OrderState.OPEN: "等缴费",
    OrderState.OVERDUE: "过了时间，正在向支付机构核对",
    OrderState.PAID: "已缴",
    OrderState.REFUNDED: "已全部退回",
    OrderState.LAPSED: "没有按时缴，已终止",
    OrderState.CALLED_OFF: "不用缴了",
}

REFUND_REASONS: Final[Mapping[RefundReason, str]] = {
    RefundReason.LATE: "付晚了",
    RefundReason.TWICE: "付重了",
    RefundReason.WRONG_AMOUNT: "金额不对",
    RefundReason.NOT_MADE: "卡做不了了",
    RefundReason.NOT_OWED: "原证注销错了，这次不该收费",
    RefundReason.HOLDER_DIED: "持证人去世",
    RefundReason.BY_HAND: "人工退款",
}

REFUND_STATES: Final[Mapping[RefundState, str]] = {
    RefundState.ASKED: "正在退",
    RefundState.DONE: "已退",
    RefundState.FAILED: "退不回去",
}

DIFFERENCES: Final[Mapping[DifferenceKind, str]] = {
    DifferenceKind.ONLY_THEIRS: "账单有，系统没有这笔付款",
    DifferenceKind.ONLY_OURS: "系统有，账单没有这笔付款",
    DifferenceKind.AMOUNT: "付款金额不一样",
    DifferenceKind.REFUND_ONLY_THEIRS: "账单有，系统没有这笔退款",
    DifferenceKind.REFUND_ONLY_OURS: "系统有，账单没有这笔退款",
    DifferenceKind.REFUND_AMOUNT: "退款金额不一样",
}


class RefundForm(Form):
    """How much of which payment goes back, and why."""

    attempt = forms.ChoiceField(
        label="退哪一笔",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择退哪一笔"},
    )
    amount = forms.DecimalField(
        label="退多少元",
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "input num", "inputmode": "decimal"}),
        error_messages={
            "required": "请填退多少元",
            "invalid": "请填数字，例如 20",
            "min_value": "至少退 0.01 元",
            "max_decimal_places": "最多两位小数",
        },
    )
    words = forms.CharField(
        label="为什么退",
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"class": "input", "rows": "2"}),
        error_messages={"required": "请写明为什么退，第二个签字的人要看"},
    )

    def __init__(self, *args: Any, order: OrderView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["attempt"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (
                money.attempt_number,
                Option(
                    f"{pay_page.yuan(money.amount_fen)} 元，{pay_page.gateway_name(money.gateway)}",
                    money.transaction,
                ),
            )
            for money in order.settlements
        ]

    def clean_amount(self) -> int:
        """Return the amount in fen."""
        return int(self.cleaned_data["amount"] * 100)
