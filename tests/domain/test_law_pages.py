"""What docs/law says is what the code does. Run as a script, it writes the table."""

from pathlib import Path

from juzhu.domain.findings import Condition
from juzhu.domain.parameters import PARAMETERS
from juzhu.domain.ruleset import EDITION
from juzhu.domain.vocabulary import Source

PAGES = Path(__file__).parents[2] / "docs" / "law"
HEAD = """\
# Parameters

Written from `juzhu.domain.parameters`; do not edit. Confidence: `statute` = the text of the law;
`guide` = an official guide or its copy; `reading` = our choice, see [readings.md](readings.md).

| name | value | unit | in force from | source | confidence | reviewed |
|---|---|---|---|---|---|---|
"""


def table():
    return HEAD + "".join(
        f"| `{one.name}` | {version.value} | {one.unit} | {version.effective} "
        f"| [{version.citation}]({version.article.instrument.url}) "
        f"| {version.confidence} | {version.reviewed} |\n"
        for one in PARAMETERS
        for version in one.versions
    )


def page(name):
    return (PAGES / name).read_text(encoding="utf-8")


def test_the_table_of_parameters_is_current():
    assert page("parameters.md") == table(), "run `python tests/domain/test_law_pages.py`"


def test_every_condition_is_described_with_its_group():
    rows = [line for line in page("conditions.md").splitlines() if line.startswith("| `")]
    described = {row.split("|")[1].strip(" `"): row.split("|")[2].strip(" `") for row in rows}

    groups = {one.value: one.group if one.group != one.value else "–" for one in Condition}
    assert described == groups


def test_every_register_is_named():
    assert all(f"`{source}`" in page("README.md") for source in Source)


def test_the_edition_is_described():
    assert f"| {EDITION} |" in page("editions.md")


if __name__ == "__main__":
    (PAGES / "parameters.md").write_text(table(), encoding="utf-8")
