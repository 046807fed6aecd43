"""The exchange's endpoints, typed, and with them its OpenAPI file."""

import os
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from juzhu.api import bodies, events, me, sheets, verification_jobs, verifications, webhooks
from juzhu.api.calls import call_of
from juzhu.api.problems import BY_STATUS, CONTENT_TYPE, Kind, Problem

os.environ.setdefault("NINJA_SKIP_REGISTRY", "1")  # tests import this module more than once


class _StrictParser(Parser):
    """Reads bodies as strictly as the quick handlers do."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the JSON value of the body."""
        if request.content_type != "application/json":
            raise Problem(Kind.MEDIA_TYPE, "Send application/json.")
        return bodies.read(request.body)


class _Renderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:  # noqa: ARG002
        """Return `data` as JSON."""
        return msgspec.json.encode(data)


api = NinjaAPI(
    title="Juzhu exchange 居住证数据交换",
    version="1.0.0",
    docs_url=None,
    openapi_url=None,
    parser=_StrictParser(),
    renderer=_Renderer(),
    urls_namespace="exchange",
)
api.add_router("", me.router)
api.add_router("", verifications.router)
api.add_router("", verification_jobs.router)
api.add_router("", events.router)
api.add_router("", webhooks.router)
api.add_router("", sheets.router)


@api.exception_handler(Problem)
def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    answer = HttpResponse(
        problem.body(call_of(request).trace_id), status=problem.status, content_type=CONTENT_TYPE
    )
    for name, value in problem.headers.items():
        answer.headers[name] = value
    return answer


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _away(request: HttpRequest, _: Exception) -> HttpResponse:
    return _refused(request, Problem(Kind.UNAVAILABLE, headers={"Retry-After": "2"}))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Tell what the parser found: ninja wraps whatever it raises."""
    found = error.__cause__
    kind = BY_STATUS.get(error.status_code, Kind.MALFORMED)
    return _refused(request, found if isinstance(found, Problem) else Problem(kind))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _refused(request, Problem(Kind.INVALID, errors=[_told(one) for one in error.errors]))


def _told(error: dict[str, Any]) -> dict[str, str]:
    """Return one error of pydantic in our words, without the value that was sent."""
    where, *path = error["loc"]
    if where == "body":
        pointer = "".join(f"/{_escaped(part)}" for part in path[1:])
        return {"detail": error["msg"], "pointer": pointer}
    return {"detail": error["msg"], "parameter": str(path[-1] if path else where)}


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
