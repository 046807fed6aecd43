"""One city: who lives in it, what time it is, how its services behave, what its phones hold.

Everything that changes is an event in the journal first; starting again replays them.
"""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from juzhu.city.cashier import Cashier
from juzhu.city.clock import CityClock, real_now
from juzhu.city.events import (
    AnyEvent,
    Born,
    CardsOrdered,
    CardTold,
    Charged,
    ChargeEnded,
    ChargePaid,
    ChargeReturned,
    ClockMoved,
    Delivered,
    Happened,
    Mode,
    OfCashier,
    Service,
    Switched,
)
from juzhu.city.factory import Factory
from juzhu.city.gate import Gate
from juzhu.city.journal import CorruptJournalError, Journal
from juzhu.city.lives_told import LifeEventRefusedError, LivesTold, corrected
from juzhu.city.named import named_people
from juzhu.city.named_parts import Named
from juzhu.city.people import Populace
from juzhu.city.person import Person
from juzhu.city.phones import Phones, check_message
from juzhu.city.settings import (
    DEFAULT_POPULATION,
    DEFAULT_SEED,
    CitySettings,
    CitySettingsError,
)
from juzhu.city.wechat import Wechat
from juzhu.ports.life_events import LifeKind
from juzhu.ports.wechat import sandbox_account

_REMEMBERED_PEOPLE: Final = 4096


@dataclass(frozen=True, slots=True)
class Switch:
    """How a service behaves and how many milliseconds it takes at least."""

    mode: Mode = Mode.OK
    latency_ms: int = 0


class City:
    """A running city. Only its own event loop may touch it."""

    def __init__(self, settings: CitySettings) -> None:
        self.clock = CityClock()
        self.phones = Phones()
        self.cashier = Cashier()
        self._tasks: set[asyncio.Task[None]] = set()
        self.factory = Factory()
        self.photographs: dict[str, bytes] = {}  # of visitors who became somebody of the city
        self.lives = LivesTold()
        self.on_reader: Person | None = None  # whose card lies on the desks' reader
        self.reader_secret = settings.secret.decode()
        self.switches = {service: Switch() for service in Service}
        self.gate = Gate(settings.secret, settings.app_id)
        self.wechat = Wechat(sandbox_account(settings.secret), settings.service_url)
        self._moving = asyncio.Lock()
        self._journal = Journal(settings.data_dir)
        self.born = self._replay() or self._found(settings)
        _check_same(settings, self.born)
        self.populace = Populace(self.born.seed, self.born.born_on)
        self.named: tuple[Named, ...] = named_people(self.born.born_on)
        self._by_number = {named.person.id_number: named.person for named in self.named}
        self._remembered = lru_cache(_REMEMBERED_PEOPLE)(self.populace.person)

    def find(self, id_number: str) -> Person | None:
        """Return the person with this citizen number, or None if nobody in the city has it."""
        number = id_number.upper()
        person = self._born_with(self.lives.first_number(number))
        if person is None or not self.lives.events:
            return person
        person = self.lives.of(person)
        return person if person.id_number == number else None

    def resident(self, index: int) -> Person:
        """Return the resident with this place in the population."""
        return self._remembered(index)

    def _born_with(self, number: str) -> Person | None:
        if number in self._by_number:
            return self._by_number[number]
        index = self.populace.index_of(number)
        if index is None or index >= self.born.population:
            return None
        return self._remembered(index)

    async def move_clock(
        self, *, days: int = 0, months: int = 0, to: date | datetime | None = None
    ) -> None:
        """Move the clock forward, for good.

        Raises:
            ClockOnlyForwardError: the wish does not lie ahead.

        """
        async with self._moving:
            offset = self.clock.offset_after(days=days, months=months, to=to)
            event = ClockMoved(offset)
            self._journal.append(event)
            await self._journal.durable()
            self._apply(event)

    async def switch(self, service: Service, mode: Mode, latency_ms: int) -> None:
        """Change how a service behaves, for good."""
        event = Switched(service, mode, latency_ms)
        self._journal.append(event)
        self._apply(event)
        await self._journal.durable()

    async def happen(
        self, kind: LifeKind, *, id_number: str = "", on: date | None = None, undoes: str = ""
    ) -> Happened:
        """Let the registers of persons tell something, for good.

        Raises:
            LifeEventRefusedError: nobody has the number, or there is nothing to take back.

        """
        if kind is LifeKind.TAKEN_BACK:
            wrong = self.lives.undoable(undoes)
            id_number = wrong.new_number or wrong.id_number
        person = self.find(id_number)
        if person is None:
            raise LifeEventRefusedError("nobody in the city has this number now")
        event = Happened(
            key=self.lives.next_key(),
            kind=kind,
            id_number=person.id_number,
            on=on or self.clock.now().date(),
            new_number=corrected(person) if kind is LifeKind.NUMBER_CORRECTED else "",
            undoes=undoes,
        )
        self._journal.append(event)
        self._apply(event)
        await self._journal.durable()
        return event

    async def deliver(self, *, key: str, phone: str, text: str) -> str:
        """Deliver a message once per key and return its number, always the same for a key.

        Raises:
            MessageRefusedError: the gateway never takes this message.

        """
        message = self.phones.message_of(key)
        if message is None:
            check_message(key=key, phone=phone, text=text)
            message = Delivered(self.phones.next_number(), key, phone, text, self.clock.now())
            self._journal.append(message)
            self._apply(message)
        # Also for a repeated key: the first delivery may still be on its way to the disk.
        await self._journal.durable()
        return message.number

    async def note(self, event: OfCashier | CardsOrdered | CardTold) -> None:
        """Let something happen at the cashier or the card factory, for good."""
        self._journal.append(event)
        self._apply(event)
        await self._journal.durable()

    def keep(self, task: "asyncio.Task[None]") -> None:
        """Hold on to a task until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Give up the data folder."""
        for task in self._tasks:
            task.cancel()
        self._journal.close()

    def _replay(self) -> Born | None:
        born: Born | None = None
        for event in self._journal.replay():
            if isinstance(event, Born):
                born = event
            elif born is None:
                raise CorruptJournalError(f"{self._journal.path}: does not begin with a birth")
            else:
                self._apply(event)
        return born

    def _found(self, settings: CitySettings) -> Born:
        born = Born(
            seed=settings.seed or DEFAULT_SEED,
            population=settings.population or DEFAULT_POPULATION,
            born_on=settings.born_on or real_now().date(),
        )
        self._journal.write_now(born)
        return born

    def _apply(self, event: AnyEvent) -> None:
        match event:
            case ClockMoved(offset_seconds=offset):
                self.clock.offset_seconds = offset
            case Switched(service=service, mode=mode, latency_ms=latency_ms):
                self.switches[service] = Switch(mode, latency_ms)
            case Delivered():
                self.phones.take(event)
            case Charged() | ChargePaid() | ChargeEnded() | ChargeReturned():
                self.cashier.take(event)
            case CardsOrdered() | CardTold():
                self.factory.take(event)
            case Happened():
                self.lives.take(event)
            case Born():
                raise CorruptJournalError(f"{self._journal.path}: born twice")


def _check_same(settings: CitySettings, born: Born) -> None:
    """Refuse settings that contradict the city found in the folder: it cannot change them."""
    for name in ("seed", "population", "born_on"):
        wished, found = getattr(settings, name), getattr(born, name)
        if wished is not None and wished != found:
            raise CitySettingsError(
                f"the city in {settings.data_dir} has {name}={found}, not {wished}; "
                "use another folder for another city"
            )
