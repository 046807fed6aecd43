"""The codes people type and the limits of sheets."""

import secrets
from datetime import timedelta
from typing import Final

from juzhu.domain.sheet import ALPHABET
from juzhu.modules.vault.ring import ring

FILE_DAYS: Final = 30
"""How long the sealed file can be fetched again; its proof stands for good."""
LIST_SIZE: Final = 1 << 16
SHEETS_PER_LIST: Final = LIST_SIZE // 2
"""Half full at most, so that a free place is found at the first or second draw."""
MOST_SHARE_DAYS: Final = 90
MOST_MISSES: Final = 30
"""Public checks that found nothing, from one source within MISS_TIME; then it has to wait."""
MISS_TIME: Final = timedelta(minutes=10)


def new_code(length: int) -> str:
    """Return a code nobody can guess: five bits a character."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def check_digest(code: str) -> bytes:
    """Return the look-up digest of a sheet's check code."""
    return ring().digest(code, label="check_code")


def share_digest(code: str) -> bytes:
    """Return the look-up digest of a share code."""
    return ring().digest(code, label="share_code")
