"""A department asks about people: read the questions, answer them, sign the answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
import structlog

from juzhu import wiring
from juzhu.domain.identity import NumberError, normalise_name, parse_id_number
from juzhu.domain.permit import PermitHistoryError
from juzhu.domain.sheet import SHARE_CODE_LENGTH, read_code
from juzhu.journeys import exchange_answer, replicas
from juzhu.journeys.exchange_answer import Shape
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.partners.contracts import Caller, Grant
from juzhu.modules.people import services as people
from juzhu.modules.verifications import services as verifications
from juzhu.modules.verifications import shared
from juzhu.modules.verifications.contracts import (
    Asker,
    Call,
    Freshness,
    Look,
    Proof,
    Told,
    Unanswerable,
)
from juzhu.modules.verifications.shared import SharedQuestion

log = structlog.get_logger()

LONGEST_NAME: Final = 100
MOST_ERRORS: Final = 100
"""So many mistakes of one request are listed; mending them shows the rest."""
ALWAYS_SHOWN: Final = ("status", "valid_through")


class Identity(msgspec.Struct, forbid_unknown_fields=True):
    """Who is asked about, as sent, and as of which day; None is today."""

    id_number: str
    name: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One request: about whom, by whom, in which shape the answer goes back."""

    asker: Asker
    people: Sequence[Identity] = field(repr=False)
    request_sha256: bytes
    shape: Shape


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a question; the text never repeats what was sent."""

    place: int
    member: str
    detail: str


@dataclass(slots=True)
class MistakenError(Exception):
    """A request that cannot be asked: nothing of it was answered or written down."""

    mistakes: Sequence[Mistake]


Outcome = Proof | MistakenError | Unanswerable


def asker(caller: Caller, grant: Grant) -> Asker:
    """Return who asks, for one purpose the caller is granted."""
    return asker_of(caller.partner_id, caller.actor, grant)


def asker_of(partner_id: int, actor: str, grant: Grant) -> Asker:
    """Return who asks, from the registry alone."""
    return Asker(
        partner_id=partner_id,
        actor=actor,
        purpose=Purpose(grant.scope.purpose),
        basis=grant.legal_basis,
        fields=(*ALWAYS_SHOWN, *(it.value for it in grant.fields)),
        confidential=timedelta(days=grant.confidential_days),
        per_subject_per_day=grant.per_subject_per_day,
    )


def answer(questions: Sequence[Question]) -> list[Outcome]:
    """Answer questions in one transaction; every look is in its holder's ledger when this returns.

    Raises:
        OperationalError, InterfaceError: the database went away. Nothing was answered; the looks
            may be in the ledger.
        ClockUnavailableError: nobody knows what day it is.

    """
    at = wiring.clock().now()
    outcomes: dict[int, Outcome] = {}
    calls: list[Call] = []
    places: list[int] = []
    for place, question in enumerate(questions):
        try:
            looks = [look(it, n, at.date()) for n, it in enumerate(question.people)]
        except MistakenError:
            outcomes[place] = MistakenError(mistakes(question.people, at.date()))
            continue
        receipt_id = verifications.new_receipt_id(at)
        calls.append(Call(receipt_id, question.asker, looks, question.request_sha256))
        places.append(place)
    if calls:
        shapes = {
            call.receipt_id: questions[place].shape
            for call, place in zip(calls, places, strict=True)
        }
        outcomes |= zip(places, answered(calls, shapes, at), strict=True)
    return [outcomes[place] for place in range(len(questions))]


def answered(
    calls: Sequence[Call], shapes: dict[UUID, Shape], at: datetime
) -> Sequence[Proof | Unanswerable]:
    """Answer checked calls in one transaction; see `answer`.

    The register is read from a replica while one is fresh, else in the same transaction; the answer
    says up to when everything recorded is in it.
    """
    copy = replicas.read(calls)
    fresh = Freshness(checked_at=at, data_as_of=at - copy.age if copy else at)
    keys = wiring.exchange_keys()

    def finish(call: Call, told: Sequence[Told]) -> Proof:
        return exchange_answer.signed(call, told, fresh, shapes[call.receipt_id], keys)

    return verifications.answer(calls, at=at, finish=finish, found=copy.found if copy else None)


def answer_shared(
    asking: Asker, *, share_code: str, birth_date: date, request_sha256: bytes
) -> Proof | MistakenError | Unanswerable:
    """Answer about the holder of a share code, as of today; the use is told as they wished."""
    at = wiring.clock().now()
    code = read_code(share_code, length=SHARE_CODE_LENGTH)
    if code is None:
        return MistakenError([Mistake(0, "share_code", f"{SHARE_CODE_LENGTH} characters needed")])
    keys = wiring.exchange_keys()

    def finish(call: Call, told: Sequence[Told]) -> Proof:
        fresh = Freshness(checked_at=at, data_as_of=at)
        return exchange_answer.signed(call, told, fresh, Shape.SINGLE, keys)

    try:
        return shared.answer(
            SharedQuestion(code, f"{birth_date:%Y%m%d}", request_sha256),
            asker=asking,
            receipt_id=verifications.new_receipt_id(at),
            at=at,
            finish=finish,
        )
    except PermitHistoryError:
        log.exception("exchange.unanswerable")
        return Unanswerable("the holder of a share code")


def look(who: Identity, place: int, today: date) -> Look:
    """Return one question about one person, checked.

    Raises:
        MistakenError: the number cannot be anybody's, the name is empty or too long, or the day
            has not come yet.

    """
    try:
        number = parse_id_number(who.id_number, on=today).number
    except NumberError as error:
        raise MistakenError([Mistake(place, "id_number", str(error))]) from None
    name = normalise_name(who.name) if len(who.name) <= LONGEST_NAME else ""
    if not name:
        detail = f"1 to {LONGEST_NAME} characters needed"
        raise MistakenError([Mistake(place, "name", detail)])
    if who.as_of is not None and who.as_of > today:
        detail = f"{who.as_of} has not come yet: today or a past day"
        raise MistakenError([Mistake(place, "as_of", detail)])
    return Look(people.digest_of(number), name, who.as_of or today)


def mistakes(asked: Sequence[Identity], today: date) -> list[Mistake]:
    """Return what is wrong with the questions, the first MOST_ERRORS of it."""
    found: list[Mistake] = []
    for place, who in enumerate(asked):
        try:
            look(who, place, today)
        except MistakenError as error:
            found += error.mistakes
            if len(found) == MOST_ERRORS:
                break
    return found
