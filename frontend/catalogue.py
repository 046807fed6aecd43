"""Keeps the English catalogue equal to the pages. Works without gettext.

    python frontend/catalogue.py          add new texts, drop old ones, write .po and .mo
    python frontend/catalogue.py --check  say what differs, exit 1

Texts are read from the compiled templates, so they are exactly those looked up at run time, and
from the calls of gettext in the Python files.
"""

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import polib
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src" / "juzhu" / "web"
PO = WEB / "locale" / "en" / "LC_MESSAGES" / "django.po"

Key = tuple[str, str]
"""A text and its plural, the latter empty for most."""

SINGULAR = {"_", "gettext", "gettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy"}


def texts() -> dict[Key, list[str]]:
    """Return every text to translate with the files it is in."""
    found: dict[Key, list[str]] = {}
    for path in sorted(WEB.rglob("*.py")):
        for key in _of_python(path):
            found.setdefault(key, []).append(str(path.relative_to(ROOT)))
    for path in sorted((WEB / "templates").rglob("*.html")):
        for key in _of_template(path):
            found.setdefault(key, []).append(str(path.relative_to(ROOT)))
    return found


def _of_python(path: Path) -> Iterator[Key]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        words = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if node.func.id in SINGULAR and words:
            yield str(words[0]), ""
        elif node.func.id in PLURAL and len(words) >= 2:
            yield str(words[0]), str(words[1])


def _of_template(path: Path) -> Iterator[Key]:
    name = str(path.relative_to(WEB / "templates"))
    nodes: Any = get_template(name).template.nodelist  # type: ignore[attr-defined]
    for node in nodes.get_nodes_by_type(TranslateNode):
        yield node.filter_expression.var.literal.replace("%", "%%"), ""  # as it is looked up
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        singular = node.render_token_list(node.singular)[0]
        plural = node.render_token_list(node.plural)[0] if node.plural else ""
        yield singular, plural


def key_of(entry: polib.POEntry) -> Key:
    """Return what identifies an entry of the catalogue."""
    return entry.msgid, entry.msgid_plural or ""


def update() -> None:
    """Write the catalogue anew, keeping every translation that is still used."""
    old = {key_of(e): e for e in polib.pofile(str(PO))} if PO.exists() else {}
    po = polib.POFile(wrapwidth=98)
    po.metadata = {
        "Project-Id-Version": "juzhu",
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for (singular, plural), files in texts().items():
        known = old.get((singular, plural))
        entry = polib.POEntry(
            msgid=singular,
            msgid_plural=plural,
            msgstr=known.msgstr if known else "",
            msgstr_plural=(known.msgstr_plural if known else {0: "", 1: ""}) if plural else {},
            occurrences=[(file, "") for file in sorted(set(files))],
        )
        if "%(" in singular:
            entry.flags.append("python-format")
        po.append(entry)
    PO.parent.mkdir(parents=True, exist_ok=True)
    po.save(str(PO))
    po.save_as_mofile(str(PO.with_suffix(".mo")))
    missing = po.untranslated_entries()
    lines = [f"{len(po)} texts, {len(missing)} to translate", *(e.msgid for e in missing)]
    sys.stdout.write("\n  ".join(lines) + "\n")


def faults() -> list[str]:
    """Return what is wrong with the catalogue on disk; nothing when all is well."""
    wanted = set(texts())
    po = polib.pofile(str(PO))
    have = {key_of(e) for e in po if not e.obsolete}
    mo = {key_of(e): (e.msgstr, e.msgstr_plural) for e in polib.mofile(str(PO.with_suffix(".mo")))}
    return [
        *(f"not in the catalogue: {key[0]}" for key in sorted(wanted - have)),
        *(f"no longer used: {key[0]}" for key in sorted(have - wanted)),
        *(f"not translated: {e.msgid}" for e in po.untranslated_entries()),
        *(f"fuzzy: {e.msgid}" for e in po.fuzzy_entries()),
        *(
            f"compiled differently: {e.msgid}"
            for e in po.translated_entries()
            if mo.get(key_of(e)) != (e.msgstr, e.msgstr_plural)
        ),
    ]


def main() -> int:
    """Run as a command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juzhu.config.settings")
    django.setup()
    if "--check" not in sys.argv:
        update()
        return 0
    wrong = faults()
    sys.stdout.write("\n".join(wrong or ["The catalogue is complete."]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
