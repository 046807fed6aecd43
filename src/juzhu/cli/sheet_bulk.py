"""`juzhu sheet bulk`: sheets by the hundred for a counter or a school, from a CSV file."""

import csv
import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer

NOT_ALL_MADE: Final = 1
WRONG_USE: Final = 2
REPORT: Final = "report.csv"
_HEADINGS: Final = ("line", "outcome", "sheet", "file", "sha256", "reason")


def bulk(
    file: Annotated[
        Path, typer.Argument(help="UTF-8 CSV: number,purpose,occasion (the legal one).")
    ],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the sheets and a report.")],
    by: Annotated[
        str, typer.Option(metavar="STAFF", help="Staff number of the officer who orders.")
    ],
) -> None:
    """Make a sealed sheet for each row of FILE: `number` is a permit's, or an earlier sheet's.

    DIR gets one PDF for each sheet and report.csv with the outcome of every row. The order and its
    occasion stand in each holder's ledger. The same file on the same day gives the same sheets.
    Exit code 0: all made. 1: some wait, are held or refused: see the report. 2: wrong use.
    """
    from juzhu.cli import running  # noqa: PLC0415  # the other commands here need no Django

    env = running.prepared()
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        running.fail(f"{error.filename}: {error.strerror}", code=WRONG_USE)
    except UnicodeDecodeError:
        running.fail(f"{file} is not UTF-8: save it as UTF-8 and try again", code=WRONG_USE)
    with running.database(env):
        running.start_django()
        journey = import_module("juzhu.journeys.bulk_sheets")
        try:
            counted = _write(journey.run(lines, by=by), out)
        except journey.BulkFileError as error:
            running.fail(f"{file}: {error}", code=WRONG_USE)
        except OSError as error:
            running.fail(f"{out}: {error.strerror}; run the same file again", code=NOT_ALL_MADE)
    said = ", ".join(f"{outcome} {count}" for outcome, count in sorted(counted.items()))
    print(f"{said or 'no rows'}; see {out / REPORT}")
    if set(counted) - {"made"}:
        raise SystemExit(NOT_ALL_MADE)


def _write(answers: Iterable[Any], out: Path) -> Counter[str]:
    """Write each sheet as it comes and the report beside; say how many of each outcome."""
    counted: Counter[str] = Counter()
    with _opened(out / REPORT) as report:
        rows = csv.writer(report)
        rows.writerow(_HEADINGS)
        for answer in answers:
            counted[str(answer.outcome)] += 1
            name, digest = "", ""
            if answer.pdf is not None:
                name, digest = f"{answer.sheet}.pdf", sha256(answer.pdf).hexdigest()
                _replace(out / name, answer.pdf)
            rows.writerow((answer.line, answer.outcome, answer.sheet, name, digest, answer.reason))
    return counted


def _opened(path: Path) -> Any:
    """Open a file for writing that its owner only may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
