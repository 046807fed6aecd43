"""The offline verify page: what it says, with a network and without one, and to whom."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from juzhu.adapters.proof_cose import TRIAL_ISSUER, CoseProofs
from juzhu.adapters.proof_keys import ensure_keys, rotate
from juzhu.domain.sheet import Standing
from juzhu.ports.proofs import SheetClaims
from tests.adapters.proofs.page.server import KEYS, STATIC, Site
from tests.browser.inspect_page import (
    accessibility_faults,
    faults,
    without_ring,
)

pytestmark = pytest.mark.browser

NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  # the browser's clock is the real one
VALID, CANCELLED, SUSPENDED, WITHDRAWN = range(4)
NO_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, data, algorithm, ...rest) =>
  (algorithm.name || algorithm) === 'Ed25519'
    ? Promise.reject(new DOMException('no', 'NotSupportedError'))
    : importKey(format, data, algorithm, ...rest);
"""


def token_of(proofs: CoseProofs, *, age: timedelta = timedelta(hours=5), **change: Any) -> str:
    content: dict[str, Any] = {
        "check_code": "7K2M93QD5TXA",
        "name": "陈小明",
        "id_mask": "4301 **** **** 0018",
        "standing": Standing.VALID,
        "valid_through": (NOW + timedelta(days=300)).date(),
        "purpose": "子女入学",
        "made_at": NOW - age,
        "photo_digest": bytes(16),
        "list_number": 3,
        "list_index": 5,
    }
    return proofs.token(SheetClaims(**(content | change)))


def publish(site: Site, proofs: CoseProofs, status: int, *, age: timedelta = timedelta()) -> None:
    """Put a status list on the site that says one thing of the sheet."""
    site.files["/s/3"] = proofs.status_list(
        number=3, statuses=bytes([0, status << 2]), at=NOW - age, uri=f"{site.url}/s/3"
    )


# --- what it says --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "status", "heading"),
    [
        (Standing.VALID, VALID, "信息单真实，证件有效"),
        (Standing.SUSPENDED, SUSPENDED, "信息单真实，证件使用功能中止"),
        (Standing.VALID, SUSPENDED, "信息单真实，但之后有变化"),
        (Standing.SUSPENDED, VALID, "信息单真实，但之后有变化"),
        (Standing.VALID, CANCELLED, "信息单真实，但之后有变化"),
        (Standing.VALID, WITHDRAWN, "这张信息单已作废"),
    ],
)
def test_with_a_network_it_says_what_is_so_today(visit, site, proofs, then, status, heading):
    publish(site, proofs, status)

    assert visit().scan(token_of(proofs, standing=then)) == heading


def test_it_shows_what_to_compare_with_the_paper(visit, site, proofs):
    publish(site, proofs, VALID)
    checker = visit()

    checker.scan(token_of(proofs))

    facts = checker.page.locator("dl.sum dd").all_inner_texts()
    assert facts[:3] == ["陈小明", "4301 **** **** 0018", "有效"]
    assert (facts[4], "5 小时前" in facts[5], facts[6]) == ("子女入学", True, "7K2M-93QD-5TXA")
    assert f"请确认网址是 {site.url.removeprefix('http://')}" in checker.text()


@pytest.mark.parametrize(
    ("change", "heading"),
    [
        ({"age": timedelta(days=3)}, "信息单真实，出具时证件有效"),
        ({"age": timedelta(days=45)}, "信息单真实，但出具已有 45 天"),
        ({"standing": Standing.SUSPENDED}, "信息单真实，出具时证件使用功能中止"),
        ({"standing": Standing.CANCELLED}, "信息单真实，出具时证件已注销"),
        (
            {"age": timedelta(days=9), "valid_through": (NOW - timedelta(days=2)).date()},
            "信息单真实，但有效期已过",
        ),
    ],
)
def test_without_a_network_it_says_what_was_so_and_how_old_that_is(visit, proofs, change, heading):
    checker = visit()
    checker.context.set_offline(True)

    assert checker.scan(token_of(proofs, **change)) == heading
    assert "要联网才能查到" in checker.text()
    assert "现在没有网络" in checker.text()


def test_the_state_is_looked_up_once_the_network_is_back(visit, site, proofs):
    publish(site, proofs, SUSPENDED)
    checker = visit()
    checker.context.set_offline(True)
    checker.scan(token_of(proofs))

    checker.context.set_offline(False)

    checker.page.wait_for_selector("h1:has-text('但之后有变化')")


def test_a_network_that_is_back_and_not_usable_yet_is_tried_again(visit, site, proofs):
    publish(site, proofs, SUSPENDED)
    checker = visit()
    checker.context.set_offline(True)
    checker.scan(token_of(proofs))
    failures = iter([True])

    def first_one_fails(route):  # as a network that wants to be signed in to answers
        route.fulfill(status=404) if next(failures, False) else route.continue_()

    checker.page.route(re.compile("/s/3$"), first_one_fails)
    checker.context.set_offline(False)

    checker.page.wait_for_selector("h1:has-text('但之后有变化')", timeout=10_000)


def test_the_keys_are_kept_for_a_later_day_without_a_network(visit, site, proofs):
    checker = visit()
    site.files[KEYS] = b""  # what a broken network gives

    checker.page.reload()

    assert checker.scan(token_of(proofs)) == "信息单真实，出具时证件有效"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda list_: b"",
        lambda list_: list_[:-8] + b"AAAAAAAA",
        lambda list_: list_.replace(b".", b"", 1),
    ],
)
def test_a_bad_list_says_nothing_about_today(visit, site, proofs, spoil):
    publish(site, proofs, VALID)
    site.files["/s/3"] = spoil(site.files["/s/3"])

    assert visit().scan(token_of(proofs)) == "信息单真实，出具时证件有效"


def test_the_list_of_other_sheets_says_nothing_about_this_one(visit, site, proofs):
    site.files["/s/3"] = proofs.status_list(
        number=4, statuses=bytes(2), at=NOW, uri=f"{site.url}/s/4"
    )

    assert visit().scan(token_of(proofs)) == "信息单真实，出具时证件有效"


def test_an_expired_list_says_nothing_about_today(visit, site, proofs):
    publish(site, proofs, SUSPENDED, age=timedelta(hours=1, seconds=1))

    assert visit().scan(token_of(proofs)) == "信息单真实，出具时证件有效"


def test_a_list_older_than_the_sheet_does_not_overrule_it(visit, site, proofs):
    publish(site, proofs, SUSPENDED, age=timedelta(minutes=30))

    assert visit().scan(token_of(proofs, age=timedelta(minutes=5))) == "信息单真实，证件有效"


def test_a_changed_digit_is_not_a_genuine_sheet(visit, proofs):
    token = token_of(proofs)
    checker = visit()

    assert checker.scan(token[:-1] + str((int(token[-1]) + 1) % 10)) == "这不是一张真实的信息单"
    assert "陈小明" not in checker.text()


def test_an_unknown_key_is_looked_for_again_and_then_refused(visit, site, proofs, tmp_path):
    ensure_keys(tmp_path / "other", on=date(2026, 11, 24))
    token = token_of(CoseProofs(tmp_path / "other", list_uri=f"{site.url}/s/"))
    checker = visit()

    assert checker.scan(token) == "认不出这张单子的签名"
    assert "不在已公布的公钥里" in checker.text()


def test_a_page_left_open_learns_of_new_keys(visit, site, proofs, tmp_path):
    checker = visit()
    for _ in range(2):
        rotate(tmp_path / "keys", on=date(2026, 12, 1))
    site.files[KEYS] = json.dumps(proofs.public_keys()).encode()

    assert checker.scan(token_of(proofs)) == "信息单真实，出具时证件有效"


def test_a_withdrawn_key_is_no_longer_believed(visit, site, proofs, tmp_path):
    token = token_of(proofs)
    checker = visit()
    rotate(tmp_path / "keys", on=date(2026, 12, 1), leaked=True)
    site.files[KEYS] = json.dumps(proofs.public_keys()).encode()

    checker.page.reload()

    assert checker.scan(token) == "认不出这张单子的签名"


def test_a_trials_sheet_says_that_it_proves_nothing(visit, site, proofs, tmp_path):
    trial = CoseProofs(tmp_path / "keys", list_uri=f"{site.url}/s/", issuer=TRIAL_ISSUER)
    checker = visit()

    checker.scan(token_of(trial))

    assert "样章测试" in checker.text()


def test_a_sheet_from_the_future_points_to_the_clock(visit, proofs):
    assert "时间" in visit().scan(token_of(proofs, age=timedelta(hours=-1)))


def test_what_was_pasted_is_verified(visit, site, proofs):
    publish(site, proofs, VALID)
    token = token_of(proofs)
    checker = visit()

    checker.page.fill("textarea", f"{site.url}/verify/#{token[:200]}\n{token[200:]}")
    checker.page.click("form button")

    checker.page.wait_for_selector("h1:has-text('证件有效')")
    assert checker.page.evaluate("document.activeElement.tagName") == "H1"


def test_a_wrong_paste_is_explained_and_kept(visit):
    checker = visit()

    checker.page.fill("textarea", "7K2M-93QD-5TXA")
    checker.page.click("form button")

    assert "只填核验码不行" in checker.text()
    assert checker.page.input_value("textarea") == "7K2M-93QD-5TXA"
    assert checker.page.get_attribute("textarea", "aria-invalid") == "true"
    assert accessibility_faults(checker.page) == []


# --- other browsers, a saved page ----------------------------------------------------------------


def test_a_browser_without_ed25519_verifies_all_the_same(visit, site, proofs):
    publish(site, proofs, VALID)
    token = token_of(proofs)
    checker = visit(before=NO_ED25519)
    checker.page.wait_for_function("window.nobleEd25519")
    checker.context.set_offline(True)

    assert checker.scan(token) == "信息单真实，出具时证件有效"
    wrong = token[:-1] + str((int(token[-1]) + 1) % 10)
    assert (
        checker.page.evaluate(
            """async ([token, keys]) => sheetProof.readToken(token, sheetProof.readKeys(keys))
           .then(() => 'believed', error => error.kind)""",
            [wrong, json.dumps(proofs.public_keys())],
        )
        == "damaged"
    )


def test_a_browser_with_ed25519_loads_nothing_more(visit, site, proofs):
    visit().scan(token_of(proofs))

    assert not any("noble" in path for path, _ in site.asked)


def test_a_browser_that_cannot_verify_says_so(visit, site, proofs):
    hide = "Object.defineProperty(crypto, 'subtle', {value: undefined})"

    assert visit(before=hide).scan(token_of(proofs)) == "这个浏览器不能核验"


def test_a_saved_page_verifies_with_a_key_file(visit, proofs, tmp_path):
    shutil.copytree(STATIC / "rp", tmp_path / "saved")
    (tmp_path / "keys.json").write_text(json.dumps(proofs.public_keys()))
    (tmp_path / "wrong.json").write_text("{}")
    checker = visit((tmp_path / "saved" / "verify" / "offline.html").as_uri())

    assert checker.scan(token_of(proofs)) == "还没有核验用的公钥"
    checker.page.set_input_files("input[type=file]", tmp_path / "wrong.json")
    checker.page.wait_for_selector("main:has-text('不是公钥文件')")
    checker.page.set_input_files("input[type=file]", tmp_path / "keys.json")

    checker.page.wait_for_selector("h1:has-text('出具时证件有效')")


# --- privacy, looks, access ----------------------------------------------------------------------


def test_nothing_about_the_sheet_leaves_the_device(visit, site, proofs):
    publish(site, proofs, VALID)
    checker = visit()
    checker.context.add_cookies([{"name": "who", "value": "me", "url": site.url}])
    site.asked.clear()

    checker.scan(token_of(proofs))

    (asked,) = [(path, heads) for path, heads in site.asked if not path.startswith("/static/")]
    assert asked[0] == "/s/3"
    assert not re.search("cookie|referer", asked[1], re.IGNORECASE)
    assert "#" not in checker.page.url
    assert checker.page.evaluate("Object.keys(localStorage)") == ["juzhu-sheet-keys"]
    assert checker.page.evaluate("sessionStorage.length + document.cookie.length") == len("who=me")
    assert "陈" not in checker.page.title()


STATES: dict[str, Callable[[CoseProofs], tuple[str, int]]] = {
    "empty": lambda proofs: ("", VALID),
    "true": lambda proofs: (token_of(proofs), VALID),
    "changed": lambda proofs: (token_of(proofs, name="阿依古丽·麦麦提" * 4), SUSPENDED),
    "damaged": lambda proofs: (token_of(proofs)[:-2] + "00", VALID),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_read_and_used_by_everybody(visit, site, proofs, state, lang):
    token, status = STATES[state](proofs)
    publish(site, proofs, status)
    checker = visit(viewport={"width": 320, "height": 700})
    if lang == "en":
        checker.page.click("[data-switch]")
    if token:
        checker.scan(token)

    assert accessibility_faults(checker.page) == []
    assert faults(checker.page, elder=False) == []
    assert without_ring(checker.page) == []
    checker.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert faults(checker.page, elder=False) == []


def test_the_language_is_switched_without_losing_anything(visit, site, proofs):
    publish(site, proofs, VALID)
    checker = visit()
    checker.page.fill("textarea", "half")

    checker.page.click("[data-switch]")

    assert checker.page.evaluate("document.documentElement.lang") == "en"
    assert checker.page.input_value("textarea") == "half"
    assert checker.scan(token_of(proofs)) == "Genuine sheet, permit valid"
    assert checker.page.get_attribute("dl.sum dd >> nth=0", "lang") == "zh-Hans"
    checker.page.click("[data-switch]")
    assert checker.heading() == "信息单真实，证件有效"
    assert checker.page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_inside_another_page_it_gives_way_to_what_stands_there(visit, site, proofs):
    publish(site, proofs, VALID)
    site.files["/verify/"] = b"""<!doctype html><html lang="en"><meta charset="utf-8">
        <title>Verify</title><h1 data-proof-hide>Type the code</h1>
        <div data-proof data-embedded data-keys="/.well-known/juzhu-sheet-keys.json"></div>
        <script src="/static/rp/verify/proof.js" defer></script>
        <script src="/static/rp/verify/offline.js" defer></script>"""
    site.files["/verify/"] = site.files["/verify/"].replace(b"\n        ", b"")
    checker = visit("/verify/")
    assert checker.heading() == "Type the code"

    checker.page.evaluate("token => { location.hash = token }", token_of(proofs))
    checker.page.wait_for_selector(".result h1:has-text('permit valid')")

    assert not checker.page.is_visible("text=Type the code")
    assert checker.page.title() == "Verify"
    checker.page.click("text=Verify another")
    assert checker.page.is_visible("text=Type the code")
