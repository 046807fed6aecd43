"""The photograph as a PDF can hold it: a JPEG whose bytes are taken over untouched."""

import struct
from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image, UnidentifiedImageError

from juzhu.ports.sheets import PhotoUnreadableError

_QUALITY: Final = 90


class Measures(NamedTuple):
    """A photograph's width and height in pixels, and its number of colours."""

    width: int
    height: int
    colours: int


def photo_measures(photo: bytes) -> Measures | None:
    """Return the measures of a JPEG that a PDF can hold as it is; None for any other."""
    if not (photo.startswith(b"\xff\xd8") and photo.rstrip(b"\0\r\n").endswith(b"\xff\xd9")):
        return None  # another kind of picture, or one cut short
    place = 2
    while place + 10 <= len(photo) and photo[place] == 0xFF:
        kind, length = photo[place + 1], struct.unpack_from(">H", photo, place + 2)[0]
        if kind in (0xC0, 0xC1, 0xC2):  # the kinds of frame that readers know
            bits, height, width, colours = struct.unpack_from(">BHHB", photo, place + 4)
            return Measures(width, height, colours) if (bits, colours) in _HELD else None
        place += 2 + length
    return None


_HELD: Final = {(8, 1), (8, 3)}
_SPACE: Final = {1: b"DeviceGray", 3: b"DeviceRGB"}


def photo_object(photo: bytes, measures: Measures) -> bytes:
    """Return the photograph as an object of the file, its bytes untouched."""
    return (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%b/BitsPerComponent 8"
        b"/Filter/DCTDecode/Length %d>>stream\n%b\nendstream"
        % (measures.width, measures.height, _SPACE[measures.colours], len(photo), photo)
    )


def held(photo: bytes) -> bytes:
    """Return the photograph as it is, or anew in colours that every reader shows alike.

    Raises:
        PhotoUnreadableError: it is no picture.

    """
    if photo_measures(photo) is not None:
        return photo
    into = BytesIO()
    try:
        with Image.open(BytesIO(photo), formats=("JPEG", "PNG")) as picture:
            picture.convert("RGB").save(into, "JPEG", quality=_QUALITY)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise PhotoUnreadableError(str(error)) from error
    return into.getvalue()
