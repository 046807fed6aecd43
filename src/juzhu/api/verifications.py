"""Verifications in the OpenAPI file, and receipts.

The gate answers the two quick addresses by itself (`routes.HOT`); the functions here take the same
way, so that file and answer cannot part.
"""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from juzhu.api import hot
from juzhu.api.calls import JSON, Answer, call_of
from juzhu.api.problems import Kind, Problem
from juzhu.api.schemas import Instant, Strict, example
from juzhu.api.threads import beside
from juzhu.modules.partners.contracts import Scope
from juzhu.modules.verifications import queries
from juzhu.modules.verifications.queries import ReceiptNotFoundError

REQUEST_HASH_HEADER = "Juzhu-Request-SHA256"

router = Router(tags=["verification"])

_PURPOSES = [scope.purpose for scope in Scope if scope.purpose]
_ANYBODY = {"id_number": "110101199003074477", "name": "陈小明"}

Purpose = Annotated[
    str,
    Field(description="What for; the ledger keeps it.", json_schema_extra={"enum": _PURPOSES}),
]


class Question(Strict):
    """One person, by citizen number and name, or by a code that they share."""

    model_config = example(purpose=_PURPOSES[0], **_ANYBODY)

    purpose: Purpose
    id_number: str | None = Field(
        None, min_length=15, description="Citizen number, 18 or 15 characters."
    )
    name: str | None = Field(None, min_length=1, max_length=100)
    share_code: str | None = Field(None, description="With birth_date, instead of the number.")
    birth_date: date | None = None
    as_of: date | None = Field(None, description="Any past day; today when left out.")


class Person(Strict):
    """One person of a batch."""

    id_number: str = Field(min_length=15)
    name: str = Field(min_length=1, max_length=100)
    as_of: date | None = None


class Questions(Strict):
    """Up to a thousand people, answered in order."""

    model_config = example(purpose=_PURPOSES[0], people=[_ANYBODY])

    purpose: Purpose
    people: list[Person] = Field(min_length=1, max_length=hot.MOST_ROWS)
    as_of: date | None = Field(None, description="For everybody without a day of their own.")


class Period(Schema):
    """Days on which a permit was valid, both inclusive."""

    from_: date = Field(alias="from")
    through: date


class LateRecord(Schema):
    """An act that counts on the day asked about and was recorded only after it."""

    effective_on: date
    recorded_on: date


class Told(Schema):
    """What is told about one person.

    An unknown person, a name that does not match and no permit are all `none`. Members that the
    purpose may not see are left out.
    """

    status: Literal["valid", "suspended", "cancelled", "none"]
    valid_through: date | None = Field(description="Last valid day, inclusive.")
    as_of: date
    recorded_later: list[LateRecord] = Field(
        description="Acts the register learnt of only after `as_of`: asked on that day, the answer "
        "was another."
    )
    subject: str | None = Field(description="Your own stable name for this person, as in events.")
    continuous_since: date | None = None
    first_issued_on: date | None = None
    held_periods: list[Period] = Field(
        [], description="Oldest first, over all permits. What they amount to is yours to say."
    )


class Answered(Told):
    """The answer about one person. By a share code it holds what the holder shares, no more."""

    status: Literal["valid", "suspended", "cancelled", "none", "not-shared"]  # type: ignore[assignment]
    checked_at: Instant
    data_as_of: Instant = Field(description="Everything recorded by then is in the answer.")
    receipt_id: UUID


class AnsweredMany(Schema):
    """The answers, in the order of the questions."""

    checked_at: Instant
    data_as_of: Instant
    receipt_id: UUID
    results: list[Told]


_RECEIPT: dict[str, Any] = {
    "responses": {
        200: {
            "headers": {
                hot.RECEIPT_HEADER: {
                    "description": "Detached JWS (EdDSA) over the answer and its request.",
                    "schema": {"type": "string"},
                }
            }
        }
    }
}


@router.post(
    "/verifications",
    response=Answered,
    operation_id="verify",
    summary="Is this person's permit good?",
    openapi_extra=_RECEIPT,
    by_alias=True,
)
async def verify(request: HttpRequest, question: Question) -> HttpResponse:
    """Answer about one person."""
    del question  # read by the handler itself
    return _response(await hot.verify_one(call_of(request)))


@router.post(
    "/verification-batches",
    response=AnsweredMany,
    operation_id="verify_batch",
    summary="The same for up to a thousand people",
    openapi_extra=_RECEIPT,
    by_alias=True,
)
async def verify_batch(request: HttpRequest, questions: Questions) -> HttpResponse:
    """Answer about many people, in order."""
    del questions
    return _response(await hot.verify_many(call_of(request)))


@router.get(
    "/receipts/{uuid:receipt_id}",
    response=dict[str, Any],
    operation_id="receipt",
    summary="An answer again, byte for byte, with its receipt",
    openapi_extra=_RECEIPT,
)
async def receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """Give an answer again to the partner who received it, for two years."""
    call = call_of(request)
    partner_id = call.partner.partner_id
    try:
        proof, asked = await beside(lambda: queries.receipt(partner_id, receipt_id))
    except ReceiptNotFoundError:
        raise Problem(Kind.NOT_FOUND) from None
    headers = {hot.RECEIPT_HEADER: proof.receipt, REQUEST_HASH_HEADER: asked.hex()}
    return _response(Answer(200, proof.answer, headers))


def _response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type=JSON)
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response
