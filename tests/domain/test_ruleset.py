"""The rules have a name, and nobody changes them without changing it."""

import ast
import hashlib
import json
import sys
from pathlib import Path

import juzhu.domain
from juzhu.domain.law import Dated, Version
from juzhu.domain.parameters import PARAMETERS
from juzhu.domain.ruleset import EDITION, RULESET, canonical_text, ruleset_of

LOCK = Path(__file__).parent.parent / "golden" / "ruleset.json"
DOMAIN = Path(juzhu.domain.__file__).parent
SAME = "--decides-the-same"
WHAT_TO_DO = (
    "The rules of juzhu.domain have changed. If the change can alter any decision, finding or "
    "date, raise EDITION in src/juzhu/domain/ruleset.py, describe it in docs/law/editions.md and "
    "run `python tests/domain/test_ruleset.py`; if it only says the same in other words, run "
    f"`python tests/domain/test_ruleset.py {SAME}`."
)


def digest_of_rules():
    """SHA-256 over the syntax trees: comments, docstrings and layout do not count."""
    digest = hashlib.sha256()
    for module in sorted(rules()):
        digest.update(f"{module}\n{written(tree_of(module))}\n".encode())
    return digest.hexdigest()


def rules():
    """What `evaluate` is made of: it and all that it imports, but not the edition itself."""
    found, waiting = set(), ["juzhu.domain.evaluate"]
    while waiting:
        module = waiting.pop()
        found.add(module)
        imports = [node for node in ast.walk(tree_of(module)) if isinstance(node, ast.ImportFrom)]
        names = {node.module for node in imports if node.module.startswith("juzhu.domain.")}
        waiting += names - found
    return found - {"juzhu.domain.ruleset"}


def tree_of(module):
    path = DOMAIN.joinpath(*module.split(".")[2:]).with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def written(node):
    """The tree as text that is the same on every version of Python: empty fields are left out."""
    if isinstance(node, list):
        return "[" + ",".join(written(item) for item in node if not is_docstring(item)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
    inside = ",".join(f"{name}={written(value)}" for name, value in fields if name != "kind")
    return f"{type(node).__name__}({inside})"


def is_docstring(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def current_lock():
    return {"edition": EDITION, "rules": digest_of_rules(), "ruleset": RULESET}


def test_the_rules_are_those_of_their_edition():
    assert json.loads(LOCK.read_text(encoding="utf-8")) == current_lock(), WHAT_TO_DO


def test_everything_that_decides_is_under_the_lock():
    deciding = {"calendar", "conditions.stability", "parameters", "permit", "residence"}
    writing = {"wire", "facts_file", "reader"}

    assert {f"juzhu.domain.{name}" for name in deciding} <= rules()
    assert not {f"juzhu.domain.{name}" for name in writing} & rules()


def test_comments_and_docstrings_are_no_rules():
    plain = "def f(x):\n    return x < 1\n"
    told = '"""Module."""\n\ndef f(x):\n    """Say."""\n    # why\n    return x < 1\n'

    assert written(ast.parse(plain)) == written(ast.parse(told))
    assert written(ast.parse(plain)) != written(ast.parse(plain.replace("<", "<=")))


def test_the_name_changes_with_the_edition_and_with_every_part_of_a_number():
    first = PARAMETERS[0]
    version = first.versions[0]
    changed = [
        version._replace(value=13),
        version._replace(effective=version.effective.replace(year=2016)),
        version._replace(article=version.article._replace(citation="《x》第一条")),
    ]

    names = {RULESET, ruleset_of("other", PARAMETERS), ruleset_of(EDITION, PARAMETERS[1:])}
    for one in changed:
        again = Dated(first.name, first.unit, (one,))
        names.add(ruleset_of(EDITION, (again, *PARAMETERS[1:])))
    assert len(names) == 6


def test_every_version_is_in_the_text():
    text = canonical_text(PARAMETERS)

    assert text.count("\n") == sum(len(parameter.versions) for parameter in PARAMETERS)
    assert isinstance(PARAMETERS[0].versions[0], Version)
    assert "window_days|days|60|《深圳经济特区居住证条例》第二十三条" in text


if __name__ == "__main__":
    if LOCK.exists() and SAME not in sys.argv:
        old = json.loads(LOCK.read_text(encoding="utf-8"))
        if old["edition"] == EDITION and old != current_lock():
            sys.exit(WHAT_TO_DO)
    LOCK.write_text(json.dumps(current_lock(), indent=2) + "\n", encoding="utf-8")
