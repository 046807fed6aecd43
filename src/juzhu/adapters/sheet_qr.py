"""The code on the sheet that a phone's camera reads."""

from typing import Final

import zxingcpp

LEVEL: Final = "M"  # a fold or a stain of 15 % leaves it readable


def modules_of(address: str, token: str) -> list[bytes]:
    """Return the rows of the code for `address#token`, one byte a module, 0 is black.

    The digits of the token go into a numeric segment of their own, 3.3 bits each. They stand
    behind the #, which a browser keeps to itself: nothing personal reaches a server's log.
    """
    return rows_of(f"{address}#{token}")


def rows_of(text: str) -> list[bytes]:
    """Return the rows of the code for any text, one byte a module, 0 is black."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=LEVEL)
    picture = memoryview(code.to_image(scale=1, add_quiet_zones=False)).cast("B")  # type: ignore[arg-type] # it is one
    side = int(len(picture) ** 0.5)
    return [bytes(picture[row * side : (row + 1) * side]) for row in range(side)]


def drawing_of(rows: list[bytes]) -> str:
    """Return the code as SVG: one path, so that no hairline shows between modules."""
    side, parts = len(rows), []
    for y, row in enumerate(rows):
        x = 0
        while (x := row.find(b"\0", x)) >= 0:
            end = row.find(b"\xff", x)
            end = side if end < 0 else end
            parts.append(f"M{x} {y}h{end - x}v1H{x}z")
            x = end
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path d="{"".join(parts)}"/></svg>'
    )
