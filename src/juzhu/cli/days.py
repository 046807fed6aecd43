"""Days on the command line: written as 2025-01-31, and a wrong one says so in plain words."""

from datetime import date
from typing import Annotated

import typer

from juzhu.domain.reader import day_of


def _read(text: str) -> date:
    try:
        return day_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


DAY = {"parser": _read, "metavar": "YYYY-MM-DD"}
"""What an option that takes a day is declared with."""

SomeDay = Annotated[date | None, typer.Option(**DAY)]
