"""Codes as people type them, and what a permit amounts to for a checker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juzhu.domain.sheet import (
    ALPHABET,
    CHECK_CODE_LENGTH,
    SHARE_CODE_LENGTH,
    Standing,
    grouped,
    read_code,
    standing_of,
)
from juzhu.domain.vocabulary import PermitState

LENGTHS = st.sampled_from([CHECK_CODE_LENGTH, SHARE_CODE_LENGTH])
CODES = LENGTHS.flatmap(lambda length: st.text(ALPHABET, min_size=length, max_size=length))


@given(CODES)
def test_a_code_is_read_back_from_its_groups_however_it_is_typed(code):
    typed = grouped(code)

    assert read_code(typed, length=len(code)) == code
    assert read_code(f" {typed.lower()} ", length=len(code)) == code
    assert read_code(typed.replace("-", " - "), length=len(code)) == code
    assert read_code(typed.replace("-", "－"), length=len(code)) == code


@given(CODES)
def test_lookalikes_are_read_as_what_was_meant(code):
    mistyped = code.replace("1", "l").replace("0", "O")

    assert read_code(mistyped, length=len(code)) == code


@given(st.text(max_size=40))
def test_whatever_is_typed_gives_a_code_or_none(text):
    code = read_code(text, length=CHECK_CODE_LENGTH)

    assert code is None or (len(code) == CHECK_CODE_LENGTH and set(code) <= set(ALPHABET))


@pytest.mark.parametrize(
    "text", ["", "7K2M-93QD-5TX", "7K2M-93QD-5TXAA", "7K2M-93QD-5TXU", "居住证"]
)
def test_what_cannot_be_a_code_is_none(text):
    assert read_code(text, length=CHECK_CODE_LENGTH) is None


def test_codes_are_grouped_for_reading():
    assert grouped("7K2M93QD5TXA") == "7K2M-93QD-5TXA"
    assert grouped("7K2M93QD5") == "7K2-M93-QD5"


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (PermitState.VALID, Standing.VALID),
        (PermitState.IN_WINDOW, Standing.VALID),
        (PermitState.SUSPENDED, Standing.SUSPENDED),
        (PermitState.CANCELLED, Standing.CANCELLED),
    ],
)
def test_the_window_is_not_the_checkers_business(state, standing):
    assert standing_of(state) is standing


def test_a_permit_not_yet_issued_has_no_standing():
    with pytest.raises(ValueError, match="not issued yet"):
        standing_of(PermitState.NOT_YET_ISSUED)
