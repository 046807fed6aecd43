"""One's information sheets: choosing a purpose, the sheet in each of its states, its files."""

import pytest
from django.urls import reverse

from juzhu import wiring
from juzhu.domain.vocabulary import Source
from juzhu.modules.sheets.contracts import SheetState
from juzhu.modules.sheets.models import Sheet
from juzhu.ports.sheets import SealUnavailableError
from tests.web.conftest import forward, sign_in

FILES = ["preview.jpg", "preview.webp", "file.pdf"]


def shown(resident, path: str) -> str:
    response = resident.client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def sheet(holder) -> str:
    return holder.make_sheet()


def test_the_list_says_what_a_sheet_is_before_there_is_one(holder):
    page = shown(holder, "/sheet/")

    assert "可以代替卡使用" in page
    assert "还没有开过信息单" in page


def test_without_a_permit_there_is_no_sheet_to_make(resident):
    form = {"key": "0" * 32, "purpose": "租房"}

    assert resident.client.get("/sheet/").headers["Location"] == "/"
    assert resident.client.get("/sheet/new/").headers["Location"] == "/"
    assert resident.client.post("/sheet/new/", form).headers["Location"] == "/"


def test_a_sheet_is_made_at_once_and_shown(holder, sheet):
    page = shown(holder, sheet)

    number = sheet.split("/")[2]
    for said in (
        "保存到手机",
        "子女入学",
        f'src="{sheet}preview.webp"',
        "预览遮住了身份号码中间几位",
    ):
        assert said in page, said
    assert f'href="{sheet}file.pdf" download="{number}.pdf"' in page
    assert holder.id_number not in page
    assert "陈小明" in page.partition('alt="')[2].partition('"')[0]
    assert sheet in shown(holder, "/sheet/")


def test_the_files_are_the_sealed_one_and_a_picture_of_it(holder, sheet):
    picture, glance, file = (holder.client.get(sheet + name) for name in FILES)

    assert (glance.headers["Content-Type"], glance.content[8:12]) == ("image/webp", b"WEBP")
    assert len(glance.content) < 35_000  # what a slow connection bears
    assert (picture.headers["Content-Type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert (file.headers["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    assert wiring.sheet_files().examine(file.content).problem is None
    for answer in (picture, file):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith('inline; filename="XX2026')
        assert answer.headers["Content-Disposition"].isascii()


@pytest.mark.parametrize("path", ["", *FILES, "withdraw/"])
def test_a_sheet_of_somebody_else_looks_absent(sheet, neighbour, path):
    assert neighbour.client.get(sheet + path).status_code == 404
    assert neighbour.client.get(f"/sheet/XX20260101000000/{path}").status_code == 404


def test_a_neighbour_cannot_withdraw_it(holder, sheet, neighbour):
    assert neighbour.client.post(f"{sheet}withdraw/").status_code == 404
    assert Sheet.objects.get().withdrawn_at is None


def test_sending_the_form_twice_makes_one_sheet(holder):
    key = holder.client.get("/sheet/new/").context["form"]["key"].value()
    form = {"key": key, "purpose": "租房"}

    places = {holder.client.post("/sheet/new/", form).headers["Location"] for _ in range(2)}

    assert len(places) == Sheet.objects.count() == 1
    assert holder.client.get("/sheet/new/").context["form"]["key"].value() != key


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "请选择用途"),
        ({"purpose": "看看"}, "请从下面选择用途"),
        ({"purpose": "other"}, "请写明用途"),
        ({"purpose": "other", "own_purpose": "很" * 21}, "最多 20 个字，现在是 21 个"),
        ({"purpose": "other", "own_purpose": "给𠮷田看"}, "印不出“𠮷”"),
        ({"purpose": "other", "own_purpose": "a\u200bb"}, "印不出“U+200B”"),
    ],
)
def test_a_purpose_that_does_not_fit_is_said_and_kept(holder, typed, said):
    response = holder.client.post("/sheet/new/", {"key": "0" * 32} | typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>出错：" in page
    assert said in page
    assert typed.get("own_purpose", "") in page
    assert not Sheet.objects.exists()


def test_ones_own_words_are_taken_only_with_other(holder):
    own = holder.make_sheet(purpose="other", own_purpose="  办 图书馆 借书证 ")
    chosen = holder.make_sheet(purpose="求职", own_purpose="𠮷")

    assert "办 图书馆 借书证" in shown(holder, own)
    assert "求职" in shown(holder, chosen)


@pytest.mark.parametrize("source", [Source.POPULATION, Source.REGISTRATIONS])
def test_a_silent_register_is_said_and_the_page_comes_again_by_itself(world, holder, source):
    world.silent = {source}

    page = shown(holder, holder.make_sheet())

    assert "信息单还没开好" in page
    assert "尾号 6021" in page
    assert 'data-poll="asked"' in page
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    assert "正在开" in shown(holder, "/sheet/")


def test_a_silent_seal_gives_no_sheet_without_it(monkeypatch, holder):
    class Silent:
        def seal(self, pdf: bytes) -> bytes:
            raise SealUnavailableError("away")

    monkeypatch.setattr(wiring, "sealer", lambda: Silent())

    sheet = holder.make_sheet()

    assert "信息单还没开好" in shown(holder, sheet)
    assert {holder.client.get(sheet + name).status_code for name in FILES} == {404}
    assert holder.client.get(f"{sheet}withdraw/").headers["Location"] == sheet


def test_a_rare_character_is_named_and_goes_to_an_officer(world):
    holder = sign_in("陈𠮷明")
    holder.apply()

    page = shown(holder, holder.make_sheet())

    assert "信息单由工作人员制作" in page
    assert "𠮷" in page
    assert "不会用方框或别的字代替" in page


def test_withdrawing_is_confirmed_and_cannot_be_undone(holder, sheet):
    assert "作废这张信息单吗" in shown(holder, f"{sheet}withdraw/")

    holder.client.post(f"{sheet}withdraw/")

    assert "信息单已作废" in shown(holder, sheet)
    assert "已作废" in shown(holder, "/sheet/")
    assert {holder.client.get(sheet + name).status_code for name in FILES} == {404}
    assert holder.client.get(f"{sheet}withdraw/").headers["Location"] == sheet


def test_when_its_weeks_are_over_the_file_is_gone_and_the_page_says_so(world, holder, sheet):
    forward(world, days=30)
    assert "保存到手机" in shown(holder, sheet)

    forward(world, days=1)

    page = shown(holder, sheet)
    assert "这份文件不再保存" in page
    assert "重新开一张" in page


def test_the_file_is_kept_to_the_day_it_says_in_shenzhen(world, holder):
    world.now = world.now.replace(hour=1)

    assert "文件在这里留到 2026年12月24日" in shown(holder, holder.make_sheet())


def test_a_suspended_permit_is_said_before_and_after(world, holder):
    forward(world, days=370)

    assert "补签注以后再开" in shown(holder, "/sheet/new/")
    page = shown(holder, holder.make_sheet())
    assert "如实写明证件中止使用" in page
    assert Sheet.objects.get().state == SheetState.MADE


def test_the_sheet_is_offered_where_there_is_a_permit_and_nowhere_else(resident):
    before = shown(resident, "/")
    approved = shown(resident, resident.apply())
    after = shown(resident, "/")

    there = f'href="{reverse("web:sheets")}"'
    assert there not in before
    assert there in approved
    assert there in after


def test_on_english_pages_only_what_is_printed_stays_chinese(holder, sheet):
    holder.client.post("/display/", {"here": "/sheet/", "lang": "en"})

    page = shown(holder, sheet)

    assert "School enrolment" in page
    assert "信息单" not in page
