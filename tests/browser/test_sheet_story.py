"""The life of an information sheet: made, checked by others, scanned, shared, withdrawn."""

import re

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.sheet_states import (
    NAME,
    a_holder,
    check_code,
    check_file,
    code_of,
    file_of,
    look_at,
    make_share,
    make_sheet,
    open_share,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sheet_is_made_checked_by_code_and_file_and_withdrawn(visit, calm, scripts):
    holder = a_holder(visit, java_script_enabled=scripts)
    holder.press("main >> text=代替卡，可打印")
    holder.press("main >> text=开一张信息单")
    holder.page.check("input[value=子女入学]")
    holder.press()
    assert holder.title() == "居住证信息单"
    drawn = "e => e.complete && e.naturalWidth > 500" if scripts else "e => e.alt.length > 20"
    assert holder.page.eval_on_selector("img.paper", drawn)
    sheet = holder.page.url.removeprefix(calm.url)
    code, pdf = code_of(holder), file_of(holder, sheet)

    school = visit(shape=DESKTOP, java_script_enabled=scripts)
    school.go("/")
    school.press("main >> text=信息单核验")
    check_code(school, code.lower())
    assert school.title() == "信息单真实，证件有效"
    assert code not in school.page.url
    school.press("main >> text=核验下一张")
    school.press("main >> text=用 PDF 文件")
    check_file(school, pdf)
    assert school.title() == "信息单真实，证件有效"

    holder.go("/looks/")
    newest = holder.page.inner_text("ul.log >> nth=0 >> li >> nth=0")
    assert "核验您的信息单" in newest
    assert "2 次" in newest

    holder.go(sheet)
    holder.press("main >> text=不再用了，作废")
    holder.press("main form [type=submit]")
    assert holder.title() == "信息单已作废"
    school.go("/verify/")
    check_code(school, code)
    assert school.title() == "这张信息单已作废"


def test_saving_gives_the_sealed_file_under_its_number(visit, calm):
    holder = a_holder(visit, shape=DESKTOP)
    sheet = make_sheet(holder)

    with holder.page.expect_download() as coming:
        holder.page.click("text=保存到手机")

    saved = coming.value
    assert saved.suggested_filename == f"{sheet.split('/')[2]}.pdf"
    assert saved.path().read_bytes() == file_of(holder, sheet)


def test_a_scanned_sheet_answers_at_once_and_its_token_stays_in_the_browser(visit, calm):
    zxingcpp = pytest.importorskip("zxingcpp")
    from io import BytesIO

    from PIL import Image

    holder = a_holder(visit)
    sheet = make_sheet(holder)
    picture = holder.context.request.get(f"{calm.url}{sheet}preview.jpg").body()
    address = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))[0].text
    assert address.startswith(f"{calm.url}/verify/#1")

    reader = visit(shape=PHONE)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.page.goto(address)
    reader.page.wait_for_selector("h1:has-text('信息单真实，证件有效')")
    look_at(reader, "verify-scanned")

    assert not any("#" in url.removeprefix(address) and url != address for url in asked)
    assert not any(re.search(r"/verify/\?|[0-9]{100}", u) for u in asked if u != address)
    assert "#" not in reader.page.url
    holder.go("/looks/")
    assert "核验您的信息单" not in holder.page.inner_text("main ul >> nth=0").split("给您开")[0]

    reader.page.click("text=核验下一张")
    assert reader.page.is_visible("#id_code")
    assert not reader.page.is_visible("#proof-paste")


def test_a_waiting_sheet_appears_by_itself_when_the_register_is_back(visit, calm):
    holder = a_holder(visit)
    calm.switch("photographs", "error500")
    make_sheet(holder, "租房")
    assert holder.title() == "信息单还没开好"

    calm.switch("photographs", "ok")

    holder.page.wait_for_selector("h1:has-text('居住证信息单')", timeout=60_000)


SEND_LARGE = """async () => {
    const form = new FormData(document.querySelector('main form'));
    form.set('file', new File(['%PDF-', 'x'.repeat(50_000_000)], 'a.pdf'));
    const answer = await fetch(location.href, {method: 'POST', body: form});
    return [answer.status, await answer.text()];
}"""


def test_a_large_file_is_said_before_it_travels_and_refused_in_time(visit, calm, tmp_path):
    visitor = visit()
    visitor.go("/verify/file/")
    large = tmp_path / "a.pdf"
    large.write_bytes(b"%PDF-" + b"x" * 50_000_000)
    visitor.page.set_input_files("#id_file", large)
    assert visitor.page.is_visible("[data-large]")

    visitor.page.set_default_timeout(15_000)
    status, text = visitor.page.evaluate(SEND_LARGE)

    assert status == 422
    assert "文件超过 2 MB" in text


def test_a_share_code_opens_for_somebody_else_until_it_is_ended(visit, calm):
    holder = a_holder(visit)
    birth = calm.person(NAME)["id_number"][6:14]
    share, code = make_share(holder, "name")

    landlord = visit()
    landlord.go("/verify/share/")
    open_share(landlord, code, birth)
    assert landlord.title() == "持证人共享的信息"

    holder.go(share)
    assert "用过 1 次" in holder.page.inner_text("main")
    holder.press("text=停用这个码")
    holder.press("main form [type=submit]")
    landlord.go("/verify/share/")
    open_share(landlord, code, birth)
    assert "没有对上" in landlord.page.inner_text("main")
