"""Keys and claims for the tokens' tests."""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from juzhu.adapters.proof_cose import CoseProofs
from juzhu.adapters.proof_keys import ensure_keys
from juzhu.domain.sheet import Standing
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.proofs import SheetClaims

DOCUMENT = Path(__file__).parents[3] / "docs" / "exchange" / "sheet-token.md"
LIST_URI = "https://jzz.example.gov.cn/s/"
MADE_AT = datetime(2026, 11, 24, 9, 20, 31, tzinfo=SHENZHEN)


@pytest.fixture(scope="session")
def vectors() -> Any:
    """Return the test vectors that outside implementers are given."""
    found = re.search(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.fixture
def claims() -> SheetClaims:
    return SheetClaims(
        check_code="7K2M93QD5TXA",
        name="陈小明",
        id_mask="4301 **** **** 0018",
        standing=Standing.VALID,
        valid_through=date(2027, 1, 9),
        purpose="子女入学",
        made_at=MADE_AT,
        photo_digest=bytes(range(16)),
        list_number=3,
        list_index=40_412,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with fresh keys."""
    ensure_keys(tmp_path / "keys", on=date(2026, 11, 24))
    return tmp_path / "keys"


@pytest.fixture
def proofs(folder: Path) -> CoseProofs:
    return CoseProofs(folder, list_uri=LIST_URI)
