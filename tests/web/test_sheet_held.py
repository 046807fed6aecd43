"""A sheet that cannot be printed as it must be: held, said, released, made."""

import pytest

from juzhu import wiring
from juzhu.adapters.sheet_typst import TypstSheets
from juzhu.journeys import sheets
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.sheets import queries, services
from juzhu.modules.sheets.contracts import SheetState
from juzhu.modules.sheets.models import Sheet
from tests.adapters.sheets.fonts import rare_font
from tests.web.conftest import forward, sign_in


@pytest.fixture
def rare(world):
    """Return somebody with a permit whose name holds 𠮷, which the built-in font lacks."""
    resident = sign_in("陈𠮷明")
    resident.apply()
    return resident


def page(resident, path: str) -> str:
    return resident.client.get(path).content.decode()


def release(world) -> int:
    (held,) = queries.held()
    services.release(sheet_id=held.sheet_id, actor="officer:0042", at=world.now)
    return held.sheet_id


def test_a_rare_character_is_held_until_there_is_a_font_for_it(world, rare, monkeypatch, tmp_path):
    sheet = rare.make_sheet()

    held = page(rare, sheet)
    assert "信息单由工作人员制作" in held
    assert "𠮷" in held
    assert rare.client.get(f"{sheet}file.pdf").status_code == 404
    assert "人工制作中" in page(rare, "/sheet/")

    sheets.make(sheet_id=release(world))  # nothing was mended: held anew
    assert queries.held()

    (tmp_path / "rare.ttf").write_bytes(rare_font())
    monkeypatch.setattr(wiring, "sheet_pages", lambda: TypstSheets(fonts=tmp_path))
    sheet_id = release(world)
    forward(world, minutes=5)
    sheets.make(sheet_id=sheet_id)

    made = queries.sheet_by_id(sheet_id)
    said = [message.occasion for message in notices.inbox(made.person_id)]
    assert made.state is SheetState.MADE
    assert said.count(Occasion.SHEET_HELD) == said.count(Occasion.SHEET_READY) == 1
    assert "居住证工作人员" in page(rare, "/looks/")
    assert rare.client.get(f"{sheet}file.pdf").content.startswith(b"%PDF-")


@pytest.mark.parametrize("photo", [b"GIF89a", b"\xff\xd8\xff\xe0 cut short", b"x" * 30_000])
def test_a_photograph_that_is_no_picture_is_held_too(world, holder, photo, monkeypatch):
    monkeypatch.setattr(type(world), "photograph", lambda *_, **__: photo)
    sheet = holder.make_sheet()

    held = page(holder, sheet)
    assert "您的照片系统读不出来" in held
    assert "印不出的" not in held
    person_id = Sheet.objects.get().person_id
    assert Occasion.SHEET_PHOTO in [message.occasion for message in notices.inbox(person_id)]

    monkeypatch.setattr(type(world), "photograph", lambda *_, **__: None)
    sheets.make(sheet_id=release(world))
    assert "带电子印章" in page(holder, sheet)
