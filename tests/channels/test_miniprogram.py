"""The mini program's shell is whole and keeps WeChat's rules, as far as files can say it."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

SHELL = Path(__file__).parents[2] / "miniprogram"
APP = json.loads((SHELL / "app.json").read_text())
MOST_BYTES = 2 * 1024 * 1024
# Each of these needs a declared purpose or a licence; a shell needs none of them.
FORBIDDEN = re.compile(
    r"\beval\b|new Function|wx\.(getLocation|getUserProfile|getUserInfo|chooseImage|chooseMedia"
    r"|getPhoneNumber|getClipboardData|startRecord|scanCode|getWeRunData|addPhoneContact"
    r"|setStorage|setStorageSync)"
)


def scripts() -> list[Path]:
    return sorted(SHELL.rglob("*.js"))


@pytest.mark.parametrize("page", APP["pages"])
def test_every_page_has_its_four_files(page):
    for kind in ("js", "json", "wxml", "wxss"):
        assert (SHELL / f"{page}.{kind}").is_file(), kind


def test_every_json_file_is_json_and_nothing_lies_about():
    for path in SHELL.rglob("*.json"):
        json.loads(path.read_text())
    known = {".js", ".json", ".wxml", ".wxss", ".md"}
    assert {path.suffix for path in SHELL.rglob("*") if path.is_file()} <= known


@pytest.mark.parametrize("path", sorted(SHELL.rglob("*.wxml")), ids=lambda path: path.stem)
def test_markup_is_well_nested_and_every_handler_exists(path):
    text = path.read_text()
    body = re.sub(r"\bwx:", "wx-", re.sub(r"&&", "&amp;&amp;", text))
    tree = ElementTree.fromstring(f"<page>{body}</page>")

    script = path.with_suffix(".js").read_text()
    for element in tree.iter():
        for name, handler in element.attrib.items():
            if name.startswith("bind"):
                assert re.search(rf"\b{handler}\(", script), handler


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.stem)
def test_scripts_parse_and_ask_for_nothing_that_needs_a_filing(path):
    assert FORBIDDEN.search(path.read_text()) is None
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    done = subprocess.run([node, "--check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_page_it_leads_to_is_declared():
    named = set(re.findall(r"'/(pages/[\w/]+)", "".join(p.read_text() for p in scripts())))

    assert named <= set(APP["pages"])
    assert len(APP["pages"]) == len(set(APP["pages"]))


def test_it_stays_under_the_size_of_a_package():
    assert sum(path.stat().st_size for path in SHELL.rglob("*") if path.is_file()) < MOST_BYTES
