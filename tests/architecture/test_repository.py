"""What the repository promises to people: commands, settings, a package with everything in it."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from juzhu.cli.main import COMMANDS
from juzhu.config.env import FIELDS

ROOT = Path(__file__).parents[2]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def code_in(document: Path) -> str:
    """Only what is set as code; prose may say "make sure"."""
    text = document.read_text()
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_in_the_documents_exists(document):
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", code_in(document)))

    assert named - TARGETS == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_the_documents_exists(document):
    named = set(re.findall(r"(?:^|[`$\s])juzhu ([a-z][a-z-]*)", code_in(document), re.MULTILINE))

    assert named - set(COMMANDS) == set()


def test_the_settings_table_and_the_code_say_the_same():
    document = (ROOT / "docs" / "operations" / "settings.md").read_text()

    written = [line for line in document.splitlines() if line.startswith("| `")]

    assert written == [row(entry.metadata) for entry in FIELDS.values()]


def row(setting) -> str:
    default = setting["default"]
    default = default[1:-1] if default.startswith("(") else f"`{default}`"
    meaning = setting["meaning"].replace("|", "\\|")
    return f"| `{setting['variable']}` | {default} | {meaning} |"


def test_every_variable_the_source_reads_is_a_setting():
    known = {str(entry.metadata["variable"]) for entry in FIELDS.values()}

    read = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in re.findall(r'"(JUZHU_[A-Z_]*[A-Z])"', path.read_text())
    }

    assert read - known == set()


def test_the_wheel_builds_and_holds_all_that_runs(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY_NOTICES"):
        shutil.copy(ROOT / name, tree)
    shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))

    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path, tree]
    subprocess.run(command, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("juzhu-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert needed - packed == set()
    assert any(name.endswith("/django.mo") for name in packed)
    assert any("/templates/" in name for name in packed)
    assert any("/static/" in name for name in packed)
