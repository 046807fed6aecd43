"""Making an information sheet: ask what it prints, make the page, seal it, keep it."""

from datetime import date, datetime
from hashlib import sha256
from typing import Final

import structlog

from juzhu import wiring
from juzhu.domain.identity import mask_id_number
from juzhu.domain.sheet import SheetContent, Standing, standing_of
from juzhu.domain.vocabulary import Source
from juzhu.journeys.evidence import entry, open_home
from juzhu.modules.people import queries as people
from juzhu.modules.people.contracts import PersonView
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import Hold, SheetState, SheetView
from juzhu.ports.departments import PopulationEntry, RegistrationsEntry
from juzhu.ports.photographs import PhotographUnavailableError
from juzhu.ports.proofs import SheetClaims
from juzhu.ports.sheets import GlyphMissingError, PhotoUnreadableError, SealUnavailableError

log = structlog.get_logger()

SOURCES: Final = (Source.POPULATION, Source.REGISTRATIONS)
_SEXES: Final = {"1": "男", "2": "女"}


class NotReadyError(Exception):
    """A register, the seal or the time stamp is silent; the sheet follows by itself."""


def order(*, person_id: int, purpose: str, key: str, at: datetime) -> SheetView | None:
    """Order a sheet and make it at once if everything answers; None without a permit.

    What cannot be made now is made by a job, and the person gets a message. Never is an unsealed
    sheet handed out.
    """
    permit = permits.permit_of(person_id, at.date())
    if permit is None:
        return None
    sheet_id = sheet_services.ask(
        person_id=person_id, permit_id=permit.id, purpose=purpose, key=key, at=at
    )
    try:
        make(sheet_id=sheet_id)
    except NotReadyError as error:
        log.warning("sheets.not_ready", sheet_id=sheet_id, reason=str(error))
    return sheets.sheet_by_id(sheet_id)


def make(*, sheet_id: int) -> None:
    """Make and seal an ordered sheet; one already made or held is left alone.

    Raises:
        NotReadyError: something is silent; the job tries again.

    """
    sheet = sheets.sheet_by_id(sheet_id)
    if sheet.state is not SheetState.ASKED:
        return
    at = wiring.clock().now()
    person = people.person(sheet.person_id)
    permit = permits.permit_of(sheet.person_id, at.date())
    assert permit is not None, "a sheet is ordered for a permit"
    content = _content(sheet, person, permit, at)
    try:
        pdf = wiring.sealer().seal(wiring.sheet_pages().render(content))
    except GlyphMissingError as error:
        sheet_services.hold(
            sheet_id=sheet_id, reason=Hold.GLYPH, characters=error.characters, at=at
        )
        return
    except PhotoUnreadableError:
        sheet_services.hold(sheet_id=sheet_id, reason=Hold.PHOTO, at=at)
        return
    except SealUnavailableError as error:
        raise NotReadyError(str(error)) from error
    sheet_services.keep(
        sheet_id=sheet_id, content=content, pdf=pdf, sha256=sha256(pdf).digest(), at=at
    )


def _content(
    sheet: SheetView, person: PersonView, permit: PermitView, at: datetime
) -> SheetContent:
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
    status, claims = permit.status, _claims(sheet, person, permit, photo, at)
    ended = claims.standing is Standing.CANCELLED
    return SheetContent(
        number=sheet.number,
        check_code=claims.check_code,
        name=person.name,
        sex=_SEXES.get(population.sex or "", "未说明"),
        ethnic_group=population.ethnic_group or "",
        birth_date=_birth(person.id_number),
        id_number=person.id_number,
        photo=photo,
        address=open_home(registrations, at.date())[0],
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
