"""The public check's limit. Alone in its system: it stays closed for ten minutes."""

import pytest

from tests.browser.sheet_states import check_code, look_at

pytestmark = pytest.mark.browser


def test_thirty_misses_close_the_public_check_for_a_while(visit, calm):
    visitor = visit()
    for _ in range(31):
        visitor.go("/verify/")
        check_code(visitor, "0000-0000-0000")

    assert visitor.title() == "请过一会儿再试"
    look_at(visitor, "verify-too-many")
