"""What time does to a sheet and to a share code, and what many misses do to the public check.

In a system apart: the clock stays moved, and the check stays closed for ten minutes.
"""

import pytest

from tests.browser.sheet_states import (
    a_holder,
    check_code,
    code_of,
    look_at,
    make_share,
    make_sheet,
)
from tests.browser.test_year import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("later")]


def test_what_time_does_to_a_sheet(visit, calm):
    holder = a_holder(visit)
    sheet = make_sheet(holder)
    code = code_of(holder)
    share, _ = make_share(holder)

    calm.forward(days=31)
    for _ in range(40):
        holder.go(sheet)
        if holder.title() == "这份文件不再保存":
            break
        holder.page.wait_for_timeout(250)
    look_at(holder, "sheet-over")
    holder.go(share)
    assert holder.title() == "这个共享码已到期"
    look_at(holder, "share-over")

    calm.forward(months=12)
    wait_until(holder, "已中止")
    reader = visit()
    reader.go("/verify/")
    check_code(reader, code)
    assert reader.title() == "信息单真实，但证件现在中止使用"
    look_at(reader, "verify-changed")


def test_thirty_misses_close_the_public_check_for_a_while(visit, calm):
    visitor = visit()
    for _ in range(31):
        visitor.go("/verify/")
        check_code(visitor, "0000-0000-0000")

    assert visitor.title() == "请过一会儿再试"
    look_at(visitor, "verify-too-many")
