"""Sheets and share codes in the register."""

from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from juzhu.domain.permit import ActionKind, CancelReason
from juzhu.domain.sheet import CHECK_CODE_LENGTH, SheetContent, Standing
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.people import queries as people
from juzhu.modules.permits import services as permit_services
from juzhu.modules.sheets import queries, services
from juzhu.modules.sheets.contracts import CheckResult, Hold, ShareField, SheetState
from juzhu.modules.sheets.models import Sheet
from juzhu.modules.sheets.queries import SheetNotFoundError
from tests.factories import NOON, TODAY, a_person, looks_of, noon

pytestmark = pytest.mark.django_db
PDF = b"%PDF a sealed file"


def holder(issued=TODAY):
    person_id = a_person()
    permit = permit_services.issue(person_id=person_id, on=issued, at=noon(issued), occasion="SL0")
    return person_id, permit


def content(sheet_id, permit, at=NOON):
    person = people.person(permit.person_id)
    sheet = queries.sheet_by_id(sheet_id)
    return SheetContent(
        number=sheet.number,
        check_code=queries.code_to_print(sheet_id),
        name=person.name,
        sex="男",
        ethnic_group="汉",
        birth_date=date(1990, 1, 1),
        id_number=person.id_number,
        photo=None,
        address="",
        permit_number=permit.number,
        first_issued_on=permit.status.issued_on,
        last_endorsed_on=None,
        valid_through=permit.status.valid_through,
        standing=Standing.VALID,
        since=None,
        window_opens=None,
        window_closes=None,
        purpose=sheet.purpose,
        made_at=at,
        verify_url="https://example.test/verify/",
        token="1",
    )


def a_sheet(permit, key="k", at=NOON, pdf=PDF):
    sheet_id = services.ask(
        person_id=permit.person_id, permit_id=permit.id, purpose="子女入学", key=key, at=at
    )
    pdf = pdf + key.encode() + str(sheet_id).encode()
    services.keep(
        sheet_id=sheet_id,
        content=content(sheet_id, permit, at),
        pdf=pdf,
        sha256=sha256(pdf).digest(),
        at=at,
    )
    return queries.sheet_by_id(sheet_id)


def test_a_kept_sheet_has_its_code_its_file_and_its_ledger_entry():
    person_id, permit = holder()

    sheet = a_sheet(permit)

    assert sheet.state is SheetState.MADE
    assert len(sheet.check_code) == CHECK_CODE_LENGTH
    assert queries.file_of(person_id, sheet.number).startswith(PDF)
    assert [look.occasion for look in looks_of(person_id)] == [sheet.number]


@pytest.mark.django_db(transaction=True)
def test_asking_again_with_the_key_gives_the_first_sheet():
    _, permit = holder()
    who = {"person_id": permit.person_id, "permit_id": permit.id, "purpose": "x", "at": NOON}

    assert services.ask(key="k", **who) == services.ask(key="k", **who)


def test_keeping_twice_changes_nothing():
    _, permit = holder()
    sheet = a_sheet(permit)

    services.keep(
        sheet_id=sheet.id, content=content(sheet.id, permit), pdf=b"x", sha256=b"x" * 32, at=NOON
    )

    assert queries.sheet_by_id(sheet.id) == sheet


def test_a_sheet_that_took_its_time_is_announced():
    person_id, permit = holder()
    sheet_id = services.ask(person_id=person_id, permit_id=permit.id, purpose="x", key="k", at=NOON)
    later = NOON + timedelta(minutes=5)

    services.keep(
        sheet_id=sheet_id,
        content=content(sheet_id, permit, later),
        pdf=PDF,
        sha256=sha256(PDF).digest(),
        at=later,
    )

    assert [m.occasion for m in notices.inbox(person_id)] == [Occasion.SHEET_READY]


def test_a_rare_character_holds_the_sheet_and_says_so():
    person_id, permit = holder()
    sheet_id = services.ask(person_id=person_id, permit_id=permit.id, purpose="x", key="k", at=NOON)

    services.hold(sheet_id=sheet_id, reason=Hold.GLYPH, characters="𱁬", at=NOON)

    sheet = queries.sheet_by_id(sheet_id)
    assert (sheet.state, sheet.held_for) == (SheetState.HELD, "𱁬")
    assert [m.occasion for m in notices.inbox(person_id)] == [Occasion.SHEET_HELD]


def test_a_released_sheet_may_be_held_again_and_is_told_once():
    person_id, permit = holder()
    sheet_id = services.ask(person_id=person_id, permit_id=permit.id, purpose="x", key="k", at=NOON)

    for _ in range(2):
        services.hold(sheet_id=sheet_id, reason=Hold.PHOTO, at=NOON)
        services.release(sheet_id=sheet_id, actor="officer:0042", at=NOON)

    assert queries.sheet_by_id(sheet_id).state is SheetState.ASKED
    assert [m.occasion for m in notices.inbox(person_id)] == [Occasion.SHEET_PHOTO]
    with pytest.raises(SheetNotFoundError):
        services.release(sheet_id=sheet_id, actor="officer:0042", at=NOON)


def test_the_officers_list_shows_the_longest_waiting_first():
    person_id, permit = holder()
    sheets = [
        services.ask(person_id=person_id, permit_id=permit.id, purpose="x", key=key, at=at)
        for key, at in (("later", NOON + timedelta(hours=1)), ("first", NOON), ("made", NOON))
    ]
    for sheet_id in sheets[:2]:
        services.hold(sheet_id=sheet_id, reason=Hold.GLYPH, characters="𱁬", at=NOON)

    found = queries.held()

    assert [one.sheet_id for one in found] == [sheets[1], sheets[0]]
    assert (found[0].hold, found[0].characters, found[0].person_id) == (Hold.GLYPH, "𱁬", person_id)


@pytest.mark.parametrize(
    "fields", [{"state": "held"}, {"hold": "photo"}, {"state": "held", "hold": "x"}]
)
def test_the_database_holds_no_sheet_without_a_reason_and_no_reason_without_a_hold(fields):
    person_id, permit = holder()
    sheet_id = services.ask(person_id=person_id, permit_id=permit.id, purpose="x", key="k", at=NOON)

    with pytest.raises(IntegrityError):
        Sheet.objects.filter(pk=sheet_id).update(**fields)


class TestCheck:
    """What a public check answers as time goes by."""

    def check(self, sheet, on=TODAY):
        found = queries.check_code(sheet.check_code, on)
        return None if found is None else found[1]

    def test_true_with_masked_data_only(self):
        _, permit = holder()
        answer = self.check(a_sheet(permit))

        assert answer.result is CheckResult.TRUE
        assert "*" in answer.name
        assert "*" in answer.id_number

    def test_changed_once_suspended_or_endorsed(self):
        _, permit = holder(date(2025, 11, 26))
        sheet = a_sheet(permit)

        suspended = self.check(sheet, date(2026, 11, 26))
        permit_services.act(
            permit_id=permit.id, kind=ActionKind.ENDORSED, on=TODAY, at=NOON, occasion="QZ1"
        )
        endorsed = self.check(sheet)

        assert (suspended.result, suspended.standing_now) == (
            CheckResult.CHANGED,
            Standing.SUSPENDED,
        )
        assert (endorsed.result, endorsed.valid_through_now) == (
            CheckResult.CHANGED,
            date(2027, 11, 25),
        )

    def test_withdrawn(self):
        person_id, permit = holder()
        sheet = a_sheet(permit)

        services.withdraw(person_id=person_id, number=sheet.number, at=NOON)

        assert self.check(sheet).result is CheckResult.WITHDRAWN
        assert queries.file_of(person_id, sheet.number) is None

    def test_unknown_for_another_code_and_for_a_sheet_not_made(self):
        _, permit = holder()
        sheet_id = services.ask(
            person_id=permit.person_id, permit_id=permit.id, purpose="x", key="k", at=NOON
        )

        assert queries.check_code(queries.code_to_print(sheet_id), TODAY) is None
        assert queries.check_code("0" * 12, TODAY) is None

    def test_a_file_is_found_by_its_bytes_only(self):
        _, permit = holder()
        sheet = a_sheet(permit)
        pdf = queries.file_of(permit.person_id, sheet.number)

        assert queries.check_file(sha256(pdf).digest(), TODAY)[0] == sheet.id
        assert queries.check_file(sha256(pdf + b"\0").digest(), TODAY) is None


def test_the_status_list_tells_two_bits_for_each_place():
    _, valid = holder()
    _, suspended = holder(date(2025, 11, 26))
    _, cancelled = holder()
    withdrawn_by, withdrawn = holder()
    sheets = [a_sheet(permit) for permit in (valid, suspended, cancelled, withdrawn)]
    permit_services.act(
        permit_id=cancelled.id,
        kind=ActionKind.CANCELLED,
        on=TODAY,
        at=NOON,
        occasion="x",
        reason=CancelReason.OWN_REQUEST,
    )
    services.withdraw(person_id=withdrawn_by, number=sheets[3].number, at=NOON)

    number = queries.place(sheets[0].id)[0]
    packed = queries.statuses(number, date(2026, 11, 26))

    def status(sheet):
        index = queries.place(sheet.id)[1]
        return packed[index // 4] >> (index % 4 * 2) & 3

    assert [status(sheet) for sheet in sheets] == [0, 2, 1, 3]
    assert sum(byte != 0 for byte in packed) <= 3


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = sha256('other')",
        "list_index = list_index + 1",
        "check_digest = sha256('x')",
    ],
)
def test_the_proof_of_a_sheet_never_changes(change):
    _, permit = holder()
    a_sheet(permit)

    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="does not change"),
        transaction.atomic(),
    ):
        cursor.execute(f"UPDATE sheets_sheet SET {change}")


@pytest.mark.parametrize("command", ["withdraw", "file_of", "sheet_of"])
def test_other_peoples_sheets_look_absent(command):
    _, permit = holder()
    number, stranger = a_sheet(permit).number, a_person()

    def ask():
        if command == "withdraw":
            return services.withdraw(person_id=stranger, number=number, at=NOON)
        return getattr(queries, command)(stranger, number)

    with pytest.raises(SheetNotFoundError):
        ask()


def test_files_go_after_their_weeks_and_proofs_stay():
    person_id, permit = holder()
    sheet = a_sheet(permit)

    gone = services.forget_files(on=NOON + timedelta(days=31))

    assert gone == 1
    assert queries.file_of(person_id, sheet.number) is None
    assert queries.check_code(sheet.check_code, TODAY) is not None


class TestShareCodes:
    def code(self, person_id, days=7, tell_me=False, fields=(ShareField.STANDING,), key=None):
        share_id = services.share(
            person_id=person_id,
            key=key or uuid4().hex,
            purpose="租房",
            fields=fields,
            days=days,
            tell_me=tell_me,
            at=NOON,
        )
        return queries.share_by_id(share_id)[1]

    def use(self, person_id, share, at=NOON, birth=None):
        birth = birth or people.person(person_id).id_number[6:14]
        return services.use_share(code=share.code, birth_date=birth, at=at)

    def test_it_opens_with_the_birth_date_and_is_in_the_holders_ledger(self):
        person_id, _ = holder()
        share = self.code(person_id, tell_me=True)

        assert self.use(person_id, share) == share.id
        assert queries.share_by_id(share.id)[1].uses == 1
        assert [look.who for look in looks_of(person_id)] == ["share:code"]
        assert [m.occasion for m in notices.inbox(person_id)] == [Occasion.SHARE_USED]

    def test_every_refusal_looks_the_same(self):
        person_id, _ = holder()
        share, revoked = self.code(person_id), self.code(person_id)
        services.revoke(person_id=person_id, share_id=revoked.id, at=NOON)

        assert self.use(person_id, share, birth="19000101") is None
        assert self.use(person_id, revoked) is None
        assert self.use(person_id, share, at=NOON + timedelta(days=7)) is None
        assert services.use_share(code="0" * 9, birth_date="19900101", at=NOON) is None

    def test_it_is_good_through_its_last_day(self):
        person_id, _ = holder()
        share = self.code(person_id, days=1)

        assert share.expires_on == TODAY
        assert self.use(person_id, share, at=NOON.replace(hour=23, minute=59)) == share.id

    @pytest.mark.parametrize("days", [0, 91])
    def test_only_one_to_ninety_days(self, days):
        with pytest.raises(ValueError, match="1 to 90"):
            self.code(a_person(), days=days)

    def test_a_strangers_code_cannot_be_revoked(self):
        person_id, _ = holder()
        share = self.code(person_id)

        with pytest.raises(SheetNotFoundError):
            services.revoke(person_id=a_person(), share_id=share.id, at=NOON)

    def test_the_same_key_is_the_same_code(self):
        person_id, _ = holder()

        assert self.code(person_id, key="k") == self.code(person_id, key="k")


class TestPublicMisses:
    def test_thirty_within_ten_minutes_close_the_door_until_the_first_is_old(self):
        for second in range(30):
            services.miss(source="192.0.2.1", at=NOON + timedelta(seconds=second))
        last = NOON + timedelta(seconds=29)

        assert queries.closed_until("192.0.2.1", last) == NOON + timedelta(minutes=10)
        assert queries.closed_until("192.0.2.1", NOON + timedelta(minutes=10)) is None
        assert queries.closed_until("192.0.2.2", last) is None

    def test_twenty_nine_do_not(self):
        for _ in range(29):
            services.miss(source="192.0.2.1", at=NOON)

        assert queries.closed_until("192.0.2.1", NOON) is None

    def test_they_are_forgotten(self):
        services.miss(source="192.0.2.1", at=NOON)

        assert services.forget_misses(before=NOON) == 0
        assert services.forget_misses(before=NOON + timedelta(seconds=1)) == 1
