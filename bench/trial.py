"""A whole Juzhu for a benchmark: real database on disk, a city whose departments answer in 5 ms,
the web server as in production, and people who qualify, already signed in."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import aiohttp

CITY = "http://127.0.0.1:8661"
WEB = "http://127.0.0.1:8660"
DEPARTMENTS = ("population", "hukou", "registrations", "insurance", "talent", "enrolment")
CSRF = "b" * 32


@dataclass(frozen=True, slots=True)
class Applicant:
    """One person ready to press the button."""

    person_id: int
    session: str
    phone: str


@contextmanager
def running(*, latency_ms: int, worker: bool) -> Iterator[Path]:
    """Run database, city, web server and, if wanted, one worker; yield the data folder."""
    with tempfile.TemporaryDirectory(prefix="juzhu-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        os.environ |= {
            "JUZHU_DATA_DIR": name,
            "JUZHU_LISTEN": WEB.removeprefix("http://"),
            "JUZHU_CITY_URL": CITY,
            "JUZHU_LOG_LEVEL": "WARNING",
        }
        from juzhu.cli import running as commands

        env = commands.prepared()
        with commands.database(env), _children(folder, worker):
            commands.start_django()
            for source in DEPARTMENTS:
                _post(f"/control/services/{source}", mode="ok", latency_ms=latency_ms)
            yield folder


@contextmanager
def _children(folder: Path, worker: bool) -> Iterator[None]:
    wanted = [["migrate"], ["city"], ["web"], *([["worker"]] if worker else [])]
    children = []
    try:
        for command in wanted:
            child = subprocess.Popen(
                [sys.executable, "-m", "juzhu.cli.main", *command],
                stdout=(folder / f"{command[0]}.log").open("wb"),
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            if command == ["migrate"]:
                if child.wait(60) != 0:
                    raise RuntimeError((folder / "migrate.log").read_text())
                continue
            children.append(child)
            if command != ["worker"]:
                _wait(CITY if command == ["city"] else WEB, child)
        yield
    finally:
        for child in reversed(children):
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def _wait(url: str, child: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit and child.poll() is None:
        with suppress(OSError), urlopen(f"{url}/healthz", timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


def _post(path: str, **fields: object) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    with urlopen(Request(CITY + path, json.dumps(fields).encode(), headers)):
        pass


def applicants(count: int, *, first: int = 0) -> list[Applicant]:
    """Write down and sign in `count` people of the city who qualify today."""
    from juzhu import wiring
    from juzhu.domain.evaluate import evaluate
    from juzhu.domain.vocabulary import Business, Outcome
    from juzhu.journeys.evidence import SOURCES, facts_from
    from juzhu.modules.people import services as people

    at, found = wiring.clock().now(), []
    while len(found) < count:
        with urlopen(f"{CITY}/people.json?generated=1000&first={first}") as answer:
            batch = json.load(answer)
        if not batch:
            raise RuntimeError("the city has too few people who qualify")
        first += len(batch)
        for raw in batch:
            who = {"id_number": raw["id_number"], "name": raw["name"]}
            answers = wiring.departments().ask(**who, sources=SOURCES, at=at)
            decision = evaluate(Business.FIRST_ISSUE, facts_from(answers, **who), on=at.date())
            if decision.outcome is Outcome.APPROVED and len(found) < count:
                person_id = people.meet(**who, at=at)
                found.append(Applicant(person_id, _session(person_id), raw["phone"]))
    return found


def _session(person_id: int) -> str:
    from django.contrib.sessions.backends.db import SessionStore

    now = time.time()
    session = SessionStore()
    proofs = {"code": (4, now, True)}
    session.update({"person": person_id, "proofs": proofs, "began": now, "seen": now})
    session.create()
    return str(session.session_key)


async def submit(http: aiohttp.ClientSession, person: Applicant) -> float:
    """Send the application and return the seconds until the answer; it must be the case's page."""
    started = time.perf_counter()
    async with http.post(
        f"{WEB}/apply/",
        data={
            "csrfmiddlewaretoken": CSRF,
            "key": uuid.uuid4().hex,
            "phone": person.phone,
            "delivery": "none",
        },
        headers={"Cookie": f"sessionid={person.session}; csrftoken={CSRF}"},
        allow_redirects=False,
    ) as answer:
        await answer.read()
        took = time.perf_counter() - started
        if answer.status != 302 or "/cases/SL" not in answer.headers["Location"]:
            raise RuntimeError(f"unexpected answer {answer.status} {answer.headers}")
        return took


async def as_fast_as_possible(people: list[Applicant], clients: int) -> tuple[float, list[float]]:
    """Have `clients` submit one after another; return cases a second and the times."""
    queue, times = iter(people), []

    async def client(http: aiohttp.ClientSession) -> None:
        for person in queue:
            times.append(await submit(http, person))

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        started = time.perf_counter()
        await asyncio.gather(*(client(http) for _ in range(clients)))
        return len(times) / (time.perf_counter() - started), times


async def at_a_rate(people: list[Applicant], each_second: float) -> list[float]:
    """Submit at a steady rate whatever the answers take; return the times."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        started, running_now = time.perf_counter(), []
        for number, person in enumerate(people):
            pause = started + number / each_second - time.perf_counter()
            await asyncio.sleep(max(pause, 0))
            running_now.append(asyncio.create_task(submit(http, person)))
        return list(await asyncio.gather(*running_now))
