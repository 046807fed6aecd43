"""A file, a function and a test file stay small enough to be read in one go."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize(("files", "limit"), [(SOURCE, 400), (TESTS, 500)], ids=["src", "tests"])
def test_no_file_is_longer_than_its_limit(files, limit):
    assert files != []
    assert [
        f"{path.relative_to(ROOT)}: {lines(path)}" for path in files if lines(path) > limit
    ] == []


def test_no_function_is_longer_than_fifty_lines():
    long = [
        f"{path.relative_to(ROOT)}: {function.name} {size}"
        for path in SOURCE
        if "migrations" not in path.parts
        for function in functions(path)
        if (size := (function.end_lineno or 0) - function.lineno + 1) > 50
    ]

    assert long == []
