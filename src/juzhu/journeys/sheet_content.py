"""What an information sheet prints: asked of the registers, then put together with the permit."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from juzhu import wiring
from juzhu.domain.identity import mask_id_number
from juzhu.domain.sheet import SheetContent, Standing, standing_of
from juzhu.domain.vocabulary import Source
from juzhu.journeys.evidence import entry, open_home
from juzhu.modules.people.contracts import PersonView
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets.contracts import SheetView
from juzhu.ports.departments import PopulationEntry, RegistrationsEntry
from juzhu.ports.photographs import PhotographUnavailableError
from juzhu.ports.proofs import SheetClaims

SOURCES: Final = (Source.POPULATION, Source.REGISTRATIONS)
_SEXES: Final = {"1": "男", "2": "女"}


class NotReadyError(Exception):
    """A register, the seal or the time stamp is silent; the sheet follows by itself."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the registers say of a person; `photo` is None when none is held."""

    population: PopulationEntry
    registrations: RegistrationsEntry
    photo: bytes | None


def gather(person: PersonView, at: datetime) -> Gathered:
    """Ask the registers; touches no database, so it may run beside others.

    Raises:
        NotReadyError: one is silent.

    """
    who = {"id_number": person.id_number, "name": person.name}
    answers = wiring.departments().ask(**who, sources=SOURCES, at=at)
    population = entry(answers, Source.POPULATION, PopulationEntry)
    registrations = entry(answers, Source.REGISTRATIONS, RegistrationsEntry)
    if population is None or registrations is None:
        raise NotReadyError("a register is silent")
    try:
        photo = wiring.photographs().photograph(**who)
    except PhotographUnavailableError as error:
        raise NotReadyError("the register of photographs is silent") from error
    return Gathered(population, registrations, photo)


def compose(
    sheet: SheetView, person: PersonView, permit: PermitView, found: Gathered, at: datetime
) -> SheetContent:
    """Return everything the sheet prints as of `at`."""
    status, claims = permit.status, _claims(sheet, person, permit, found.photo, at)
    ended = claims.standing is Standing.CANCELLED
    return SheetContent(
        number=sheet.number,
        check_code=claims.check_code,
        name=person.name,
        sex=_SEXES.get(found.population.sex or "", "未说明"),
        ethnic_group=found.population.ethnic_group or "",
        birth_date=_birth(person.id_number),
        id_number=person.id_number,
        photo=found.photo,
        address=open_home(found.registrations, at.date())[0],
        permit_number=permit.number,
        first_issued_on=status.issued_on,
        last_endorsed_on=status.last_endorsed_on,
        valid_through=status.valid_through,
        standing=claims.standing,
        since=_since(permit, claims.standing),
        window_opens=None if ended else status.window_opens,
        window_closes=None if ended else status.window_closes,
        purpose=sheet.purpose,
        made_at=claims.made_at,
        verify_url=wiring.verify_url(),
        token=wiring.proofs().token(claims),
        trial=wiring.is_trial(),
    )


def _claims(
    sheet: SheetView, person: PersonView, permit: PermitView, photo: bytes | None, at: datetime
) -> SheetClaims:
    number, index = sheets.place(sheet.id)
    return SheetClaims(
        check_code=sheets.code_to_print(sheet.id),
        name=person.name,
        id_mask=mask_id_number(person.id_number),
        standing=standing_of(permit.status.state),
        valid_through=permit.status.valid_through,
        purpose=sheet.purpose,
        made_at=at.replace(microsecond=0),
        photo_digest=sha256(photo).digest()[:16] if photo else b"",
        list_number=number,
        list_index=index,
    )


def _birth(id_number: str) -> date:
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def _since(permit: PermitView, standing: Standing) -> date | None:
    match standing:
        case Standing.VALID:
            return None
        case Standing.SUSPENDED:
            return permit.status.suspended_from
        case Standing.CANCELLED:
            return permit.status.cancelled_on
