"""Creating requests: the `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from juzhu.api.calls import JSON, Call, call_of
from juzhu.api.problems import Kind, Problem
from juzhu.api.tokens import now
from juzhu.modules.partners import once
from juzhu.modules.partners.once import Reply

P = ParamSpec("P")

_KEY: Final = re.compile(r'"?([A-Za-z0-9._:\-]{16,64})"?')
CREATES: Final[dict[str, Any]] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": True,
            "description": "Names this one request; its answer is given again for seven days.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:\\-]{16,64}$"},
        }
    ]
}
"""What an endpoint under `creating` adds to its entry in the OpenAPI file."""


def creating(
    view: Callable[Concatenate[HttpRequest, P], tuple[int, BaseModel]],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give the endpoint an effect once and its answer as often as it is asked.

    The endpoint runs inside the transaction that keeps its answer.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        def effect() -> Reply:
            status, body = view(request, *args, **kwargs)
            return Reply(status, body.model_dump_json().encode())

        reply = answered_once(call_of(request), effect)
        return HttpResponse(reply.body, status=reply.status, content_type=JSON)

    return guarded


def answered_once(call: Call, effect: Callable[[], Reply]) -> Reply:
    """Return the answer to a creating call; see `partners.once`.

    Raises:
        Problem: KEY_MISSING, CONFLICT or KEY_REUSED.

    """
    found = _KEY.fullmatch(call.headers.get("idempotency-key", ""))
    if found is None:
        raise Problem(Kind.KEY_MISSING)
    fingerprint = hashlib.sha256(
        f"{call.method}\0{call.path}?{call.query}\0".encode() + call.body
    ).digest()
    try:
        return once.once(
            partner_id=call.partner.partner_id,
            key=found[1],
            request=fingerprint,
            at=now(),
            effect=effect,
        )
    except once.InFlightError:
        raise Problem(Kind.CONFLICT, headers={"Retry-After": "1"}) from None
    except once.KeyReusedError:
        raise Problem(Kind.KEY_REUSED) from None
