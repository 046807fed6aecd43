"""Pictures from outside: only small JPEG files are opened, and never at more than they claim."""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from juzhu.face.networks import Picture

LONGEST_SIDE: Final = 640
MOST_PIXELS: Final = 30_000_000
"""A photograph of a good phone; an enrolled photograph may be as large."""
MOST_PIXELS_OF_FRAME: Final = 4_000_000
_DARK: Final = 16.0
"""Mean brightness (of 255) under which a camera has not started, or is covered."""


class PictureError(Exception):
    """Not a JPEG picture that can be looked at."""


def opened(data: bytes, *, most_pixels: int = MOST_PIXELS) -> Picture:
    """Return the picture, its longest side at most `LONGEST_SIDE` pixels.

    Raises:
        PictureError: not a JPEG, a broken one, or one of absurd size.

    """
    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as image:
            if image.width * image.height > most_pixels or min(image.size) < 64:
                raise PictureError(f"{image.width} × {image.height} pixels")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            if max(upright.size) > LONGEST_SIDE:
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BILINEAR)
            return np.asarray(upright)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureError(str(error)) from error


def is_dark(picture: Picture) -> bool:
    """Say whether nothing can be seen because there is no light."""
    return float(picture[::8, ::8].mean()) < _DARK
