"""Photographs of people who do not exist: a calm drawing in the format of the real ones.

JPEG, 358 × 441 pixels, white ground (GA/T 461-2019). The same person always looks the same, and
nobody could take the drawing for a photograph of somebody.
"""

from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (358, 441)
_SKINS: Final = ("#f1d3bd", "#e9c4a6", "#ddb08e", "#f5dcc9")
_HAIRS: Final = ("#1d1a19", "#2b2421", "#3a2f2a", "#5a5654")
_CLOTHES: Final = ("#27496d", "#37516a", "#4a5c4e", "#6b4a55", "#3d3d46", "#7a6a4f")
_SCALE: Final = 2  # drawn twice as large, then reduced: smooth edges


@lru_cache(maxsize=256)
def portrait(id_number: str, *, male: bool) -> bytes:
    """Return the drawing of one person as JPEG."""
    draw_from = sha256(b"portrait" + id_number.encode()).digest()
    skin, hair = _SKINS[draw_from[0] % len(_SKINS)], _HAIRS[draw_from[1] % len(_HAIRS)]
    cloth, part = _CLOTHES[draw_from[2] % len(_CLOTHES)], draw_from[3] % 40 - 20
    image = Image.new("RGB", (SIZE[0] * _SCALE, SIZE[1] * _SCALE), "white")
    pen = ImageDraw.Draw(image)

    def oval(left: int, top: int, right: int, bottom: int, colour: str) -> None:
        pen.ellipse([side * _SCALE for side in (left, top, right, bottom)], fill=colour)

    if not male:
        oval(82, 52, 276, 372, hair)  # long hair behind
    oval(40, 330, 318, 640, cloth)  # shoulders
    pen.rounded_rectangle(
        [side * _SCALE for side in (146, 270, 212, 372)], radius=30 * _SCALE, fill=skin
    )
    oval(92, 72, 266, 312, hair)
    oval(104, 98, 254, 318, skin)  # face, 150 pixels wide
    pen.pieslice([side * _SCALE for side in (98, 66, 260, 216)], 180 + part, 360, fill=hair)
    for x in (146, 212):
        oval(x - 7, 200, x + 7, 212, "#3b2d26")
    pen.arc([side * _SCALE for side in (150, 232, 208, 276)], 30, 150, fill="#a5604f", width=6)
    buffer = BytesIO()
    image.resize(SIZE, Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
