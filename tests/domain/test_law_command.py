"""`juzhu law`, as it is called from a shell."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from juzhu.cli.law import app
from tests.domain.worlds import CITIZEN, HOUSE

FACTS = {
    "person": {"id_number": CITIZEN},
    "registrations": [{"from": "2024-01-15", "house_code": HOUSE}],
    "insurance": {"pension": [f"2024-{month:02}" for month in range(1, 13)]},
}
DATES = ["dates", "--issued", "2018-01-01"]
DECIDE = ["decide", "--business", "first-issue", "--facts", "-"]


def ask(*arguments, facts=None):
    return CliRunner().invoke(app, list(arguments), input=json.dumps(facts or FACTS))


def refused(*arguments, facts=None):
    result = ask(*arguments, facts=facts)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


def test_dates_are_printed_as_json():
    result = ask(*DATES, "--endorsed", "2019-02-01", "--on", "2019-12-03", "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["state"] == "in_window"
    assert json.loads(result.stdout)["continuous_since"] == "2019-02-01"


def test_dates_are_printed_for_people():
    result = ask(*DATES, "--on", "2019-01-01")

    assert "使用功能中止" in result.stdout
    assert "2021-01-01" in result.stdout


def test_before_the_issue_there_are_no_dates():
    result = ask(*DATES, "--on", "2017-12-31")

    assert "尚未签发" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--on", "2018-13-01"], "--on: '2018-13-01' is no day"),
        (["--on", "2018-06-01", "--endorsed", "soon"], "--endorsed: 'soon' is no day"),
        (["--on", "2018-12-01", "--endorsed", "2018-11-01"], "2018-11-02 to 2018-12-31"),
        (["--on", "2022-12-01", "--endorsed", "2021-01-01"], "--endorsed: 2021-01-01 is too late"),
        (["--on", "2022-12-01", "--endorsed", "2017-01-01"], "--endorsed: 2017-01-01 lies before"),
        (["--on", "2018-01-01", "--issued", "2015-05-31"], "--issued: 2015-05-31 is before"),
        ([], "'--on'"),
    ],
)
def test_wrong_days_are_refused_with_the_option_and_the_way_out(arguments, said):
    assert said in refused(*DATES, *arguments)


def test_a_decision_is_printed_as_json():
    result = ask(*DECIDE, "--on", "2025-01-15", "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["outcome"] == "approved"


def test_a_decision_is_printed_for_people():
    approved = ask(*DECIDE, "--on", "2025-01-15")
    refusal = ask(*DECIDE, "--on", "2025-01-14")
    waiting = ask(*DECIDE, "--on", "2025-01-15", facts=FACTS | {"unavailable": ["insurance"]})
    early = ask(
        "decide",
        *["--business", "endorsement", "--facts", "-", "--on", "2025-01-15"],
        facts=FACTS | {"permit": {"issued_on": "2024-12-01"}},
    )

    assert "准予" in approved.stdout
    assert "11个月" in refusal.stdout
    assert "待核" in waiting.stdout
    assert "2025-10-02" in early.stdout


def test_one_route_may_be_asked_for():
    result = ask(*DECIDE, "--on", "2025-01-15", "--route", "TALENT", "--json")

    assert json.loads(result.stdout)["route"] == "TALENT"
    assert json.loads(result.stdout)["outcome"] == "refused"


def test_facts_come_from_a_file(tmp_path):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS), encoding="utf-8")

    result = ask(*DECIDE[:-1], str(path), "--on", "2025-01-15", "--json")

    assert json.loads(result.stdout)["outcome"] == "approved"


def test_a_doubtful_number_is_noted_and_decided():
    facts = FACTS | {"person": {"id_number": "110105194912310021"}}

    result = ask(*DECIDE, "--on", "2025-01-15", "--json", facts=facts)

    assert result.exit_code == 0
    assert json.loads(result.stdout)["outcome"] == "approved"
    assert "person.id_number" in result.stderr


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"person": {}, "x": 1}, ["person.id_number: missing", "x: unknown key"]),
        (FACTS | {"permit": {"issued_on": "2015-01-01"}}, ["permit.issued_on", "2015-06-01"]),
        (
            FACTS | {"permit": {"issued_on": "2024-01-01", "endorsed_on": ["2024-02-01"]}},
            ["--facts: permit", "2024-11-02 to 2024-12-31"],
        ),
    ],
)
def test_wrong_facts_are_refused_with_every_field(facts, said):
    message = refused(*DECIDE, "--on", "2025-01-15", facts=facts)

    assert all(words in message for words in said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*DECIDE, "--on", "2015-05-31"], "2015-06-01"),
        ([*DECIDE, "--on", "tomorrow"], "--on"),
        ([*DECIDE, "--on", "2025-01-15", "--route", "FAMILY"], "--route"),
        (
            [*DECIDE[:1], "--business", "renewal", "--facts", "-", "--on", "2025-01-15"],
            "--business",
        ),
        ([*DECIDE[:-1], "/nowhere/facts.json", "--on", "2025-01-15"], "/nowhere/facts.json"),
        ([*DECIDE[:-1], "/", "--on", "2025-01-15"], "--facts"),
    ],
)
def test_wrong_requests_are_refused(arguments, said):
    assert said in refused(*arguments)


def test_the_law_answers_without_framework_and_database():
    script = (
        "import sys, juzhu.cli.law; print([m for m in ('django', 'psycopg') if m in sys.modules])"
    )
    command = Path(sys.executable).with_name("juzhu")

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    answer = subprocess.run(
        [command, "law", *DATES, "--on", "2018-11-02", "--json"], capture_output=True, check=True
    )

    assert loaded.stdout.strip() == b"[]"
    assert json.loads(answer.stdout)["state"] == "in_window"
