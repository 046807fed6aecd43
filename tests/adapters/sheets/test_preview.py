"""The picture of a sheet."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from PIL import Image

from juzhu.adapters import sheet_layout
from juzhu.adapters.preview import preview


def test_the_preview_is_a_picture_of_the_whole_page(sealed):
    picture = Image.open(BytesIO(preview(sealed, dpi=96)))

    assert picture.format == "JPEG"
    assert picture.size == (794, 1123)


def test_the_preview_shows_the_seal(sealed):
    picture = Image.open(BytesIO(preview(sealed, dpi=72)))
    left, bottom, right, top = sheet_layout.SEAL_BOX
    seal = picture.crop((left, picture.height - top, right, picture.height - bottom))

    pixels = zip(*[iter(seal.convert("RGB").tobytes())] * 3, strict=True)

    assert sum(r > 150 and g < 90 and b < 90 for r, g, b in pixels) > 1000


def test_previews_from_four_threads_are_alike(sealed):
    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(lambda _: preview(sealed), range(8)))

    assert len(made) == 1
