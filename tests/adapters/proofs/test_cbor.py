"""The strict reader: it agrees with a general one on what it accepts, and accepts one form only."""

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from juzhu.adapters.proof_cbor import decode
from juzhu.ports.proofs import ProofError

INTEGERS = st.integers(-(2**53), 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    INTEGERS | TEXTS | st.binary(max_size=300),
    lambda inner: (
        st.lists(inner, max_size=30) | st.dictionaries(st.integers(0, 999), inner, max_size=5)
    ),
    max_leaves=8,
)

REFUSED = [
    ("", "cut short"),
    ("18", "cut short"),
    ("4401", "cut short"),
    ("0000", "follows its end"),
    ("1817", "shortest form"),
    ("1900ff", "shortest form"),
    ("1b00000000ffffffff", "shortest form"),
    ("1b0020000000000000", "shortest form"),  # above 2^53 - 1
    ("a2010102" + "02" + "00", "follows its end"),
    ("a201010102", "out of order or twice"),
    ("a202010101", "out of order or twice"),
    ("a1410101", "no number or text"),
    ("a1800101", "no number or text"),
    ("9f01ff", "a length is missing"),
    ("5f4101ff", "a length is missing"),
    ("c249010000000000000000", "kind of value"),  # a big number
    ("f5", "kind of value"),
    ("fb3ff0000000000000", "shortest form"),
    ("62c328", "not UTF-8"),
    ("818181818181818100", "nested too deeply"),
]


def nesting(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max((nesting(inner) for inner in value.values()), default=0)
    return 1 + max(map(nesting, value), default=0) if isinstance(value, list) else 0


@given(VALUES.filter(lambda value: nesting(value) < 5))
def test_it_reads_what_the_usual_library_writes(value):
    assert decode(cbor2.dumps(value, canonical=True)) == value


@given(st.binary(max_size=60))
@example(bytes.fromhex("9b00000000ffffffff"))  # an array of four thousand million items
def test_whatever_it_accepts_has_this_one_form(data):
    try:
        value = decode(data)
    except ProofError:
        return
    assert cbor2.loads(data) == value
    if not isinstance(value, dict):  # the library orders keys by length first
        assert len(cbor2.dumps(value, canonical=True)) == len(data)


@pytest.mark.parametrize(("data", "reason"), REFUSED)
def test_every_other_form_is_refused(data, reason):
    with pytest.raises(ProofError, match=reason):
        decode(bytes.fromhex(data))
