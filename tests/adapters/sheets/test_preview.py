"""The picture of a sheet."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageChops

from juzhu.adapters import preview as previews
from juzhu.adapters import sheet_layout
from juzhu.adapters.preview import NumberNotFoundError
from juzhu.adapters.sheet_bulk import BulkSheets
from tests.adapters.sheets.reading import picture_of

preview = partial(previews.preview, hide="430102199003070018")


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture)).convert("RGB")


def test_the_preview_is_a_picture_of_the_whole_page(sealed):
    picture = Image.open(BytesIO(preview(sealed, dpi=96)))

    assert picture.format == "JPEG"
    assert picture.size == (794, 1123)


def test_the_preview_shows_the_seal(sealed):
    picture = opened(preview(sealed, dpi=72))
    left, bottom, right, top = sheet_layout.SEAL_BOX
    seal = picture.crop((left, picture.height - top, right, picture.height - bottom))

    pixels = zip(*[iter(seal.tobytes())] * 3, strict=True)

    assert sum(r > 150 and g < 90 and b < 90 for r, g, b in pixels) > 1000


def place_of(pdf: bytes, text: str) -> tuple[float, ...]:
    """Return the box of the first of these words, in pixels at 144 dpi."""
    page = pypdfium2.PdfDocument(pdf)[0]
    words = page.get_textpage()
    first, count = words.search(text).get_next()
    boxes = [words.get_charbox(n) for n in range(first, first + count)]
    height = page.get_height()
    return (
        2 * min(box[0] for box in boxes),
        2 * (height - max(box[3] for box in boxes)),
        2 * max(box[2] for box in boxes),
        2 * (height - min(box[1] for box in boxes)),
    )


@pytest.mark.parametrize("lane", ["ordinary", "bulk"])
def test_the_middle_of_the_citizen_number_is_covered_and_nothing_else(
    lane, sealed, sheets, sealer, authority, content
):
    bulk = BulkSheets(sheets, sealer, certificate=authority.certificate, key=authority.key)
    pdf = sealed if lane == "ordinary" else bulk.make(content)
    hidden, shown = place_of(pdf, "0219900307"), place_of(pdf, "430102")

    changed = ImageChops.difference(opened(preview(pdf, dpi=144)), picture_of(pdf, 144))
    left, top, right, bottom = (
        changed.convert("L").point(lambda level: 255 * (level > 150)).getbbox()
    )

    assert hidden[0] - 4 <= left
    assert right <= hidden[2] + 4
    assert hidden[1] - 4 <= top
    assert bottom <= hidden[3] + 4
    assert right - left > 0.8 * (hidden[2] - hidden[0])
    assert left > shown[0] + 20


@pytest.mark.parametrize(
    ("one", "other"), [("430102199003070018", "430102188888880018")], ids=["digits"]
)
def test_two_numbers_with_the_same_ends_look_the_same(sheets, changed, one, other):
    """No trace of a covered digit is left, not even its width."""
    pages = [sheets.render(changed(id_number=number)) for number in (one, other)]
    places = [place_of(page, number) for page, number in zip(pages, (one, other), strict=True)]

    pictures = [
        opened(previews.preview(page, hide=number, dpi=144))
        for page, number in zip(pages, (one, other), strict=True)
    ]

    box = tuple(round(edge) for edge in places[0])
    differing = ImageChops.difference(*(picture.crop(box) for picture in pictures))
    assert max(high for _, high in differing.getextrema()) < 60


def test_a_page_without_the_number_is_not_shown(sealed):
    with pytest.raises(NumberNotFoundError):
        preview(sealed, hide="110101199003070018")


def test_previews_from_four_threads_are_alike(sealed):
    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(lambda _: preview(sealed), range(8)))

    assert len(made) == 1
