"""A small world behind the pages: only the ports are replaced, everything of ours is real."""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.test import Client

from juzhu import wiring
from juzhu.domain.calendar import add_months
from juzhu.domain.facts import Registration
from juzhu.domain.vocabulary import Insurance, Source
from juzhu.ports.departments import (
    Answer,
    AnswerStatus,
    EnrolmentEntry,
    HukouEntry,
    InsuranceEntry,
    PopulationEntry,
    RegisteredHome,
    RegistrationsEntry,
    TalentEntry,
)
from juzhu.ports.face import FaceUnavailableError, FaceVerdict
from tests.factories import HOUSE, NOON, an_id_number, months

ADDRESS = "福田区莲花街道示例花园 3 栋 1204"
EMPLOYER = "示例科技（深圳）有限公司"


@dataclass
class World:
    """What the day is, what the registers hold, and who is silent."""

    now: datetime = NOON
    living_months: int = 20
    insured_months: int = 16
    population_name: str | None = None
    shenzhen_hukou: bool = False
    alive: bool = True
    silent: set[Source] = field(default_factory=set)
    face_matches: bool = True
    face_answers: bool = True
    simulated: bool = True
    photo: bytes | None = None
    receipts: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def clock(self) -> "World":
        return self

    def ask(
        self, *, id_number: str, name: str, sources: Collection[Source], at: datetime
    ) -> Mapping[Source, Answer]:
        return {source: self._answer(source, name, at) for source in sources}

    def verify(self, *, id_number: str, name: str) -> FaceVerdict:
        if not self.face_answers:
            raise FaceUnavailableError
        return FaceVerdict(self.face_matches, "F-1")

    def photograph(self, *, id_number: str, name: str) -> bytes | None:
        return self.photo

    def _answer(self, source: Source, name: str, at: datetime) -> Answer:
        if source in self.silent:
            return Answer(source, AnswerStatus.TIMED_OUT, at, 2000)
        entry = self._entry(source, name)
        receipt = f"R-{next(self.receipts)}"
        return Answer(source, AnswerStatus.ANSWERED, at, 12, receipt, b"{}", entry)

    def _entry(self, source: Source, name: str):
        today = self.now.date()
        last = add_months(today.replace(day=1), -1)
        first = add_months(last, 1 - self.insured_months)
        home = RegisteredHome(
            Registration(add_months(today, -self.living_months), None, HOUSE), ADDRESS
        )
        insured = {Insurance.PENSION: months(first, last)} if self.insured_months else {}
        return {
            Source.POPULATION: PopulationEntry(
                name=self.population_name or name, sex="1", ethnic_group="汉", alive=self.alive
            ),
            Source.HUKOU: HukouEntry(self.shenzhen_hukou),
            Source.REGISTRATIONS: RegistrationsEntry((home,) if self.living_months else ()),
            Source.INSURANCE: InsuranceEntry(insured, EMPLOYER),
            Source.TALENT: TalentEntry(),
            Source.ENROLMENT: EnrolmentEntry(),
        }[source]


class _Clock:
    def __init__(self, world: World) -> None:
        self.world = world

    def now(self) -> datetime:
        return self.world.now


@pytest.fixture
def world(db, monkeypatch: pytest.MonkeyPatch) -> World:
    """Yield the world as the pages find it."""
    found = World()
    monkeypatch.setattr(wiring, "clock", lambda: _Clock(found))
    monkeypatch.setattr(wiring, "departments", lambda: found)
    monkeypatch.setattr(wiring, "face", lambda: found)
    monkeypatch.setattr(wiring, "photographs", lambda: found)
    return found


@dataclass
class Resident:
    """Somebody signed in at a browser of their own."""

    client: Client
    id_number: str
    name: str

    def apply(self, **fields: str) -> str:
        """Send the application form as it was shown; return where it leads."""
        key = self.client.get("/apply/").context["form"]["key"].value()
        typed = {"key": key, "phone": "13800006021", "delivery": "none"} | fields
        return str(self.client.post("/apply/", typed).headers["Location"])

    def endorse(self, **fields: str) -> str:
        """Send the endorsement form as it was shown; return where it leads."""
        key = self.client.get("/endorse/").context["form"]["key"].value()
        typed = {"key": key, "living": "stayed"} | fields
        return str(self.client.post("/endorse/", typed).headers["Location"])

    def make_sheet(self, **fields: str) -> str:
        """Send the form of a sheet as it was shown; return where it leads."""
        key = self.client.get("/sheet/new/").context["form"]["key"].value()
        typed = {"key": key, "purpose": "子女入学"} | fields
        return str(self.client.post("/sheet/new/", typed).headers["Location"])

    def share(self, **fields: object) -> str:
        """Send the form of a share code as it was shown; return where it leads."""
        key = self.client.get("/shares/new/").context["form"]["key"].value()
        typed = {"key": key, "purpose": "租房", "fields_shown": ["standing"], "days": "7"} | fields
        return str(self.client.post("/shares/new/", typed).headers["Location"])


def sign_in(name: str = "陈小明") -> Resident:
    client, id_number = Client(), an_id_number()
    client.post("/sign-in/", {"name": name, "id_number": id_number, "consent": "on"})
    return Resident(client, id_number, name)


@pytest.fixture
def resident(world: World) -> Resident:
    """Return somebody who meets every condition."""
    return sign_in()


@pytest.fixture
def neighbour(world: World) -> Resident:
    """Return somebody else."""
    return sign_in("李小红")


@pytest.fixture
def visitor(world: World) -> Client:
    """Return a browser without a session."""
    return Client()


@pytest.fixture
def holder(world: World, resident: Resident) -> Resident:
    """Return the holder of a permit issued today."""
    resident.apply()
    return resident


def forward(world: World, **by: int) -> None:
    """Let days go by."""
    world.now += timedelta(**by)


@pytest.fixture
def real_time(monkeypatch: pytest.MonkeyPatch):
    """Return a way to let the server's own clock run on by some seconds."""
    from juzhu.web import sessions

    start = sessions.time.time()

    class Later:
        seconds = 0.0

        @classmethod
        def time(cls) -> float:
            return start + cls.seconds

    monkeypatch.setattr(sessions, "time", Later)

    def run(seconds: float) -> None:
        Later.seconds += seconds

    return run
