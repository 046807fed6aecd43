"""The public check: by code, by file, what is refused, and what anybody may fetch."""

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from juzhu.modules.sheets.models import PublicMiss
from juzhu.web import uploads
from tests.web.conftest import forward


@pytest.fixture
def sheet(holder) -> str:
    return holder.make_sheet()


@pytest.fixture
def code(holder, sheet) -> str:
    page = holder.client.get(sheet).content.decode()
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert found
    return found[0]


@pytest.fixture
def pdf(holder, sheet) -> bytes:
    return holder.client.get(f"{sheet}file.pdf").content


def by_code(visitor, code: str):
    return visitor.post("/verify/", {"code": code})


def by_file(visitor, content: bytes, name: str = "单子.pdf"):
    return visitor.post("/verify/file/", {"file": SimpleUploadedFile(name, content)})


def title(response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", response.content.decode())
    assert found
    return found[1]


def test_a_code_as_typed_by_anybody_shows_masked_data_to_compare(holder, visitor, code):
    response = by_code(visitor, f" {code.lower().replace('-', ' ')}")

    page = response.content.decode()
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert title(response) == "信息单真实，证件有效"
    for said in (
        "逐项对照",
        "陈*明",
        "4301 **** ****",
        "子女入学",
        "2027年11月23日",
        "请确认网址是",
    ):
        assert said in page, said
    assert holder.id_number not in page
    assert "拿到您信息单的人" in holder.client.get("/looks/").content.decode()


def test_the_file_itself_is_the_strongest_check(visitor, pdf):
    assert title(by_file(visitor, pdf)) == "信息单真实，证件有效"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda pdf: pdf + b"\n", "文件被改动过"),
        (lambda pdf: pdf.replace(b"/Type", b"/Tyqe", 1), "文件被改动过"),
        (lambda pdf: pdf[: len(pdf) // 2], "文件不完整，读不出来"),
        (lambda pdf: b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n", "文件里没有电子印章"),
    ],
    ids=["longer", "altered", "cut", "unsealed"],
)
def test_a_spoiled_file_is_told_what_it_is(visitor, pdf, spoil, said):
    response = by_file(visitor, spoil(pdf))

    assert (response.status_code, title(response)) == (200, said)
    assert "逐项对照" not in response.content.decode()
    assert PublicMiss.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "这不是 PDF 文件"),
        (b"\xff\xd8 a photograph", "这不是 PDF 文件"),
        (b"%PDF-" + b"x" * uploads.KEEP, "文件超过 2 MB"),
    ],
    ids=["empty", "picture", "large"],
)
def test_what_is_no_sheet_at_all_is_said_beside_the_field(visitor, content, said):
    response = by_file(visitor, content)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert '<a href="#id_file">' in page
    assert not PublicMiss.objects.exists()


def test_no_file_is_said(visitor):
    assert "请选择信息单的 PDF 文件" in visitor.post("/verify/file/").content.decode()


def test_of_a_large_file_no_more_is_held_than_shows_that_it_is_large():
    handler = uploads.OneSmallFile()
    handler.new_file("file", "a.pdf", "application/pdf", None)
    for start in range(0, 50_000_000, 65_536):
        assert handler.receive_data_chunk(b"x" * 65_536, start) is None

    assert handler.file_complete(50_000_000).size == uploads.KEEP


def test_two_files_at_once_are_refused(visitor):
    files = [SimpleUploadedFile(name, b"x") for name in ("a", "b")]

    assert visitor.post("/verify/file/", {"file": files[0], "other": files[1]}).status_code == 400


def test_a_code_nobody_was_given_is_unknown_and_shown_as_it_was_read(visitor):
    response = by_code(visitor, "ol1i 0000 0000")

    assert title(response) == "查无此单"
    assert "0111-0000-0000" in response.content.decode()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "请填单子上的 12 位核验码"),
        ("7K2M-93QD-5TX", "要 12 位，现在是 11 位"),
        ("7K2M-93QD-5TXU", "没有“U”"),
        ("7K2M-93QD-5TX核", "没有“核”"),
    ],
)
def test_what_cannot_be_a_code_is_said_and_kept(visitor, code, said):
    response = by_code(visitor, code)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert code in page


def test_withdrawn_is_said_and_shows_nothing_of_the_person(holder, visitor, sheet, code, pdf):
    holder.client.post(f"{sheet}withdraw/")

    for response in (by_code(visitor, code), by_file(visitor, pdf)):
        assert title(response) == "这张信息单已作废"
        assert "陈*明" not in response.content.decode()


def test_what_became_of_the_permit_since_is_said_first(world, holder, visitor, code):
    forward(world, days=370)
    response = by_code(visitor, code)

    assert title(response) == "信息单真实，但证件现在中止使用"
    page = response.content.decode()
    assert page.index("现在的情况") < page.index("逐项对照")

    holder.endorse()
    assert title(by_code(visitor, code)) == "信息单真实，证件后来有变化"


def test_a_sheet_of_a_suspended_permit_is_genuine_and_no_good(world, holder, visitor):
    forward(world, days=370)
    page = holder.client.get(holder.make_sheet()).content.decode()
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)[0]

    assert title(by_code(visitor, code)) == "信息单真实，证件中止使用"


def test_thirty_misses_close_the_door_for_a_while_and_hits_never_do(world, visitor, code, pdf):
    for _ in range(31):
        assert by_code(visitor, code).status_code == 200
    for _ in range(30):
        assert by_code(visitor, "0000-0000-0000").status_code == 200

    closed = by_code(visitor, code)
    assert (closed.status_code, closed.headers["Retry-After"]) == (429, "600")
    assert "11月24日 12:10" in closed.content.decode()
    assert by_file(visitor, pdf).status_code == 429
    shared = visitor.post("/verify/share/", {"code": "0" * 9, "birth_date": "19900101"})
    assert shared.status_code == 429
    elsewhere = visitor.post("/verify/", {"code": code}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200

    world.now += timedelta(minutes=10)
    assert by_code(visitor, code).status_code == 200


def test_one_household_of_ipv6_is_one_caller(visitor):
    for last in range(30):
        visitor.post("/verify/", {"code": "0" * 12}, REMOTE_ADDR=f"2001:db8:0:1::{last:x}")

    again = visitor.post("/verify/", {"code": "0" * 12}, REMOTE_ADDR="2001:db8:0:1:ffff::1")
    next_door = visitor.post("/verify/", {"code": "0" * 12}, REMOTE_ADDR="2001:db8:0:2::1")

    assert (again.status_code, next_door.status_code) == (429, 200)


def test_the_page_answers_a_scanned_code_without_telling_the_server(visitor):
    page = visitor.get("/verify/").content.decode()

    assert 'data-keys="/.well-known/juzhu-sheet-keys.json"' in page
    assert "rp/verify/offline.js" in page


def test_keys_and_lists_are_for_everybody_and_good_for_an_hour(visitor, holder, sheet):
    keys = visitor.get("/.well-known/juzhu-sheet-keys.json")
    signed = visitor.get("/verify/status/0")

    assert json.loads(keys.content)["keys"]
    assert signed.headers["Content-Type"] == "application/statuslist+jwt"
    assert signed.content.count(b".") == 2
    for answer in (keys, signed):
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("number", [999_999, 10**30])
def test_a_list_that_was_never_begun_is_absent(visitor, number):
    assert visitor.get(f"/verify/status/{number}").status_code == 404


@pytest.mark.parametrize("path", ["/verify/", "/verify/file/", "/verify/share/"])
def test_the_check_is_linked_from_the_first_page_and_needs_no_session(visitor, path):
    response = visitor.get(path)

    assert response.status_code == 200
    assert "sessionid" not in response.cookies
    assert 'href="/verify/"' in visitor.get("/").content.decode()
