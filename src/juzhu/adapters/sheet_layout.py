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

POINTS: Final = 72 / 25.4
SEAL_BOX: Final = (413, 135, 533, 255)
"""The seal's place as a signature field wants it: whole points from the lower left corner."""
SEAL: Final = (SEAL_BOX[2] - SEAL_BOX[0]) / POINTS
SEAL_LEFT: Final = SEAL_BOX[0] / POINTS
SEAL_TOP: Final = PAGE[1] - SEAL_BOX[3] / POINTS


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
        "seal": SEAL,
        "seal_left": SEAL_LEFT,
        "seal_top": SEAL_TOP,
    }
