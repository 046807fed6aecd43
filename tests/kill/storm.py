"""A storm: residents at the pages while parts are killed; then calm, and a reckoning."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, zip_longest
from typing import Final

import psycopg

from juzhu.domain.permit import Action, ActionKind, status_on
from juzhu.domain.vocabulary import Business, PermitState, Source
from tests.kill.invariants import Findings, busy
from tests.kill.residents import Resident, Story
from tests.kill.town import NeverReadyError, Part, Town

FIRST_APPLICANT: Final = 5_000_000
"""Place of the first applicant among the city's people, far from the holders of older permits."""

QUIET_SECONDS: Final = 6.0
"""How long nothing may be left to do: a worker that has just started does the round within five."""

_LATENCY_MS: Final = 150
"""Slow departments and a slow carrier keep more work half done at any instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How big a storm is.

    Attributes:
        kills: what is killed, in order; a pair is killed at once.
        pause: shortest and longest seconds between two kills.
        residents: how many are at the pages at the same time.
        holders: how many of the city's older permits are looked through for people to endorse.
        outages: whether departments and the carrier misbehave, too.
        hurry: whether residents whose case waits press "again" once the storm is over.
        settle_seconds: how long it may take to become quiet.

    """

    kills: Sequence[tuple[Part, ...]]
    pause: tuple[float, float]
    residents: int
    holders: int
    outages: bool
    hurry: bool
    settle_seconds: float


@dataclass(slots=True)
class Report:
    """What happened."""

    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    counts: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        statuses: Counter[str] = sum((s.statuses for s in self.stories), Counter())
        return "\n".join(
            [
                f"seed     {self.seed}",
                f"kills    {sum(self.killed.values())}: {dict(self.killed)}",
                f"stories  {len(self.stories)}: {dict(Counter(s.business for s in self.stories))}",
                f"answers  {dict(statuses.most_common())}",
                *(f"{name:<8} {value}" for name, value in self.counts.items()),
                f"seconds  { {name: round(value, 1) for name, value in self.seconds.items()} }",
                *self.log,
                *self.wrong,
            ]
        )


class Storm:
    """One storm over one town."""

    def __init__(self, town: Town, plan: Plan, seed: int) -> None:
        self._town = town
        self._plan = plan
        self._rng = random.Random(seed)
        self._over = threading.Event()
        self._turn = threading.Lock()
        self._arrivals: Iterator[Resident] = iter(())
        self._present: list[Resident] = []
        self.report = Report(seed)

    def run(self) -> Report:
        """Start, storm, settle, reckon."""
        began = time.monotonic()
        self._town.start()
        self._town.wait_ready()
        today = date.fromisoformat(self._town.city("/clock")["now"][:10])
        self._arrivals = self._people(today)
        self._slow_down()
        self._note("ready", began)
        began = time.monotonic()
        self._rage()
        self._note("storm", began)
        began = time.monotonic()
        self._settle()
        self._note("settling", began)
        self._reckon(today)
        return self.report

    def _note(self, phase: str, began: float) -> None:
        self.report.seconds[phase] = time.monotonic() - began

    # --- people -----------------------------------------------------------------------------------

    def _people(self, today: date) -> Iterator[Resident]:
        header, *lines = self._town.legacy_permits(self._plan.holders)
        due = [line for line in lines if _is_due(line, today)]
        self._town.load_permits([header, *due])
        applicants = self._town.city(f"/people.json?generated=1500&first={FIRST_APPLICANT}")
        first = [Story(business=Business.FIRST_ISSUE, **person) for person in applicants]
        yearly = [_holder(line) for line in due]
        stories = chain.from_iterable(zip_longest(yearly, first))  # by turns, as long as they last
        return (Resident(self._town, s, random.Random(self._rng.random())) for s in stories if s)

    def _come_and_go(self) -> None:
        """Be one resident after the other until the storm is over."""
        while not self._over.is_set():
            with self._turn:
                resident = next(self._arrivals)
                self.report.stories.append(resident.story)
                self._present.append(resident)
            resident.run()

    # --- killing ----------------------------------------------------------------------------------

    def _rage(self) -> None:
        crowd = [
            threading.Thread(target=self._come_and_go, daemon=True)
            for _ in range(self._plan.residents)
        ]
        for thread in crowd:
            thread.start()
        began = time.monotonic()
        for parts in self._plan.kills:
            self._wait(self._rng.uniform(*self._plan.pause))
            if self._plan.outages:
                self._misbehave()
            for part in parts:
                self._kill(part, began)
            if {Part.SUPERVISOR, Part.EVERYTHING} & set(parts):
                self._town.tend()
        self._over.set()
        self._town.calm()
        while any(thread.is_alive() for thread in crowd):
            self._town.tend()
            time.sleep(0.2)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._town.tend()
            time.sleep(min(0.1, max(0.0, until - time.monotonic())))

    def _kill(self, part: Part, began: float) -> None:
        """Kill `part`; while it is being started again, wait until it can be killed."""
        deadline = time.monotonic() + 60
        while (said := self._town.kill(part, self._rng.random())) is None:
            if time.monotonic() > deadline:
                raise NeverReadyError(f"the {part} never came back; {self._town.tail()}")
            self._wait(0.1)
        self.report.killed[part.value] += 1
        self.report.log.append(f"{time.monotonic() - began:7.2f} s  kill -9 {part.value}: {said}")

    def _misbehave(self) -> None:
        """Sometimes break a department or the carrier, sometimes mend everything."""
        dice = self._rng.random()
        if dice < 0.15:
            source = self._rng.choice(list(Source)[:6]).value
            mode = self._rng.choice(["silent", "error500", "refuse", "rubbish"])
            self._town.switch(source, mode)
        elif dice < 0.3:
            self._town.switch("sms", "lost_answer", _LATENCY_MS)
        elif dice < 0.6:
            self._slow_down()

    def _slow_down(self) -> None:
        for service in ("insurance", "registrations", "sms"):
            self._town.switch(service, latency_ms=_LATENCY_MS)
        for service in ("population", "hukou", "talent", "enrolment"):
            self._town.switch(service)

    # --- afterwards -------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Wait until nothing is left to do, and stays so for a moment."""
        self._town.wait_ready(120)
        quiet_since = began = time.monotonic()
        while time.monotonic() < quiet_since + QUIET_SECONDS:
            if left := self._left():
                quiet_since = time.monotonic()
                if quiet_since > began + self._plan.settle_seconds:
                    self.report.wrong.append(f"never quiet: {left}")
                    return
            self._town.tend()
            if self._plan.hurry and "cases" in left:
                for resident in self._present:
                    resident.hurry()
            time.sleep(0.5)

    def _left(self) -> dict[str, int]:
        try:
            return busy(self._town)
        except psycopg.OperationalError:
            return {"database": 1}

    def _reckon(self, today: date) -> None:
        for resident in self._present:
            resident.look_again()
        found = Findings(self._town, self.report.stories, today)
        self.report.wrong += [*self._town.gave_up, *found.wrong()]
        self.report.counts = {
            "cases": dict(Counter(case["state"] for case in found.cases)),
            "tries": dict(Counter(case["attempts"] for case in found.cases)),
            "messages": dict(Counter(row["delivery"] for row in found.messages)),
            "sms": len(found.sms),
        }


def _holder(line: str) -> Story:
    id_number, name, phone, *_ = line.split(",")
    return Story(id_number, name, phone, Business.ENDORSEMENT)


def _is_due(line: str, today: date) -> bool:
    """Say whether the permit on this line of the city's file can be endorsed today."""
    *_, issued, endorsed = line.split(",")
    days = [date.fromisoformat(day) for day in endorsed.split(";") if day]
    actions = [Action(ActionKind.ISSUED, date.fromisoformat(issued))]
    actions += [Action(ActionKind.ENDORSED, day) for day in days]
    status = status_on(actions, today)
    return status is not None and status.state in (PermitState.IN_WINDOW, PermitState.SUSPENDED)
