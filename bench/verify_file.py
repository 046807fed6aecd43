"""The public page that checks a sheet's PDF, over HTTP, beside the same upload turned away at once.

The whole system runs as in production: each check examines the file, compares its digest with the
register and writes the holder's ledger. The floor is a file of the same length that is no PDF: the
same request through the same server and form, without the check.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import aiohttp

from bench import trial

SHEETS: Final = 20
RATE: Final = 10.0
ADDRESS: Final = "/verify/file/"
GENUINE: Final = "信息单真实，证件有效"
NO_PDF: Final = "这不是 PDF 文件"


class Times(NamedTuple):
    """Milliseconds from the first byte sent to the last byte of the answer."""

    p50_ms: float
    p99_ms: float


class Result(NamedTuple):
    """What was measured in one run on one machine.

    Attributes:
        checked: true sheets at a steady rate.
        floor: as many bytes that are no PDF, at the same rate.
        examined_ms: the examination of the file alone, processor time.
        kilobytes: of a sheet.
        checks: how many.

    """

    checked: Times
    floor: Times
    examined_ms: float
    kilobytes: float
    checks: int


def run(*, seconds: int = 30) -> Result:
    """Measure at `RATE` requests a second for `seconds` each."""
    with trial.running(latency_ms=5, worker=False):
        sheets = _sheets(SHEETS)
        others = [bytes(len(sheet)) for sheet in sheets]
        asyncio.run(_at_a_rate(sheets, GENUINE, 2 * SHEETS))
        count = int(RATE * seconds)
        checked = asyncio.run(_at_a_rate(sheets, GENUINE, count))
        floor = asyncio.run(_at_a_rate(others, NO_PDF, count))
        return Result(
            _times(checked),
            _times(floor),
            _examined(sheets),
            sum(map(len, sheets)) / len(sheets) / 1000,
            count,
        )


def _sheets(count: int) -> list[bytes]:
    """Return the sealed files of so many people."""
    from juzhu import wiring
    from juzhu.journeys import sheets
    from juzhu.modules.sheets import queries

    people = trial.applicants(count)
    asyncio.run(trial.as_fast_as_possible(people, 4))
    made = []
    for person in people:
        sheet = sheets.order(
            person_id=person.person_id, purpose="子女入学", key="bench", at=wiring.clock().now()
        )
        pdf = sheet and queries.file_of(person.person_id, sheet.number)
        if not pdf:
            raise RuntimeError("a sheet was not made")
        made.append(pdf)
    return made


async def _at_a_rate(files: Sequence[bytes], says: str, count: int) -> list[float]:
    """Upload at a steady rate whatever the answers take; each answer must say `says`."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        started, under_way = time.perf_counter(), []
        for number in range(count):
            await asyncio.sleep(max(started + number / RATE - time.perf_counter(), 0))
            file = files[number % len(files)]
            under_way.append(asyncio.create_task(_upload(http, file, says)))
        return list(await asyncio.gather(*under_way))


async def _upload(http: aiohttp.ClientSession, file: bytes, says: str) -> float:
    form = aiohttp.FormData({"csrfmiddlewaretoken": trial.CSRF})
    form.add_field("file", file, filename="sheet.pdf", content_type="application/pdf")
    started = time.perf_counter()
    async with http.post(
        trial.WEB + ADDRESS, data=form, headers={"Cookie": f"csrftoken={trial.CSRF}"}
    ) as answer:
        page = await answer.text()
        took = time.perf_counter() - started
    if says not in page:
        raise RuntimeError(f"unexpected answer {answer.status}")
    return took


def _times(taken: list[float]) -> Times:
    ordered = sorted(taken)
    return Times(ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99)] * 1000)


def _examined(files: Sequence[bytes]) -> float:
    from juzhu import wiring

    checker = wiring.sheet_files()
    before = time.process_time()
    for file in files:
        checker.examine(file)
    return (time.process_time() - before) / len(files) * 1000
