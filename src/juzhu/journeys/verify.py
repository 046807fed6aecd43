"""Checking a sheet or a share code in public: masked data, every look in the holder's ledger."""

from dataclasses import dataclass
from datetime import date, datetime

from juzhu import wiring
from juzhu.domain.identity import mask_name
from juzhu.domain.sheet import CHECK_CODE_LENGTH, SHARE_CODE_LENGTH, read_code, standing_of
from juzhu.domain.verification import verify
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.contracts import CheckResult, CheckView, ShareField
from juzhu.ports.sheets import FileProblem

Periods = tuple[tuple[date, date], ...]
"""First and last day of each (inclusive), oldest first."""


def by_code(text: str, *, at: datetime) -> CheckView | None:
    """Return the answer for a typed check code; None when the text cannot be a code."""
    code = read_code(text, length=CHECK_CODE_LENGTH)
    if code is None:
        return None
    return _answered(sheets.check_code(code, at.date()), at)


def by_file(file: bytes, *, at: datetime) -> tuple[CheckView, FileProblem | None]:
    """Return the answer for an uploaded file, and what is wrong with the file itself.

    True needs both: our seal over the whole file, and the very bytes that were issued.
    """
    verdict = wiring.sheet_files().examine(file)
    if verdict.problem is not None:
        ours = verdict.problem is FileProblem.CHANGED
        result = CheckResult.DAMAGED if ours else CheckResult.UNKNOWN
        return CheckView(result=result), verdict.problem
    found = sheets.check_file(verdict.sha256, at.date())
    if found is None:  # our seal, but not these bytes: padding or the like was touched
        return CheckView(result=CheckResult.DAMAGED), FileProblem.CHANGED
    return _answered(found, at), None


def _answered(found: tuple[int, CheckView] | None, at: datetime) -> CheckView:
    if found is None:
        return CheckView(result=CheckResult.UNKNOWN)
    sheet_id, answer = found
    sheet_services.note_check(sheet_id=sheet_id, at=at, result=answer.result)
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a share code shows, as of now; only the listed fields are filled."""

    purpose: str
    expires_on: date
    shown: dict[ShareField, str | date | Periods]


def by_share_code(text: str, birth_date: date, *, at: datetime) -> Shared | None:
    """Open a share code with its holder's birth date; every reason to refuse looks the same."""
    code = read_code(text, length=SHARE_CODE_LENGTH)
    if code is None:
        return None
    opened = sheet_services.use_share(code=code, birth_date=f"{birth_date:%Y%m%d}", at=at)
    if opened is None:
        return None
    person_id, share = sheets.share_by_id(opened)
    permit = permits.permit_of(person_id, at.date())
    shown: dict[ShareField, str | date | Periods] = {}
    if ShareField.NAME in share.fields:
        shown[ShareField.NAME] = mask_name(people.person(person_id).name)
    if permit is not None:
        status = permit.status
        known: dict[ShareField, str | date | Periods] = {
            ShareField.STANDING: standing_of(status.state),
            ShareField.VALID_THROUGH: status.valid_through,
            ShareField.CONTINUOUS_SINCE: status.continuous_since,
            ShareField.FIRST_ISSUED_ON: status.issued_on,
            ShareField.HELD_PERIODS: _held(person_id, at.date()),
        }
        shown |= {name: value for name, value in known.items() if name in share.fields}
    return Shared(purpose=share.purpose, expires_on=share.expires_on, shown=shown)


def _held(person_id: int, on: date) -> Periods:
    return verify(permits.histories([person_id]).get(person_id, []), on).held_periods


def status_list(number: int, *, at: datetime) -> bytes | None:
    """Return the signed status list, None when it does not exist. Anybody may fetch it."""
    if not sheets.list_exists(number):
        return None
    return wiring.proofs().status_list(
        number=number,
        statuses=sheets.statuses(number, at.date()),
        at=at,
        uri=wiring.status_list_url(number),
    )
