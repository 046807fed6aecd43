"""Where things stand on the page, in millimetres from its upper left corner."""

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
        "seal": SEAL,
        "seal_left": SEAL_LEFT,
        "seal_top": SEAL_TOP,
    }
