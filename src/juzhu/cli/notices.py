"""`juzhu notices preview`: what people are told, word for word."""

from typing import Final

import typer

from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.notices.texts import TEXTS, english, segments, sms

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Look at what people are told.")

_VALUES: Final = {
    "on": "2026-12-31",
    "valid_through": "2026-12-31",
    "window_opens": "2026-11-02",
    "suspended_from": "2027-01-01",
    "last_day": "2028-12-31",
    "cancelled_on": "2029-01-01",
    "answer_by": "2026-12-31",
    "number": "SL20261231000001",
    "code": "ABC…",
}


@app.callback()
def main() -> None:
    """Look at what people are told."""


@app.command()
def preview() -> None:
    """Print every text in its newest edition, Chinese and English, with made-up days."""
    for occasion in Occasion:
        edition = len(TEXTS[occasion])
        text = sms(occasion, _VALUES, edition)
        print(f"{occasion}.{edition}  {len(text)} 字，{segments(text)} 条")
        print(f"  {text}")
        print(f"  {english(occasion, _VALUES, edition)}")
