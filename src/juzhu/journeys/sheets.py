"""Making an information sheet: ask what it prints, make the page, seal it, keep it."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import structlog

from juzhu import wiring
from juzhu.domain.sheet import SheetContent
from juzhu.journeys.sheet_content import NotReadyError, compose, gather
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import Hold, SheetState, SheetView
from juzhu.ports.sheets import GlyphMissingError, PhotoUnreadableError, SealUnavailableError

log = structlog.get_logger()


def order(
    *,
    person_id: int,
    purpose: str,
    key: str,
    at: datetime,
    asked_by: str = "",
    basis: str = "",
    mandate_id: int | None = None,
) -> SheetView | None:
    """Order a sheet and make it at once if everything answers; None without a permit.

    What cannot be made now is made by a job, and the person gets a message. Never is an unsealed
    sheet handed out.

    Args:
        person_id: the holder.
        purpose: what it is for.
        key: the same key is the same sheet.
        at: when.
        asked_by: the officer who prints it, as `officer:…`; "" for the holder.
        basis: the legal occasion on which the officer does; it stands in the holder's ledger.
        mandate_id: the mandate under which a relative or friend asks, None when nobody does.

    """
    permit = permits.permit_of(person_id, at.date())
    if permit is None:
        return None
    sheet_id = sheet_services.ask(
        person_id=person_id,
        permit_id=permit.id,
        purpose=purpose,
        key=key,
        at=at,
        asked_by=asked_by,
        basis=basis,
        mandate_id=mandate_id,
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
    finish(
        sheet_id, compose(sheet, person, permit, gather(person, at), at), at=at, making=_one_by_one
    )


def _one_by_one(content: SheetContent) -> bytes:
    return wiring.sealer().seal(wiring.sheet_pages().render(content))


def finish(
    sheet_id: int, content: SheetContent, *, at: datetime, making: Callable[[SheetContent], bytes]
) -> None:
    """Make the sealed file with `making` and keep it, or hold the sheet for an officer.

    Raises:
        NotReadyError: the seal cannot be had now.

    """
    try:
        pdf = making(content)
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
