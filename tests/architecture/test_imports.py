"""Who may import whom: what pyproject.toml cannot say, and that what it says holds."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("juzhu", include_external_packages=True, cache_dir=None)


def module_of(name: str) -> str:
    """'juzhu.modules.permits.models' -> 'juzhu.modules.permits'."""
    return ".".join(name.split(".")[:3])


def test_the_contracts_in_pyproject_hold():
    linter = Path(sys.executable).with_name("lint-imports")

    outcome = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_models_are_imported_only_inside_their_own_module(graph):
    models = [name for name in graph.modules if name.startswith("juzhu.modules.")]
    models = [name for name in models if name.endswith(".models")]

    trespasses = [
        f"{importer} -> {name}"
        for name in sorted(models)
        for importer in sorted(graph.find_modules_that_directly_import(name))
        if module_of(importer) != module_of(name)
    ]

    assert models != []
    assert trespasses == []


def test_the_core_imports_only_itself_and_the_standard_library(graph):
    core = [name for name in graph.modules if name.startswith(("juzhu.domain", "juzhu.ports"))]

    foreign = {
        f"{name} -> {imported}"
        for name in core
        for imported in graph.find_modules_directly_imported_by(name)
        if imported.split(".")[0] not in sys.stdlib_module_names | {"juzhu"}
    }

    assert core != []
    assert foreign == set()


def test_only_wiring_and_the_command_choose_adapters(graph):
    adapters = [name for name in graph.modules if name.startswith("juzhu.adapters")]

    choosers = {
        importer
        for name in adapters
        for importer in graph.find_modules_that_directly_import(name)
        if not importer.startswith(("juzhu.adapters", "juzhu.cli", "juzhu.wiring"))
    }

    assert choosers == set()
