"""Commands on sheets and share codes; each is one transaction."""

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from juzhu.domain.sheet import CHECK_CODE_LENGTH, SHARE_CODE_LENGTH, SheetContent, grouped
from juzhu.modules import queue
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import NewEntry, Purpose
from juzhu.modules.mandates import services as mandates
from juzhu.modules.mandates.contracts import Task
from juzhu.modules.notices import services as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.sheets import queries
from juzhu.modules.sheets.codes import (
    FILE_DAYS,
    LIST_SIZE,
    MOST_SHARE_DAYS,
    SHEETS_PER_LIST,
    check_digest,
    new_code,
    share_digest,
)
from juzhu.modules.sheets.contracts import Hold, OpenedShare, ShareField, SheetState
from juzhu.modules.sheets.models import PublicMiss, Share, Sheet, SheetFile
from juzhu.modules.sheets.queries import SheetNotFoundError

_HELD: Final = {Hold.GLYPH: Occasion.SHEET_HELD, Hold.PHOTO: Occasion.SHEET_PHOTO}
FIRST_RESCUE_SECONDS: Final = 10
"""A sheet whose process died is made by a job after this long."""


def ask(
    *,
    person_id: int,
    permit_id: int,
    purpose: str,
    key: str,
    at: datetime,
    asked_by: str = "",
    basis: str = "",
    mandate_id: int | None = None,
) -> int:
    """Note that a sheet is wanted and have it made; the same key is the same sheet.

    The job makes it even if this process dies before the seal is on.

    Args:
        person_id: the holder.
        permit_id: of the permit it is about.
        purpose: what it is for.
        key: idempotency key.
        at: when.
        asked_by: the officer who wants it, as `officer:…`; "" for the holder.
        basis: on which legal occasion, if it is an officer.
        mandate_id: the mandate under which a relative or friend asks, None when nobody does.

    Raises:
        NotMandatedError: the mandate does not cover it.

    """
    wish = {
        "person_id": person_id,
        "permit_id": permit_id,
        "purpose": purpose,
        "key": key,
        "asked_at": at,
        "asked_by": asked_by,
        "basis": basis,
    }
    for _ in range(8):
        try:
            return _insert(wish, at, mandate_id)
        except IntegrityError:
            known = Sheet.objects.filter(person_id=person_id, key=key).first()
            if known is not None:
                return known.pk
    raise RuntimeError("no free place in the status list after eight draws")


@transaction.atomic
def _insert(wish: Mapping[str, Any], at: datetime, mandate_id: int | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('sheets_number_seq')")
        serial = cursor.fetchone()[0]
    code = new_code(CHECK_CODE_LENGTH)
    sheet = Sheet.objects.create(
        **wish,
        number=f"XX{at:%Y%m%d}{serial:06d}",
        state=SheetState.ASKED,
        check_code=code,
        check_digest=check_digest(code),
        list_number=serial // SHEETS_PER_LIST,
        list_index=secrets.randbelow(LIST_SIZE),
    )
    if mandate_id is not None:
        mandates.use(
            mandate_id=mandate_id,
            holder_id=sheet.person_id,
            task=Task.SHEET,
            occasion=sheet.number,
            at=at,
        )
    queue.defer(queue.MAKE_SHEET, after_seconds=FIRST_RESCUE_SECONDS, sheet_id=sheet.pk)
    return sheet.pk


@transaction.atomic
def keep(*, sheet_id: int, content: SheetContent, pdf: bytes, sha256: bytes, at: datetime) -> None:
    """Keep a sealed sheet: its digest for good, its file for some weeks; repeating changes nothing.

    A sheet that took more than a moment is announced by a message.
    """
    sheet = Sheet.objects.select_for_update(of=("self",)).get(pk=sheet_id)
    if sheet.state != SheetState.ASKED:
        return
    sheet.state, sheet.made_at, sheet.sha256 = SheetState.MADE, content.made_at, sha256
    sheet.standing, sheet.valid_through = content.standing, content.valid_through
    sheet.printed = json.dumps({"name": content.name, "id_number": content.id_number})
    sheet.save(update_fields=("state", "made_at", "sha256", "standing", "valid_through", "printed"))
    SheetFile.objects.create(sheet=sheet, pdf=pdf, until=at.date() + timedelta(days=FILE_DAYS))
    made = NewEntry(
        person_id=sheet.person_id,
        actor=sheet.asked_by or "system:sheet",
        purpose=Purpose.SHEET,
        at=at,
        fields=("population", "registrations", "permit"),
        occasion=sheet.number,
        basis=sheet.basis,
    )
    audit.record_many([made])
    if at - sheet.asked_at > timedelta(seconds=FIRST_RESCUE_SECONDS):
        _tell(sheet, Occasion.SHEET_READY, at)


@transaction.atomic
def hold(*, sheet_id: int, reason: Hold, characters: str = "", at: datetime) -> None:
    """Hold a sheet for an officer, and say so once.

    Args:
        sheet_id: which.
        reason: what cannot be printed.
        characters: those without a glyph.
        at: when.

    """
    sheet = Sheet.objects.select_for_update(of=("self",)).get(pk=sheet_id)
    if sheet.state != SheetState.ASKED:
        return
    sheet.state, sheet.hold, sheet.held_for = SheetState.HELD, reason, characters or None
    sheet.save(update_fields=("state", "hold", "held_for"))
    _tell(sheet, _HELD[reason], at)


@transaction.atomic
def release(*, sheet_id: int, actor: str, at: datetime) -> None:
    """Have a held sheet made now that a font or the photograph was mended; the holder is told.

    If something still cannot be printed it is held anew. The act is written in the holder's ledger.

    Args:
        sheet_id: which.
        actor: the officer, as `officer:…`.
        at: when.

    Raises:
        SheetNotFoundError: no sheet of this number is held.

    """
    sheet = (
        Sheet.objects.select_for_update(of=("self",))
        .filter(pk=sheet_id, state=SheetState.HELD)
        .first()
    )
    if sheet is None:
        raise SheetNotFoundError(str(sheet_id))
    sheet.state, sheet.hold, sheet.held_for = SheetState.ASKED, "", None
    sheet.save(update_fields=("state", "hold", "held_for"))
    audit.record(
        person_id=sheet.person_id,
        actor=actor,
        purpose=Purpose.SHEET,
        at=at,
        occasion=sheet.number,
        note="released",
    )
    queue.defer(queue.MAKE_SHEET, sheet_id=sheet.pk)


def _tell(sheet: Sheet, occasion: Occasion, at: datetime) -> None:
    notices.write_once(
        person_id=sheet.person_id,
        occasion=occasion,
        subject=sheet.number,
        values={"number": sheet.number},
        phone=people.person(sheet.person_id).phone,
        at=at,
    )


@transaction.atomic
def withdraw(*, person_id: int, number: str, at: datetime) -> None:
    """Take a sheet back: from now on every check says so. It cannot be undone.

    Raises:
        SheetNotFoundError: not this person's sheet.

    """
    sheet = (
        Sheet.objects.select_for_update(of=("self",))
        .filter(person_id=person_id, number=number)
        .first()
    )
    if sheet is None:
        raise SheetNotFoundError(number)
    if sheet.withdrawn_at is None:
        sheet.withdrawn_at = at
        sheet.save(update_fields=("withdrawn_at",))


def share(
    *,
    person_id: int,
    key: str,
    purpose: str,
    fields: Collection[ShareField],
    days: int,
    tell_me: bool,
    at: datetime,
) -> int:
    """Make a share code for one purpose, good through the `days`-th day from today (1 to 90).

    The same key is the same code.

    Raises:
        ValueError: no field, or days outside 1 to 90.

    """
    if not fields or not 1 <= days <= MOST_SHARE_DAYS:
        raise ValueError("a share code shows at least one field and lasts 1 to 90 days")
    code = new_code(SHARE_CODE_LENGTH)
    wanted = {
        "code": code,
        "digest": share_digest(code),
        "purpose": purpose,
        "fields": ",".join(sorted(set(fields))),
        "made_at": at,
        "expires_on": at.date() + timedelta(days=days - 1),
        "tell_me": tell_me,
    }
    return Share.objects.get_or_create(person_id=person_id, key=key, defaults=wanted)[0].pk


@transaction.atomic
def revoke(*, person_id: int, share_id: int, at: datetime) -> None:
    """End a share code at once; repeating changes nothing.

    Raises:
        SheetNotFoundError: not this person's code.

    """
    found = (
        Share.objects.select_for_update(of=("self",))
        .filter(person_id=person_id, pk=share_id)
        .first()
    )
    if found is None:
        raise SheetNotFoundError(str(share_id))
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=("revoked_at",))


@transaction.atomic
def use_share(*, code: str, birth_date: str, at: datetime) -> int | None:
    """Open a share code for whoever has it; return the code's id, or None.

    As `open_share`, and the use is written to the holder's ledger.
    """
    opened = open_share(code=code, birth_date=birth_date, at=at)
    if opened is None:
        return None
    audit.record(
        person_id=opened.person_id,
        actor="share:code",
        purpose=Purpose.SHARE,
        at=at,
        fields=opened.fields,
        occasion=opened.purpose,
    )
    return opened.share_id


@transaction.atomic
def open_share(*, code: str, birth_date: str, at: datetime) -> OpenedShare | None:
    """Open a share code with its holder's birth date; None when it does not open.

    Every reason to refuse looks the same. A use is counted, and told by message if the holder
    wished so. The caller writes the look to the ledger in the same transaction.

    Args:
        code: nine characters as kept.
        birth_date: as in the citizen number, 19900101.
        at: when.

    """
    shares = Share.objects.select_for_update(of=("self",))
    found = queries.share_that_opens(shares, code=code, birth_date=birth_date, at=at)
    if found is None:
        return None
    holder = people.person(found.person_id)
    found.uses += 1
    found.save(update_fields=("uses",))
    if found.tell_me:
        notices.write(
            person_id=found.person_id,
            occasion=Occasion.SHARE_USED,
            subject=f"share-{found.pk}-{found.uses}",
            values={"purpose": found.purpose, "code": grouped(found.code)[:3] + "…"},
            phone=holder.phone,
            at=at,
        )
    return queries.opened(found)


@transaction.atomic
def take_shared_sheet(
    *, code: str, birth_date: str, number: str, actor: str, basis: str, at: datetime
) -> bool:
    """Note that a department takes a made sheet by a share code; False when it opens no more.

    The use is counted and told as any other, and stands in the holder's ledger.

    Args:
        code: nine characters as kept.
        birth_date: as in the citizen number, 19900101.
        number: of the sheet that is handed over.
        actor: the department, as `partner:…`.
        basis: its legal basis.
        at: when.

    """
    opened = open_share(code=code, birth_date=birth_date, at=at)
    if opened is None or ShareField.SHEET not in opened.fields:
        return False
    taken = NewEntry(
        person_id=opened.person_id,
        actor=actor,
        purpose=Purpose.SHARE,
        at=at,
        fields=(ShareField.SHEET.value,),
        occasion=number,
        basis=basis,
    )
    audit.record_many([taken])
    return True


def miss(*, source: str, at: datetime) -> None:
    """Note that a public check from `source` found nothing.

    Counting is against load, not against guessing, which the length of the codes forbids: of
    32^12 = 1.15e18 check codes a hundred million may be given out, and one source, with thirty
    guesses in ten minutes, hits one in seven thousand years on the average. Of 32^9 = 3.5e13 share
    codes far fewer are alive, and the holder's birth date must be right as well.
    """
    PublicMiss.objects.create(source=source, at=at)


def forget_misses(*, before: datetime) -> int:
    """Delete misses older than `before`; return how many went."""
    return PublicMiss.objects.filter(at__lt=before).delete()[0]


def note_check(*, sheet_id: int, at: datetime, result: str) -> None:
    """Write a public check of a sheet into its holder's ledger."""
    sheet = Sheet.objects.get(pk=sheet_id)
    audit.record(
        person_id=sheet.person_id,
        actor="public:check",
        purpose=Purpose.CHECK,
        at=at,
        fields=("name", "id_number", "standing", "valid_through", "purpose"),
        occasion=sheet.number,
        note=result,
    )


def forget_files(*, on: datetime, limit: int = 1000) -> int:
    """Delete files whose weeks are over; their digests and proofs stay. Return how many went."""
    ids = list(SheetFile.objects.filter(until__lt=on.date()).values_list("pk", flat=True)[:limit])
    return SheetFile.objects.filter(pk__in=ids).delete()[0]
