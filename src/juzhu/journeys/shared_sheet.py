"""A department fetches a sealed sheet with the code that its holder gave it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from juzhu.domain.sheet import SHARE_CODE_LENGTH, read_code
from juzhu.journeys import sheets as journey
from juzhu.journeys.sheet_content import NotReadyError
from juzhu.modules.sheets import queries, services
from juzhu.modules.sheets.contracts import ShareField, SheetState


@dataclass(frozen=True, slots=True)
class FetchedSheet:
    """A sheet as it is handed over: its number and the sealed file."""

    number: str
    pdf: bytes = field(repr=False)


def fetch(
    text: str, birth_date: date, *, actor: str, basis: str, at: datetime
) -> FetchedSheet | None:
    """Return the sheet of the holder of a share code; every reason to refuse is None.

    The holder must have chosen that this code gives the sheet. It is made for the code's purpose,
    once a day for each department. Only a sheet that is handed over counts as a use; each hand-over
    stands in the holder's ledger before the file leaves.

    Args:
        text: the code as typed.
        birth_date: of the holder.
        actor: the department, as `partner:…`.
        basis: its legal basis.
        at: when.

    Raises:
        NotReadyError: something is silent, or an officer has to look at the sheet first.

    """
    code, born = read_code(text, length=SHARE_CODE_LENGTH), f"{birth_date:%Y%m%d}"
    if code is None:
        return None
    share = queries.would_open(code=code, birth_date=born, at=at)
    if share is None or ShareField.SHEET not in share.fields:
        return None
    sheet = journey.order(
        person_id=share.person_id,
        purpose=share.purpose,
        key=f"share-{share.share_id}-{at:%Y%m%d}-{actor}"[:64],
        at=at,
        asked_by=actor,
        basis=basis,
    )
    if sheet is None:
        return None
    if sheet.state is not SheetState.MADE:
        raise NotReadyError("the sheet follows")
    pdf = queries.file_of(sheet.person_id, sheet.number)
    if pdf is None:  # withdrawn by its holder
        return None
    taken = services.take_shared_sheet(
        code=code, birth_date=born, number=sheet.number, actor=actor, basis=basis, at=at
    )
    return FetchedSheet(sheet.number, pdf) if taken else None
