"""Jobs of up to 100,000 questions: handed in as NDJSON, fetched as NDJSON."""

from typing import Any, Final, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from juzhu import wiring
from juzhu.api import auth, hot
from juzhu.api.calls import Call, call_of
from juzhu.api.creating import CREATES, creating
from juzhu.api.problems import Kind, Problem
from juzhu.api.schemas import Instant, Strict
from juzhu.journeys import exchange_jobs
from juzhu.modules.verifications import jobs
from juzhu.modules.verifications.jobs import JobNotFoundError, JobView

NDJSON: Final = "application/x-ndjson"
_RETRY_SECONDS: Final = 5

router = Router(tags=["verification"])


class JobOut(Strict):
    """A job and how far it is."""

    id: UUID
    status: Literal["working", "done", "stopped"]
    purpose: str
    lines: int
    done: int
    asked_at: Instant
    finished_at: Instant | None
    reason: str | None


_LINES: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            NDJSON: {
                "schema": {
                    "type": "string",
                    "description": "One object a line, 1 to 100,000 lines: id_number, name and, if "
                    "wanted, as_of.",
                }
            }
        },
    }
}
_RESULT: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "One answer a line, in the order of the questions; a line that could "
            "not be asked has `status` `refused` and `errors`.",
            "content": {NDJSON: {"schema": {"type": "string"}}},
            "headers": {
                hot.RECEIPT_HEADER: {
                    "description": "Detached JWS (EdDSA) over the whole result and its request.",
                    "schema": {"type": "string"},
                }
            },
        }
    }
}


@router.post(
    "/verification-jobs",
    response={202: JobOut},
    operation_id="submit_verification_job",
    summary="Hand in up to 100,000 questions",
    openapi_extra={**CREATES, **_LINES},
)
@creating
def submit(request: HttpRequest, purpose: str) -> tuple[int, JobOut]:
    """Take questions in; they are answered when nothing more urgent is to do."""
    call = call_of(request)
    auth.require(call.partner, hot.scope_of(purpose, where={"parameter": "purpose"}))
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != NDJSON:
        raise Problem(Kind.MEDIA_TYPE, f"Send {NDJSON}.")
    try:
        job = exchange_jobs.submit(
            partner_id=call.partner.partner_id,
            purpose=purpose,
            file=call.body,
            at=wiring.clock().now(),
        )
    except exchange_jobs.TooManyLinesError as error:
        raise Problem(Kind.INVALID, str(error), errors=[_about("", str(error))]) from None
    return 202, _out(job)


@router.get(
    "/verification-jobs/{uuid:job_id}",
    response=JobOut,
    operation_id="verification_job",
    summary="How far a job is",
)
def status(request: HttpRequest, job_id: UUID) -> JobOut:
    """Return a job of yours."""
    return _out(_own(call_of(request), job_id))


@router.get(
    "/verification-jobs/{uuid:job_id}/result",
    response={200: str, 202: JobOut},
    operation_id="verification_job_result",
    summary="The answers of a job, for seven days",
    openapi_extra=_RESULT,
)
def result(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Return the answers of a finished job; while there is work, 202 and how far it is."""
    job = _own(call_of(request), job_id)
    if job.finished_at is None:
        working = _out(job).model_dump_json().encode()
        waiting = HttpResponse(working, status=202, content_type="application/json")
        waiting.headers["Retry-After"] = str(_RETRY_SECONDS)
        return waiting
    if job.stopped:
        raise Problem(Kind.FORBIDDEN, f"The job was stopped: {job.stopped}.")
    answers = HttpResponse(b"".join(jobs.answers(job.id)), content_type=NDJSON)
    answers.headers[hot.RECEIPT_HEADER] = job.receipt
    return answers


def _own(call: Call, job_id: UUID) -> JobView:
    try:
        return jobs.job_of(call.partner.partner_id, job_id)
    except JobNotFoundError:
        raise Problem(Kind.NOT_FOUND) from None


def _out(job: JobView) -> JobOut:
    finished = "stopped" if job.stopped else "done"
    return JobOut(
        id=job.id,
        status=finished if job.finished_at else "working",  # type: ignore[arg-type]  # one of three
        purpose=job.purpose,
        lines=job.lines,
        done=job.done,
        asked_at=job.asked_at,
        finished_at=job.finished_at,
        reason=job.stopped or None,
    )


def _about(pointer: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "detail": detail}
