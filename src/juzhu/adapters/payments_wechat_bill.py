"""The trade bill of WeChat Pay (交易账单) as lines of payments and refunds."""

import csv
from collections.abc import Mapping
from typing import Final

from juzhu.adapters import payments_http
from juzhu.ports.payments import BillLine, PaymentUnavailableError

_NEEDED: Final = frozenset(
    {"交易状态", "商户订单号", "微信订单号", "订单金额", "商户退款单号", "申请退款金额"}
)


def bill_lines(text: str) -> list[BillLine]:
    """Read a trade bill: a table with names over its columns, each value behind a backtick.

    Raises:
        PaymentUnavailableError: it is no such bill.

    """
    rows = csv.reader(text.splitlines())
    names = next(rows, [])
    if not set(names) >= _NEEDED:
        raise PaymentUnavailableError("the bill has not the columns expected")
    found = []
    for row in rows:
        if len(row) != len(names):  # the table of sums begins
            break
        values = {name: value.lstrip("`") for name, value in zip(names, row, strict=True)}
        if values["交易状态"] == "SUCCESS":
            found.append(_payment(values))
        elif values["交易状态"] == "REFUND":
            found.append(_refund(values))
    return found


def _payment(values: Mapping[str, str]) -> BillLine:
    return BillLine(
        values["商户订单号"],
        values["微信订单号"],
        payments_http.fen_of(values["订单金额"]),
        is_refund=False,
    )


def _refund(values: Mapping[str, str]) -> BillLine:
    return BillLine(
        values["商户退款单号"],
        values["微信订单号"],
        payments_http.fen_of(values["申请退款金额"]),
        is_refund=True,
    )
