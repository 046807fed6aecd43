"""A sealed information sheet, fetched with the code that its holder gave."""

import base64
import hashlib
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from juzhu import wiring
from juzhu.api import auth
from juzhu.api.calls import call_of
from juzhu.api.problems import Kind, Problem
from juzhu.api.schemas import Day, Strict
from juzhu.journeys import shared_sheet
from juzhu.journeys.sheet_content import NotReadyError
from juzhu.modules.partners.contracts import Scope

PDF: Final = "application/pdf"
NUMBER_HEADER: Final = "Juzhu-Sheet-Number"
_RETRY_SECONDS: Final = 30

router = Router(tags=["sheet"])


class SheetWish(Strict):
    """The holder's code and birth date; in the body, so that neither reaches a log."""

    share_code: str = Field(description="Nine characters, as the holder gave them.")
    birth_date: Day


_FILE: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The sheet, sealed (PAdES). Check its seal before you rely on it.",
            "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
            "headers": {
                NUMBER_HEADER: {
                    "description": "Number of the sheet; it stands in the holder's ledger.",
                    "schema": {"type": "string"},
                },
                "Content-Digest": {
                    "description": "SHA-256 of the file (RFC 9530).",
                    "schema": {"type": "string"},
                },
            },
        },
        404: {"$ref": "#/components/responses/404"},
    }
}


@router.post(
    "/sheets",
    response={200: bytes},
    operation_id="fetch_sheet",
    summary="A sealed sheet, with the holder's code",
    openapi_extra=_FILE,
)
def fetch(request: HttpRequest, wish: SheetWish) -> HttpResponse:
    """Return a sheet made for the code's purpose; the same one all day.

    404 when the code does not open, is over, ended, or does not give the sheet: these look the
    same. 503 while something is silent: it is not a use of the code.
    """
    caller = call_of(request).partner
    grant = auth.require(caller, Scope.SHEETS)
    try:
        found = shared_sheet.fetch(
            wish.share_code,
            wish.birth_date,
            actor=caller.actor,
            basis=grant.legal_basis,
            at=wiring.clock().now(),
        )
    except NotReadyError:
        wait = {"Retry-After": str(_RETRY_SECONDS)}
        raise Problem(Kind.UNAVAILABLE, "The sheet is not ready yet.", headers=wait) from None
    if found is None:
        raise Problem(Kind.NOT_FOUND)
    digest = base64.b64encode(hashlib.sha256(found.pdf).digest()).decode()
    headers = {
        "Content-Disposition": f'attachment; filename="{found.number}.pdf"',
        "Content-Digest": f"sha-256=:{digest}:",
        NUMBER_HEADER: found.number,
    }
    return HttpResponse(found.pdf, content_type=PDF, headers=headers)
