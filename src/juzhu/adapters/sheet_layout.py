"""Where things stand on the page, in millimetres from its upper left corner."""

from functools import lru_cache
from math import cos, radians, sin
from typing import Final

PAGE: Final = (210.0, 297.0)
LEFT: Final = 22.0
WIDTH: Final = 166.0
TABLE_TOP: Final = 56.0
COLUMNS: Final = (31.0, 52.0, 31.0, 18.0, 34.0)
ROWS: Final = (12.0, 12.0, 12.0, 12.0, 12.0, 18.0, 12.0, 12.0, 13.0, 13.0, 12.0)
FOOT_TOP: Final = 208.0
QR: Final = 40.0
NUMBER_TOP: Final = 48.5
NUMBER_LEFT: Final = 50.5
MADE_LEFT: Final = 157.0
SMALL: Final = 9.5
CODE_LEFT: Final = LEFT + QR + 7
CODE_TOP: Final = 229.0
CODE_SIZE: Final = 17.0
CODE_TRACKING: Final = 0.8
PHOTO: Final = (30.0, 36.95)

POINTS: Final = 72 / 25.4
SEAL_BOX: Final = (413, 135, 533, 255)
"""The seal's place as a signature field wants it: whole points from the lower left corner."""
SEAL: Final = (SEAL_BOX[2] - SEAL_BOX[0]) / POINTS
SEAL_LEFT: Final = SEAL_BOX[0] / POINTS
SEAL_TOP: Final = PAGE[1] - SEAL_BOX[3] / POINTS
SIGNED_TOP: Final = 20.0  # below the seal's upper edge
DAY_TOP: Final = 26.6
DAY_SIZE: Final = 9.0


MARK_TURN: Final = -30.0  # degrees; the watermark rises from left to right
MARK_SIDE: Final = 380.0  # of a square around the page's middle that covers the page when turned
_MARK_ROW: Final = 36.0
_MARK_GAP: Final = 14.0
_QUIET: Final = 5.0  # around the code, where half a letter would look like dirt


@lru_cache(maxsize=256)
def marks(length: float) -> list[tuple[float, float]]:
    """Return where the watermark stands in its turned square, in staggered rows.

    Args:
        length: of the watermark's text.

    """
    step, found = length + _MARK_GAP, []
    for row in range(int(MARK_SIDE / _MARK_ROW) + 1):
        left = -step / 2 if row % 2 else 0.0
        for column in range(int(MARK_SIDE / step) + 2):
            x, y = left + column * step, row * _MARK_ROW
            if _seen(x, y, length):
                found.append((round(x, 2), y))
    return found


def _seen(x: float, y: float, length: float) -> bool:
    """Say whether a watermark touches the page, and stays clear of the code."""
    turn = radians(MARK_TURN)
    on_page = False
    for part in range(int(length / 3) + 2):
        across = min(part * 3.0, length) + x - MARK_SIDE / 2
        down = y + 2.0 - MARK_SIDE / 2
        right = PAGE[0] / 2 + across * cos(turn) - down * sin(turn)
        below = PAGE[1] / 2 + across * sin(turn) + down * cos(turn)
        if abs(right - LEFT - QR / 2) < QR / 2 + _QUIET and (
            abs(below - FOOT_TOP - QR / 2) < QR / 2 + _QUIET
        ):
            return False
        on_page = on_page or (-5 < right < PAGE[0] + 5 and -5 < below < PAGE[1] + 5)
    return on_page


def measures() -> dict[str, object]:
    """Return the lengths by the names the template uses."""
    return {
        "left": LEFT,
        "width": WIDTH,
        "table_top": TABLE_TOP,
        "columns": COLUMNS,
        "rows": ROWS,
        "foot_top": FOOT_TOP,
        "qr": QR,
        "number_top": NUMBER_TOP,
        "number_left": NUMBER_LEFT,
        "made_left": MADE_LEFT,
        "code_left": CODE_LEFT,
        "code_top": CODE_TOP,
        "code_size": CODE_SIZE,
        "code_tracking": CODE_TRACKING,
        "signed_top": SIGNED_TOP,
        "day_top": DAY_TOP,
        "day_size": DAY_SIZE,
        "mark_turn": MARK_TURN,
        "mark_side": MARK_SIDE,
        "seal": SEAL,
        "seal_left": SEAL_LEFT,
        "seal_top": SEAL_TOP,
    }
