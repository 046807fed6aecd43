"""Reading sheets and share codes."""

import json
import secrets
from datetime import date, datetime, timedelta

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.timezone import localtime

from juzhu.domain.identity import mask_id_number, mask_name
from juzhu.domain.sheet import Standing, standing_of
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.sheets.codes import (
    FILE_DAYS,
    LIST_SIZE,
    MISS_TIME,
    MOST_MISSES,
    check_digest,
    share_digest,
)
from juzhu.modules.sheets.contracts import (
    CheckResult,
    CheckView,
    HeldSheet,
    Hold,
    OpenedShare,
    ShareField,
    ShareView,
    SheetState,
    SheetView,
)
from juzhu.modules.sheets.models import PublicMiss, Share, Sheet, SheetFile


class SheetNotFoundError(LookupError):
    """This person has no such sheet or share code."""


def sheet_of(person_id: int, number: str) -> SheetView:
    """Return the person's own sheet; raise SheetNotFoundError for anybody else's."""
    row = Sheet.objects.filter(person_id=person_id, number=number).first()
    if row is None:
        raise SheetNotFoundError(number)
    return _view(row)


def sheet_by_id(sheet_id: int) -> SheetView:
    """Return a sheet by our own number of it."""
    return _view(Sheet.objects.get(pk=sheet_id))


def sheets_of(person_id: int, limit: int = 50) -> list[SheetView]:
    """Return the person's sheets, newest first."""
    rows = Sheet.objects.filter(person_id=person_id).order_by("-asked_at", "-pk")[:limit]
    return [_view(row) for row in rows]


def held(limit: int = 100) -> list[HeldSheet]:
    """Return the sheets an officer has to look at, the one longest asked for first."""
    rows = Sheet.objects.filter(state=SheetState.HELD).order_by("asked_at", "pk")[:limit]
    return [
        HeldSheet(
            sheet_id=row.pk,
            number=row.number,
            person_id=row.person_id,
            hold=Hold(row.hold),
            characters=row.held_for or "",
            asked_at=row.asked_at,
        )
        for row in rows
    ]


def place(sheet_id: int) -> tuple[int, int]:
    """Return (list, index) of a sheet in the status lists."""
    return Sheet.objects.values_list("list_number", "list_index").get(pk=sheet_id)


def holder_of(number: str) -> int | None:
    """Return whose sheet has this number, None when there is none."""
    return Sheet.objects.filter(number=number).values_list("person_id", flat=True).first()


def printed_number(sheet_id: int) -> str:
    """Return the citizen number that a made sheet prints, whole."""
    return str(json.loads(Sheet.objects.get(pk=sheet_id).printed)["id_number"])


def code_to_print(sheet_id: int) -> str:
    """Return the check code that the sheet prints."""
    return str(Sheet.objects.get(pk=sheet_id).check_code)


def file_of(person_id: int, number: str) -> bytes | None:
    """Return the sealed file, None when its weeks are over or it is not made yet.

    Raises:
        SheetNotFoundError: not this person's sheet.

    """
    sheet = sheet_of(person_id, number)
    row = SheetFile.objects.filter(pk=sheet.id).first()
    return None if row is None or sheet.withdrawn_at is not None else bytes(row.pdf)


def check_code(code: str, on: date) -> tuple[int, CheckView] | None:
    """Return (sheet, answer) for a check code as kept; None when none was made under it."""
    row = Sheet.objects.filter(check_digest=check_digest(code), state=SheetState.MADE).first()
    return None if row is None else (row.pk, _check(row, on))


def check_file(sha256: bytes, on: date) -> tuple[int, CheckView] | None:
    """Return (sheet, answer) for a file's digest; None when no file of ours has these bytes."""
    row = Sheet.objects.filter(sha256=sha256).first()
    return None if row is None else (row.pk, _check(row, on))


def statuses(list_number: int, on: date) -> bytes:
    """Return a status list's bytes as of `on`, two bits a place, low bits first.

    0 valid, 1 cancelled, 2 suspended, 3 withdrawn. A place that was never given reads as valid:
    the list says nothing about who exists.
    """
    rows = Sheet.objects.filter(list_number=list_number, state=SheetState.MADE).annotate(
        status=Case(
            When(withdrawn_at__isnull=False, then=Value(3)),
            When(permit__ends_on__lte=on, then=Value(1)),
            When(permit__suspended_from__lte=on, then=Value(2)),
            default=Value(0),
            output_field=IntegerField(),
        )
    )
    packed = bytearray(LIST_SIZE // 4)
    for index, status in rows.exclude(status=0).values_list("list_index", "status"):
        packed[index // 4] |= status << (index % 4 * 2)
    return bytes(packed)


def list_exists(list_number: int) -> bool:
    """Say whether any sheet has a place in this list."""
    return Sheet.objects.filter(list_number=list_number).exists()


def closed_until(source: str, at: datetime) -> datetime | None:
    """Return until when public checks from `source` are refused; None when they are not.

    Only misses count, so a counter that checks real sheets all day is never stopped.
    """
    recent = PublicMiss.objects.filter(source=source, at__gt=at - MISS_TIME).order_by("-at")
    times = list(recent.values_list("at", flat=True)[:MOST_MISSES])
    return times[-1] + MISS_TIME if len(times) == MOST_MISSES else None


def share_of(person_id: int, share_id: int) -> ShareView:
    """Return the person's own share code; raise SheetNotFoundError for anybody else's."""
    row = Share.objects.filter(person_id=person_id, pk=share_id).first()
    if row is None:
        raise SheetNotFoundError(str(share_id))
    return _share(row)


def shares_of(person_id: int) -> list[ShareView]:
    """Return the person's share codes, newest first."""
    return [_share(row) for row in Share.objects.filter(person_id=person_id).order_by("-pk")]


def share_that_opens(
    shares: QuerySet[Share], *, code: str, birth_date: str, at: datetime
) -> Share | None:
    """Return the share of a code that opens with its holder's birth date, among `shares`."""
    found = shares.filter(digest=share_digest(code)).first()
    if found is None or found.revoked_at is not None or at.date() > found.expires_on:
        return None
    born = people.person(found.person_id).id_number[6:14]
    return found if secrets.compare_digest(born, birth_date) else None


def opened(found: Share) -> OpenedShare:
    """Return what a share that opens shows."""
    fields = tuple(ShareField(name) for name in found.fields.split(","))
    return OpenedShare(found.pk, found.person_id, found.purpose, fields)


def would_open(*, code: str, birth_date: str, at: datetime) -> OpenedShare | None:
    """Return what a share code would show; nothing is shown or counted yet."""
    found = share_that_opens(Share.objects.all(), code=code, birth_date=birth_date, at=at)
    return None if found is None else opened(found)


def share_by_id(share_id: int) -> tuple[int, ShareView]:
    """Return (holder, share code)."""
    row = Share.objects.get(pk=share_id)
    return row.person_id, _share(row)


def _share(row: Share) -> ShareView:
    return ShareView(
        id=row.pk,
        code=row.code,
        purpose=row.purpose,
        fields=tuple(ShareField(name) for name in row.fields.split(",")),
        made_at=row.made_at,
        expires_on=row.expires_on,
        revoked_at=row.revoked_at,
        uses=row.uses,
        tell_me=row.tell_me,
    )


def _view(row: Sheet) -> SheetView:
    made = row.state == SheetState.MADE
    return SheetView(
        id=row.pk,
        number=row.number,
        person_id=row.person_id,
        state=SheetState(row.state),
        purpose=row.purpose,
        asked_at=row.asked_at,
        made_at=row.made_at,
        check_code=row.check_code if made else "",
        standing=Standing(row.standing) if row.standing else None,
        valid_through=row.valid_through,
        hold=Hold(row.hold) if row.hold else None,
        held_for=row.held_for or "",
        file_until=localtime(row.made_at or row.asked_at).date() + timedelta(days=FILE_DAYS),
        withdrawn_at=row.withdrawn_at,
    )


def _check(row: Sheet, on: date) -> CheckView:
    printed = json.loads(row.printed or "{}")
    now = permits.permit_by_id(row.permit_id, on)
    then = Standing(row.standing)
    return CheckView(
        result=_result(row.withdrawn_at, then, row.valid_through, now),
        name=mask_name(printed["name"]),
        id_number=mask_id_number(printed["id_number"]),
        purpose=row.purpose,
        made_at=row.made_at,
        standing_then=then,
        valid_through_then=row.valid_through,
        standing_now=standing_of(now.status.state),
        valid_through_now=now.status.valid_through,
    )


def _result(
    withdrawn_at: datetime | None, then: Standing, through: date | None, now: PermitView
) -> CheckResult:
    if withdrawn_at is not None:
        return CheckResult.WITHDRAWN
    same = standing_of(now.status.state) is then and now.status.valid_through == through
    return CheckResult.TRUE if same else CheckResult.CHANGED
