"""Where things stand on the page, in millimetres from its upper left corner."""

from typing import Final

PAGE: Final = (210.0, 297.0)
LEFT: Final = 22.0
WIDTH: Final = 166.0
TABLE_TOP: Final = 55.0
COLUMNS: Final = (31.0, 52.0, 31.0, 18.0, 34.0)
ROWS: Final = (11.5, 11.5, 11.5, 11.5, 11.5, 17.0, 11.5, 11.5, 12.5, 12.5, 11.5)
FOOT_TOP: Final = 205.0
QR: Final = 40.0
SEAL: Final = 42.0
SEAL_LEFT: Final = LEFT + WIDTH - SEAL
SEAL_TOP: Final = 205.0

POINTS: Final = 72 / 25.4


def seal_box() -> tuple[float, float, float, float]:
    """Return the seal's place as PDF wants it: points from the lower left corner."""
    left, top = SEAL_LEFT * POINTS, (PAGE[1] - SEAL_TOP) * POINTS
    return left, top - SEAL * POINTS, left + SEAL * POINTS, top


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
