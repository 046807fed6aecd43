"""`juzhu law`: ask the law itself, with no database and no clock."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from juzhu.domain.evaluate import evaluate
from juzhu.domain.facts import Facts
from juzhu.domain.findings import Condition, Decision, Finding, Unit
from juzhu.domain.law import NotInForceError
from juzhu.domain.permit import (
    Action,
    ActionKind,
    PermitHistoryError,
    PermitStatus,
    status_on,
)
from juzhu.domain.reader import day_of
from juzhu.domain.vocabulary import Business, Outcome, PermitState, Route, Source
from juzhu.domain.wire import (
    WireError,
    decision_document,
    decision_to_json,
    doubts_about,
    facts_from_json,
    status_document,
    status_to_json,
)

app = typer.Typer(
    help="The law as a library: dates of a permit, decisions with findings.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain messages: a box would break field names across lines
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


@app.command()
def dates(
    *,
    issued: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Day of issue (签发日期).")],
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="The day asked about.")],
    endorsed: Annotated[
        list[str] | None,
        typer.Option(metavar="YYYY-MM-DD", help="Day of an endorsement (签注); repeat it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the state and the days of a permit as of one day."""
    day = _day("--on", on)
    actions = [Action(ActionKind.ISSUED, _day("--issued", issued))]
    actions += [Action(ActionKind.ENDORSED, _day("--endorsed", text)) for text in endorsed or ()]
    try:
        status = status_on(actions, day)
    except NotInForceError as error:
        _refuse("--issued", error)
    except PermitHistoryError as error:
        _refuse("--endorsed", error)
    if as_json:
        _print_bytes(status_to_json(status))
    else:
        _show_status(status)


@app.command()
def decide(
    *,
    business: Annotated[Business, typer.Option(help="What is applied for (业务).")],
    facts: Annotated[str, typer.Option(metavar="FILE", help="Facts as JSON; - reads them in.")],
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Acceptance day (受理日).")],
    route: Annotated[Route | None, typer.Option(help="Try this route only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the outcome of an application with every finding."""
    day = _day("--on", on)
    known = _read_facts(facts)
    try:
        decision = evaluate(business, known, on=day, route=route)
    except PermitHistoryError as error:
        _refuse("--facts: permit", error)
    except NotInForceError as error:
        _refuse("--on or permit.issued_on", error)
    for path, message in doubts_about(known, on=day):
        typer.echo(f"Note: {path}: {message}", err=True)
    if as_json:
        _print_bytes(decision_to_json(decision))
    else:
        _show_decision(decision)


def _day(option: str, text: str) -> date:
    try:
        return day_of(text)
    except ValueError as error:
        _refuse(option, error)


def _read_facts(name: str) -> Facts:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return facts_from_json(content)
    except OSError as error:
        _refuse("--facts", f"{name} cannot be read ({error.strerror}): give an existing file or -")
    except WireError as error:
        _refuse("--facts", error)


def _refuse(option: str, reason: Exception | str) -> NoReturn:
    """End with exit code 2 and every mistake on its own line of standard error."""
    for line in str(reason).splitlines():
        typer.echo(f"Error: {option}: {line}", err=True)
    raise typer.Exit(2)


def _print_bytes(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _show_status(status: PermitStatus | None) -> None:
    table = Table("", "field", "day", box=None, pad_edge=False)
    for name, value in status_document(status).items():
        text = _STATES[PermitState(str(value))] if name == "state" else value
        table.add_row(_DAY_NAMES[name], name, str(text or "—"))
    Console().print(table)


def _show_decision(decision: Decision) -> None:
    console = Console()
    document = decision_document(decision)
    console.print(_OUTCOMES[decision.outcome], style=_STYLES[decision.outcome], highlight=False)
    for name in ("route", "earliest_day", "ruleset"):
        console.print(f"{_DAY_NAMES[name]} {name}: {document[name] or '—'}", highlight=False)
    table = Table(box=None)
    for heading in ("", "condition", "needed", "found", "source", "passes_on", "citation"):
        table.add_column(heading, overflow="fold")
    for finding in decision.findings:
        table.add_row(*_row_of(finding))
    console.print(table)


def _row_of(finding: Finding) -> tuple[str, ...]:
    return (
        {True: "✓", False: "✗", None: "?"}[finding.met],
        f"{_CONDITIONS[finding.condition]} {finding.condition}",
        _amount(finding.needed, finding.unit),
        _amount(finding.found, finding.unit),
        _SOURCES[finding.source],
        str(finding.passes_on or "—"),
        finding.citation,
    )


def _amount(value: int | str | bool | None, unit: Unit | None) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value}{_UNITS[unit]}" if unit else str(value)


_UNITS: Final = {Unit.MONTHS: "个月", Unit.DAYS: "天"}
_OUTCOMES: Final = {
    Outcome.APPROVED: "准予 approved",
    Outcome.REFUSED: "不予 refused",
    Outcome.UNKNOWN: "待核 unknown",
}
_STYLES: Final = {
    Outcome.APPROVED: "bold green",
    Outcome.REFUSED: "bold red",
    Outcome.UNKNOWN: "bold yellow",
}
_STATES: Final = {
    PermitState.NOT_YET_ISSUED: "尚未签发 not_yet_issued",
    PermitState.VALID: "有效 valid",
    PermitState.IN_WINDOW: "有效，可签注 in_window",
    PermitState.SUSPENDED: "使用功能中止 suspended",
    PermitState.CANCELLED: "已注销 cancelled",
}
_DAY_NAMES: Final = {
    "state": "状态",
    "valid_through": "有效期至（含当日）",
    "window_opens": "签注开始",
    "window_closes": "签注截止（含当日）",
    "suspended_from": "中止之日",
    "cancelled_on": "注销之日",
    "anchor": "周年起算日",
    "continuous_since": "连续持证自",
    "route": "申办途径",
    "earliest_day": "最早可获准之日",
    "ruleset": "规则版本",
}
_SOURCES: Final = {
    Source.POPULATION: "人口库",
    Source.HUKOU: "户籍",
    Source.REGISTRATIONS: "居住登记",
    Source.INSURANCE: "社会保险",
    Source.TALENT: "人才",
    Source.ENROLMENT: "学籍",
    Source.PERMIT: "居住证",
}
_CONDITIONS: Final = {
    Condition.ELIGIBLE_PERSON: "适用对象",
    Condition.IDENTITY_MATCHED: "身份一致",
    Condition.ALIVE: "在世",
    Condition.NOT_SHENZHEN_HUKOU: "非深户籍",
    Condition.NO_LIVE_PERMIT: "未持有居住证",
    Condition.PERMIT_ENDORSABLE: "居住证可签注",
    Condition.ENDORSEMENT_TIMING: "签注时间",
    Condition.RESIDENCE_OPEN: "当前居住登记",
    Condition.RESIDENCE_CONTINUOUS: "连续居住",
    Condition.INSURANCE_CONSECUTIVE: "连续参保",
    Condition.INSURANCE_IN_TWO_YEARS: "二年内参保",
    Condition.RESIDENCE_IN_YEAR: "一年内居住",
    Condition.INSURANCE_IN_YEAR: "一年内参保",
    Condition.TALENT: "人才引进",
    Condition.ENROLLED: "在读学生",
}
