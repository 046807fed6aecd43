"""How fast one worker hands messages over to a gateway that answers in 20 ms.

The whole way is measured: claim, the last look (still true, phone, limits), signed request, note.
The floor is a bare HTTP client with as many requests under way, the same bodies, the same gateway.
"""

import asyncio
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

import aiohttp

ANSWER_MS = 20
WRITTEN_AT_ONCE = 10_000
SECRET = "a secret of the benchmark"


class Result(NamedTuple):
    """What was measured in one run on one machine."""

    messages: int
    done: int
    written: float
    handed_over: float
    slowest: float
    floor: float
    peak_mib: float
    last_done: str
    first_left: str


def run(*, messages: int, seconds: float) -> Result:
    """Write `messages` reminders, hand them over for so long, and post as many bare requests.

    Of more than can be handed over in the time the most urgent go first: `last_done` is the
    latest deadline among those handed over, `first_left` the earliest among the others.
    `slowest` is the lowest rate of ten spans of the time.
    """
    with _gateway() as url, _database(url):
        from juzhu import wiring
        from juzhu.journeys import messages as journey
        from juzhu.modules.notices import services
        from juzhu.modules.notices.hours import next_ring
        from juzhu.modules.notices.models import Message

        noon = next_ring(wiring.clock().now())
        wiring.clock = lambda: _At(noon)  # phones ring at this hour
        written_in = 0.0
        for first in range(0, messages, WRITTEN_AT_ONCE):
            rows = _reminders(first, min(first + WRITTEN_AT_ONCE, messages), noon)
            began = time.perf_counter()
            services.write_many(rows, at=noon)
            written_in += time.perf_counter() - began
        done, rates, started = 0, [], time.perf_counter()
        while (spent := time.perf_counter() - started) < seconds:
            began = time.perf_counter()
            got = journey.pump(seconds=seconds / 10)
            if got == 0:
                break
            done += got
            rates.append(got / (time.perf_counter() - began))
        noted = Message.objects.filter(delivery="handed_over").count()
        if done != noted or (done != messages and spent < seconds):
            raise RuntimeError(f"{noted} of {messages} messages were handed over")
        deadlines = Message.objects.values_list("deadline", flat=True)
        return Result(
            messages,
            done,
            written=messages / written_in,
            handed_over=done / spent,
            slowest=min(rates),
            floor=asyncio.run(_bare(url, min(done, 20_000))),
            peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            last_done=str(deadlines.filter(delivery="handed_over").latest("deadline")),
            first_left=str(deadlines.filter(delivery="queued").order_by("deadline").first()),
        )


class _At(NamedTuple):
    """A clock that stands still: the benchmark may run at night."""

    instant: object

    def now(self) -> object:
        return self.instant


def _reminders(first: int, behind: int, at):
    from django.db import transaction

    from juzhu.modules.notices.contracts import NewMessage, Occasion
    from juzhu.modules.people import services as people
    from juzhu.modules.people.contracts import NewPerson

    found = [NewPerson(f"B{n:017d}", "基准", f"138{n:08d}") for n in range(first, behind)]
    with transaction.atomic():
        numbers = [number for number, _ in people.meet_many(found, at=at)]
    values = {"valid_through": "2026-12-31"}
    return [
        NewMessage(
            person_id=person,
            occasion=Occasion.DAYS_7,
            subject="bench",
            values=values,
            due_on=at.date(),
            deadline=at.date() + timedelta(days=7 + n * 7919 % 60),
            permit_number=f"B{n:017d}",
        )
        for n, person in enumerate(numbers, start=first)
    ]


async def _bare(url: str, count: int) -> float:
    """Return requests a second of a bare client that signs and does nothing else."""
    from juzhu.adapters.sms_bulk import AT_ONCE
    from juzhu.ports import gateway

    places = iter(range(count))
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def worker() -> None:
            for n in places:
                body = b'{"key":"floor-%d","phone":"13800000000","text":"%s"}' % (n, b"x" * 120)
                stamp, nonce = str(int(time.time())), f"{n:032d}"
                signature = gateway.sign_request(
                    SECRET.encode(),
                    method="POST",
                    path="/sms/send",
                    timestamp=stamp,
                    nonce=nonce,
                    body=body,
                )
                headers = {"timestamp": stamp, "nonce": nonce, "signature": signature}
                async with session.post(f"{url}/sms/send", data=body, headers=headers) as answer:
                    await answer.read()

        began = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        return count / (time.perf_counter() - began)


@contextmanager
def _gateway() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.slow_gateway", str(port), str(ANSWER_MS), SECRET]
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait()


@contextmanager
def _database(url: str) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="juzhu-bench-") as name:
        os.chmod(name, 0o711)  # noqa: PTH101
        os.environ |= {
            "JUZHU_DATA_DIR": name,
            "JUZHU_LOG_LEVEL": "WARNING",
            "JUZHU_SMS_URL": url,
            "JUZHU_GATEWAY_SECRET": SECRET,
            "JUZHU_CLOCK": "system",
        }
        from juzhu.cli import running

        with running.database(running.prepared()):
            migrate = [sys.executable, "-m", "juzhu.cli.main", "migrate"]
            subprocess.run(migrate, check=True, stdout=subprocess.DEVNULL)
            running.start_django()
            yield
