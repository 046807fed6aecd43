"""Jobs: up to 100,000 questions, kept sealed in parts of a thousand until each is answered."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from juzhu.modules import queue
from juzhu.modules.verifications.contracts import JOB_DAYS
from juzhu.modules.verifications.models import Job, Part
from juzhu.modules.verifications.services import new_receipt_id

PART_LINES: Final = 1000
_GIVES_WAY: Final = -10
"""Everything a person waits for goes first."""


class JobNotFoundError(LookupError):
    """This partner has no such job."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its partner may see it.

    Attributes:
        lines: how many questions.
        done: how many of them are answered.
        finished_at: when the last was; None while there is work.
        receipt: proof of the whole result, "" until finished.
        stopped: why it will not be finished, "" when it will.

    """

    id: UUID
    partner_id: int
    purpose: str
    asked_at: datetime
    request_sha256: bytes
    lines: int
    done: int
    finished_at: datetime | None
    receipt: str
    stopped: str


@transaction.atomic
def submit(
    *,
    partner_id: int,
    purpose: str,
    lines: Sequence[bytes],
    request_sha256: bytes,
    at: datetime,
) -> JobView:
    """Take questions in, one a line, and have them answered when nothing else is to do."""
    job = Job.objects.create(
        id=new_receipt_id(at),
        partner_id=partner_id,
        purpose=purpose,
        asked_at=at,
        request_sha256=request_sha256,
        lines=len(lines),
    )
    Part.objects.bulk_create(
        Part(
            job=job,
            number=number,
            questions=zlib.compress(b"\n".join(lines[first : first + PART_LINES]), 1),
        )
        for number, first in enumerate(range(0, len(lines), PART_LINES))
    )
    _go_on(job.pk)
    return _view(job)


def _go_on(job_id: UUID) -> None:
    queue.defer(
        queue.ANSWER_VERIFICATIONS,
        priority=_GIVES_WAY,
        lock=queue.ANSWER_VERIFICATIONS,  # one part at a time takes one of the worker's places
        job_id=str(job_id),
    )


def go_on(job_id: UUID) -> None:
    """Have the rest answered later, behind whatever has come meanwhile."""
    _go_on(job_id)


def job(job_id: UUID) -> JobView:
    """Return a job; raise JobNotFoundError."""
    found = Job.objects.filter(pk=job_id).first()
    if found is None:
        raise JobNotFoundError(str(job_id))
    return _view(found)


def job_of(partner_id: int, job_id: UUID) -> JobView:
    """Return the partner's own job; raise JobNotFoundError for anybody else's."""
    found = job(job_id)
    if found.partner_id != partner_id:
        raise JobNotFoundError(str(job_id))
    return found


def next_part(job_id: UUID) -> tuple[int, list[bytes]] | None:
    """Return number and lines of the first part without answers, locked; None when there is none.

    Call it in the transaction that answers: two workers never answer the same part.
    """
    part = (
        Part.objects.select_for_update(of=("self",))
        .filter(job_id=job_id, questions__isnull=False)
        .order_by("number")
        .first()
    )
    if part is None:
        return None
    return part.number, zlib.decompress(bytes(part.questions)).split(b"\n")


def keep_answers(job_id: UUID, number: int, answers: Sequence[bytes]) -> None:
    """Keep the answers of a part in place of its questions."""
    Part.objects.filter(job_id=job_id, number=number).update(
        questions=None, answers=zlib.compress(b"".join(answers), 1)
    )
    Job.objects.filter(pk=job_id).update(done=F("done") + len(answers))


def answers(job_id: UUID) -> Iterator[bytes]:
    """Return the answers of a job, part after part."""
    parts = Part.objects.filter(job_id=job_id, answers__isnull=False).order_by("number")
    for part in parts.iterator(chunk_size=10):
        yield zlib.decompress(bytes(part.answers))


def finish(job_id: UUID, *, receipt: str, at: datetime) -> None:
    """Note that all is answered; repeating changes nothing."""
    Job.objects.filter(pk=job_id, finished_at__isnull=True).update(finished_at=at, receipt=receipt)


def stop(job_id: UUID, *, why: str, at: datetime) -> None:
    """Note that the rest will not be answered, and forget its questions."""
    Job.objects.filter(pk=job_id, finished_at__isnull=True).update(finished_at=at, stopped=why)
    Part.objects.filter(job_id=job_id, questions__isnull=False).delete()


def forget_jobs(*, at: datetime) -> int:
    """Delete jobs and their answers once their days are over; return how many jobs went."""
    old = Job.objects.filter(asked_at__lt=at - timedelta(days=JOB_DAYS))
    ids = list(old.values_list("pk", flat=True)[:100])
    Job.objects.filter(pk__in=ids).delete()
    return len(ids)


def _view(row: Job) -> JobView:
    return JobView(
        row.pk,
        row.partner_id,
        row.purpose,
        row.asked_at,
        bytes(row.request_sha256),
        row.lines,
        row.done,
        row.finished_at,
        row.receipt,
        row.stopped,
    )
