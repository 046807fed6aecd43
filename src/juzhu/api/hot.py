"""Verifications: the quick handlers. They read the body; a lane answers (see `coalesce`)."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

import msgspec

from juzhu.api import auth, bodies, faults
from juzhu.api.calls import Answer, Call
from juzhu.api.coalesce import Coalescer, CrowdedError
from juzhu.api.problems import Kind, Problem
from juzhu.api.threads import beside
from juzhu.journeys import exchange
from juzhu.journeys.exchange import Identity, MistakenError, Outcome, Question
from juzhu.journeys.exchange_answer import NONE_BEGINS, Shape
from juzhu.modules.partners.contracts import Scope
from juzhu.modules.verifications.contracts import Asker, Proof, Unanswerable
from juzhu.ports.clock import ClockUnavailableError

MOST_ROWS: Final = 1000
RECEIPT_HEADER: Final = faults.RECEIPT
_RETRY_SECONDS: Final = "2"
_STEP_SECONDS: Final = 0.005

T = TypeVar("T")


class OneBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/verifications`: a person by number and name, or by a code they share."""

    purpose: str
    id_number: str | None = None
    name: str | None = None
    as_of: date | None = None
    share_code: str | None = None
    birth_date: date | None = None


class BatchBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/verification-batches`."""

    purpose: str
    people: list[Identity]
    as_of: date | None = None


_ONE: Final = msgspec.json.Decoder(OneBody)
_BATCH: Final = msgspec.json.Decoder(BatchBody)

# Single questions never stand behind a batch: each kind has lanes of its own. Two lanes, so that
# one works while the other waits for the disk; more only take turns on the processor.
_singles: Final[Coalescer[Question, Outcome]] = Coalescer(
    "verify", exchange.answer, lanes=2, most=128, most_waiting=2_000
)
_batches: Final[Coalescer[Question, Outcome]] = Coalescer(
    "verify-batch", exchange.answer, lanes=2, most=1, most_waiting=20_000
)


def stop() -> None:
    """Let the lanes finish and give their connections back."""
    _singles.stop()
    _batches.stop()


async def verify_one(call: Call) -> Answer:
    """Answer about one person.

    Whether somebody is unknown, goes by another name or has no permit costs a few microseconds more
    or less in the database (rows that are read or not). Such answers leave at whole steps of time
    after the question came, so that even many of them do not tell which it was.
    """
    clock = asyncio.get_running_loop().time
    came = clock()
    answer = await _verify_one(call)
    if answer.body.startswith(NONE_BEGINS):
        await asyncio.sleep(_STEP_SECONDS - (clock() - came) % _STEP_SECONDS)
    return answer


async def _verify_one(call: Call) -> Answer:
    asked = _read(call, _ONE, OneBody, _one_members)
    asker = _asker(call, asked.purpose)
    digest = hashlib.sha256(call.body).digest()
    if asked.share_code is not None and asked.birth_date is not None:
        _without(asked, "id_number", "name", "as_of")
        code, born = asked.share_code, asked.birth_date
        return _answer(
            await beside(
                lambda: exchange.answer_shared(
                    asker, share_code=code, birth_date=born, request_sha256=digest
                )
            ),
            pointer="",
        )
    if asked.id_number is None or asked.name is None:
        missing = "birth_date" if asked.share_code else "id_number"
        missing = missing if asked.id_number is None else "name"
        detail = "give id_number and name, or share_code and birth_date"
        raise Problem(Kind.INVALID, errors=[{"pointer": f"/{missing}", "detail": detail}])
    _without(asked, "share_code", "birth_date")
    who = [Identity(asked.id_number, asked.name, asked.as_of)]
    question = Question(asker, who, digest, Shape.SINGLE)
    return await _answered(_singles, question, weight=1, pointer="")


def _without(asked: OneBody, *members: str) -> None:
    """Refuse what does not go with the rest of the question."""
    errors = [
        {"pointer": f"/{name}", "detail": "does not go with the other members"}
        for name in members
        if getattr(asked, name) is not None
    ]
    if errors:
        raise Problem(Kind.INVALID, errors=errors)


async def verify_many(call: Call) -> Answer:
    """Answer about up to a thousand people, in order."""
    asked = _read(call, _BATCH, BatchBody, _batch_members)
    rows = len(asked.people)
    if not 1 <= rows <= MOST_ROWS:
        detail = (
            f"{rows:,} rows: a batch holds 1 to {MOST_ROWS:,}. More go to "
            "/api/v1/verification-jobs."
        )
        raise Problem(Kind.INVALID, detail, errors=[{"pointer": "/people", "detail": detail}])
    if asked.as_of is not None:
        for who in asked.people:
            who.as_of = who.as_of or asked.as_of
    question = Question(
        _asker(call, asked.purpose),
        asked.people,
        hashlib.sha256(call.body).digest(),
        Shape.BATCH,
    )
    return await _answered(_batches, question, weight=rows, pointer="/people/{}")


def _asker(call: Call, purpose: str) -> Asker:
    scope = scope_of(purpose, where={"pointer": "/purpose"})
    return exchange.asker(call.partner, auth.require(call.partner, scope))


def scope_of(purpose: str, *, where: Mapping[str, str]) -> Scope:
    """Return the scope of a purpose; raise Problem INVALID that points to `where`."""
    try:
        return Scope(f"verify:{purpose}")
    except ValueError:
        known = ", ".join(scope.purpose for scope in Scope if scope.purpose)
        raise Problem(Kind.INVALID, errors=[{**where, "detail": f"one of {known}"}]) from None


async def _answered(
    lanes: Coalescer[Question, Outcome], question: Question, *, weight: int, pointer: str
) -> Answer:
    fault = faults.of(question.people)
    faults.refuse(fault)
    try:
        answer = _answer(await lanes.answer(question, weight=weight), pointer)
        return await faults.spoil(fault, answer)
    except CrowdedError:
        raise _come_again("More is being asked than can be answered at once.") from None
    except ClockUnavailableError:
        raise _come_again("The service does not know the day yet.") from None
    except Unanswerable as outcome:
        return _answer(outcome, pointer)
    except MistakenError as outcome:
        return _answer(outcome, pointer)


def _answer(outcome: Outcome, pointer: str) -> Answer:
    match outcome:
        case Proof(answer=body, receipt=receipt):
            return Answer(200, body, {RECEIPT_HEADER: receipt})
        case MistakenError(mistakes=mistakes):
            errors = [
                {"pointer": f"{pointer.format(it.place)}/{it.member}", "detail": it.detail}
                for it in mistakes
            ]
            raise Problem(Kind.INVALID, errors=errors)
        case Unanswerable():
            raise Problem(Kind.FAILED)


def _come_again(detail: str) -> Problem:
    return Problem(Kind.UNAVAILABLE, detail, headers={"Retry-After": _RETRY_SECONDS})


# --- reading -------------------------------------------------------------------------------------

_Members = Sequence[tuple[bytes, int]]


def _one_members(body: OneBody) -> _Members:
    return [
        (f'"{name}"'.encode(), int(getattr(body, name) is not None))
        for name in OneBody.__struct_fields__
    ]


def _batch_members(body: BatchBody) -> _Members:
    rows = len(body.people)
    days = sum(who.as_of is not None for who in body.people) + (body.as_of is not None)
    return (
        (b'"purpose"', 1),
        (b'"people"', 1),
        (b'"id_number"', rows),
        (b'"name"', rows),
        (b'"as_of"', days),
    )


def _read(
    call: Call,
    decoder: "msgspec.json.Decoder[T]",
    kind: type[T],
    members: Callable[[T], _Members],
) -> T:
    """Return the body as `kind`, read as strictly as everywhere, but quickly when it is plain.

    Plain is a body without escapes in which no member can stand twice: no name is there more often
    than the decoded value explains. Anything else takes the strict and slow way, which also finds
    the words for what is wrong.
    """
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(Kind.MEDIA_TYPE, "Send application/json.")
    raw = call.body
    if b"\\" not in raw and b"\0" not in raw:
        try:
            found = decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        else:
            if all(raw.count(name) <= most for name, most in members(found)):
                return found
    return _converted(bodies.read(raw), kind)


def _converted(value: object, kind: type[T]) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        detail, _, where = str(error).partition(" - at `$")
        pointer = where.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")
        raise Problem(Kind.INVALID, errors=[{"pointer": pointer, "detail": detail}]) from None
