"""What the exchange says to everybody: tokens, keys, its contract, whether it is well."""

from collections.abc import Mapping
from typing import Final

from django.db import connection
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from juzhu import wiring
from juzhu.api import contract, numbers, oauth, pages, problems
from juzhu.api.calls import Answer, Call, Handler, json_answer
from juzhu.api.problems import Kind, Problem
from juzhu.api.threads import beside

PREFIXES: Final = (problems.PATH,)


async def handle(call: Call) -> Answer:
    """Answer at a public address."""
    by_method = _HANDLERS.get(call.path)
    if by_method is None:
        by_method = {"GET": _problem_page}
    method = "GET" if call.method == "HEAD" else call.method
    handler = by_method.get(method)
    if handler is None:
        allowed = [*by_method, "HEAD"] if "GET" in by_method else list(by_method)
        raise Problem(Kind.METHOD, headers={"Allow": ", ".join(allowed)})
    return await handler(call)


async def _keys(_: Call) -> Answer:
    answer = json_answer(wiring.exchange_keys().published())
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


async def _healthz(_: Call) -> Answer:
    return Answer(200, b"ok\n", content_type="text/plain")


async def _readyz(_: Call) -> Answer:
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM partners_partner LIMIT 1")

    await beside(ask)
    return json_answer({"ready": True})


async def _openapi(_: Call) -> Answer:
    return Answer(200, contract.encoded(), {"Cache-Control": "public, max-age=300"})


async def _docs(_: Call) -> Answer:
    return pages.reference()


async def _style(_: Call) -> Answer:
    return pages.style()


async def _numbers(call: Call) -> Answer:
    if not numbers.may_be_seen(call):
        raise Problem(Kind.NOT_FOUND)
    return Answer(200, numbers.exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


async def _problem_page(call: Call) -> Answer:
    slug = call.path.removeprefix(problems.PATH)
    kind = next((kind for kind in Kind if kind.value.slug == slug), None)
    if kind is None:
        raise Problem(Kind.NOT_FOUND)
    return pages.problem(kind)


_HANDLERS: Final[Mapping[str, Mapping[str, Handler]]] = {
    "/oauth/token": {"POST": oauth.token},
    "/.well-known/jwks.json": {"GET": _keys},
    "/healthz": {"GET": _healthz},
    "/readyz": {"GET": _readyz},
    "/metrics": {"GET": _numbers},
    "/api/v1/openapi.json": {"GET": _openapi},
    "/api/v1/docs": {"GET": _docs},
    "/api/v1/docs.css": {"GET": _style},
}
