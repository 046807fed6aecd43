"""`juzhu notices`: what people are told, word for word, and how the clouds are to approve it."""

import json
import shlex
from enum import StrEnum
from string import Formatter
from typing import Annotated, Final

import typer

from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.notices.previews import DAYS, NUMBERS, previews
from juzhu.modules.notices.texts import newest, published
from juzhu.modules.partners.texts import TEXTS as WARNINGS
from juzhu.modules.webhooks.texts import ALERTS

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Look at what people are told.")

_REMARK: Final = "居住证办理的结果和提醒，发给办事人本人"


class Cloud(StrEnum):
    """A provider that sends only what it has approved."""

    TENCENT = "tencent"
    ALIBABA = "alibaba"


@app.callback()
def main() -> None:
    """Look at what people are told."""


@app.command()
def preview() -> None:
    """Print every text in its newest edition, Chinese and English, with made-up days."""
    for it in (previews(occasion)[-1] for occasion in Occasion):
        print(f"{it.occasion}.{it.edition}  {it.length} 字，{it.segments} 条")
        print(f"  {it.chinese}")
        print(f"  {it.english}")


@app.command()
def templates(
    cloud: Annotated[Cloud, typer.Argument(help="For whom.")],
    sign: Annotated[str, typer.Option(help="Approved signature.")] = "深圳居住证",
) -> None:
    """Print a command of the cloud's own tool for each text it has to approve.

    Nothing is sent. The answer of each holds the template's number, for the providers' file.
    """
    texts = {name: text for name, text in published().items() if name in newest()}
    texts |= {f"webhook_{kind}.1": text.partition("】")[2] for kind, text in ALERTS.items()}
    texts |= {f"{kind}.1": text for kind, text in WARNINGS.items()}
    for name, text in texts.items():
        words = _tencent(name, text) if cloud is Cloud.TENCENT else _alibaba(name, text, sign)
        print(shlex.join(words))


def _tencent(name: str, text: str) -> list[str]:
    """AddSmsTemplate of 2021-01-11: places are numbered; 2 is a notice, 3 carries a code."""
    places = _places(text)
    content = text.format(**{place: f"{{{n}}}" for n, place in enumerate(places, 1)})
    kind = "3" if _is_code(name) else "2"
    words = ["tccli", "sms", "AddSmsTemplate", "--TemplateName", name, "--TemplateContent", content]
    return [*words, "--SmsType", kind, "--International", "0", "--Remark", _REMARK]


def _alibaba(name: str, text: str, sign: str) -> list[str]:
    """CreateSmsTemplate of 2017-05-25: places are named, each with its kind."""
    places = _places(text)
    content = text.format(**{place: f"${{{place}}}" for place in places})
    kinds = {place: _kind(name, place) for place in places}
    kind = "0" if _is_code(name) else "1"
    words = ["aliyun", "dysmsapi", "CreateSmsTemplate", "--TemplateName", name]
    words += ["--TemplateType", kind, "--TemplateContent", content, "--RelatedSignName", sign]
    words += ["--TemplateRule", json.dumps(kinds)] if kinds else []
    return [*words, "--Remark", _REMARK]


def _is_code(name: str) -> bool:
    return name.partition(".")[0] in ("sign_in_code", "phone_code", "call_code")


def _kind(name: str, place: str) -> str:
    if place in DAYS or place == "day":
        return "time"
    if place in NUMBERS:
        return "characterWithNumber"
    return "numberCaptcha" if _is_code(name) else "others"


def _places(text: str) -> list[str]:
    """Return the places of a text in their order; none comes twice in one text."""
    return [place for _, place, _, _ in Formatter().parse(text) if place]
