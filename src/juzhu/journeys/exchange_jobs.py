"""A department hands in a file of questions: answered in the background, a thousand at a time."""

import hashlib
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec
import structlog
from django.db import transaction

from juzhu import wiring
from juzhu.journeys import exchange, exchange_answer
from juzhu.journeys.exchange import Identity, MistakenError
from juzhu.journeys.exchange_answer import Shape
from juzhu.modules.partners import queries as partners
from juzhu.modules.partners.contracts import Scope
from juzhu.modules.verifications import jobs
from juzhu.modules.verifications.contracts import Asker, Call, Look, Unanswerable
from juzhu.modules.verifications.jobs import JobView

log = structlog.get_logger()

MOST_LINES: Final = 100_000
_PARTS_A_TURN: Final = 5
"""Then whatever else is waiting has its turn."""
_IDENTITY: Final = msgspec.json.Decoder(Identity)


class TooManyLinesError(ValueError):
    """The file holds no question, or more than one job may."""

    def __init__(self, lines: int) -> None:
        super().__init__(f"{lines:,} lines: a job holds 1 to {MOST_LINES:,}")


def submit(*, partner_id: int, purpose: str, file: bytes, at: datetime) -> JobView:
    """Take a file of questions in; raise TooManyLinesError.

    A line that cannot be asked does not fail the others: its answer says what is wrong with it.
    """
    lines = file.split(b"\n")
    if not lines[-1].strip():
        lines.pop()
    if not 1 <= len(lines) <= MOST_LINES:
        raise TooManyLinesError(len(lines))
    return jobs.submit(
        partner_id=partner_id,
        purpose=purpose,
        lines=lines,
        request_sha256=hashlib.sha256(file).digest(),
        at=at,
    )


def work(job_id: UUID) -> None:
    """Answer some parts of a job and have the rest answered later; safe to repeat at any point."""
    for _ in range(_PARTS_A_TURN):
        at = wiring.clock().now()
        job = jobs.job(job_id)
        if job.finished_at is not None:
            return
        asker = _asker(job, at)
        if asker is None:
            jobs.stop(job_id, why="grant is over", at=at)
            log.warning("exchange.job_stopped", job=str(job_id))
            return
        if not _answer_part(job, asker, at):
            _finish(job, at)
            return
    jobs.go_on(job_id)


def _asker(job: JobView, at: datetime) -> Asker | None:
    """Return who asks, None when the partner may not ask any more."""
    partner = partners.partner_by_id(job.partner_id)
    grant = partner.grants.get(Scope(f"verify:{job.purpose}"))
    if partner.suspended or grant is None or not grant.in_force(at.date()):
        return None
    return exchange.asker_of(partner.id, f"partner:{partner.code}", grant)


@transaction.atomic
def _answer_part(job: JobView, asker: Asker, at: datetime) -> bool:
    """Answer one part with its ledger rows in one transaction; False when none is left."""
    found = jobs.next_part(job.id)
    if found is None:
        return False
    number, lines = found
    read = [_read(line, at.date()) for line in lines]
    looks = [it for it in read if isinstance(it, Look)]
    told = iter(_told(job, asker, looks, at)) if looks else iter(())
    answers = [next(told) if isinstance(it, Look) else it for it in read]
    jobs.keep_answers(job.id, number, answers)
    return True


def _told(job: JobView, asker: Asker, looks: list[Look], at: datetime) -> list[bytes]:
    call = Call(job.id, asker, looks, job.request_sha256)
    (outcome,) = exchange.answered([call], {job.id: Shape.LINES}, at)
    if isinstance(outcome, Unanswerable):
        if len(looks) > 1:  # one of them: the others are answered all the same
            return [line for look in looks for line in _told(job, asker, [look], at)]
        return [_refused("", "no answer can be given; tell the operator")]
    return outcome.answer.splitlines(keepends=True)


def _read(line: bytes, today: date) -> Look | bytes:
    """Return the question in a line, or the answer that says what is wrong with it."""
    try:
        return exchange.look(_IDENTITY.decode(line), 0, today)
    except MistakenError as error:
        (mistake,) = error.mistakes
        return _refused(f"/{mistake.member}", mistake.detail)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _refused("", "not a JSON object with id_number, name and, if wanted, as_of")


def _refused(pointer: str, detail: str) -> bytes:
    errors = [{"pointer": pointer, "detail": detail}]
    return msgspec.json.encode({"status": "refused", "errors": errors}) + b"\n"


def _finish(job: JobView, at: datetime) -> None:
    result = b"".join(jobs.answers(job.id))
    receipt = exchange_answer.receipt(result, job.request_sha256, wiring.exchange_keys())
    jobs.finish(job.id, receipt=receipt, at=at)
    log.info("exchange.job_done", job=str(job.id), lines=job.lines)
