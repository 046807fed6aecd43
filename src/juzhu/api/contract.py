"""The exchange's OpenAPI 3.1 file: what ninja knows of the endpoints, and what holds for all.

The file in `docs/exchange/openapi.json` is the promise to departments; a test keeps it equal to
this, and refuses what would break a department's program.
"""

from copy import deepcopy
from functools import cache
from typing import Any, Final

import msgspec

from juzhu.api.endpoints import api
from juzhu.api.problems import CONTENT_TYPE, Kind

_PREFIX: Final = "api/v1/"
_ALWAYS: Final = (400, 401, 403, 422, 429, 500, 503)
_WITH_BODY: Final = (413, 415)
_LIMITED: Final = {
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimit-Policy"},
}
_PROBLEM: Final = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Names the kind, for good."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "trace_id": {"type": "string", "description": "Tell it to the operator."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "description": "JSON pointer into the body."},
                    "parameter": {"type": "string"},
                },
            },
        },
    },
}
_TOKEN_ENDPOINT: Final[dict[str, Any]] = {
    "operationId": "token",
    "summary": "Fetch an access token",
    "description": "Client credentials (RFC 6749 §4.4), proved by a signed assertion (RFC 7523). "
    "With a DPoP proof (RFC 9449) the token is bound to its key.",
    "tags": ["token"],
    "security": [],
    "parameters": [
        {
            "in": "header",
            "name": "DPoP",
            "required": False,
            "description": "A proof for this request; needed when you are registered for DPoP.",
            "schema": {"type": "string"},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"const": "client_credentials"},
                        "client_assertion_type": {
                            "const": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
                        },
                        "client_assertion": {"type": "string"},
                        "client_id": {"type": "string"},
                        "scope": {"type": "string", "description": "Left out: all granted."},
                    },
                }
            }
        },
    },
    "responses": {
        "200": {
            "description": "A token of five minutes.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["access_token", "token_type", "expires_in", "scope"],
                        "properties": {
                            "access_token": {"type": "string"},
                            "token_type": {"enum": ["Bearer", "DPoP"]},
                            "expires_in": {"type": "integer"},
                            "scope": {"type": "string"},
                        },
                    }
                }
            },
        }
    },
}


_MADE: Final = "$response.body#/id"
_LINKS: Final[dict[str, tuple[str, str, str, tuple[str, ...]]]] = {
    "verify": ("200", "receipt_id", "$response.body#/receipt_id", ("receipt",)),
    "verify_batch": ("200", "receipt_id", "$response.body#/receipt_id", ("receipt",)),
    "submit_verification_job": (
        *("202", "job_id", _MADE),
        ("verification_job", "verification_job_result"),
    ),
    "add_key": ("201", "kid", "$response.body#/kid", ("end_key",)),
    "add_webhook": (
        *("201", "webhook_id", _MADE),
        (
            *("webhook", "hints", "replay_hints", "change_webhook_key"),
            *("resume_webhook", "remove_webhook"),
        ),
    ),
}
"""What an answer leads on to: its status, the parameter, where its value stands, the operations."""


@cache
def document() -> dict[str, Any]:
    """Return the whole file as an object."""
    raw = api.get_openapi_schema(path_prefix=_PREFIX)
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(dict(raw)))
    found["servers"] = [{"url": "/"}]
    found["paths"] = {"/oauth/token": deepcopy(_TOKEN_ENDPOINT_PATH), **found["paths"]}
    for methods in found["paths"].values():
        for operation in methods.values():
            _complete(operation)
    components = found.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    components["responses"] = {str(status): _response(status) for status in _statuses()}
    components["headers"] = _HEADERS
    components["securitySchemes"] = _SECURITY
    found["security"] = [{"oauth": []}]
    return found


@cache
def encoded() -> bytes:
    """Return the whole file as it is served."""
    return msgspec.json.encode(document())


def _complete(operation: dict[str, Any]) -> None:
    """Add what every operation answers: refusals as problems, what is left as headers."""
    responses = operation["responses"]
    for answer in (one for one in responses.values() if "$ref" not in one):
        if len(answer.get("content", {})) > 1:
            del answer["content"]["application/json"]  # what ninja makes of `bytes`; never sent
        answer.setdefault("headers", {}).update(_LIMITED)
    if operation["operationId"] in _LINKS:
        answer, parameter, value, targets = _LINKS[operation["operationId"]]
        links = {it: {"operationId": it, "parameters": {parameter: value}} for it in targets}
        responses[answer]["links"] = links
    for status in sorted(_refusals(operation)):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{status}"})


def _refusals(operation: dict[str, Any]) -> set[int]:
    found = set(_ALWAYS) | set(operation.pop("x-refusals", ()))
    parameters = operation.get("parameters", [])
    if "requestBody" in operation:
        found |= set(_WITH_BODY)
    if any(parameter["in"] == "path" for parameter in parameters):
        found |= {404, 409}
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        found.add(409)
    return found


def _statuses() -> list[int]:
    return sorted({kind.value.status for kind in Kind})


def _response(status: int) -> dict[str, Any]:
    kinds = [kind.value for kind in Kind if kind.value.status == status]
    headers: dict[str, Any] = {"X-Trace-ID": {"schema": {"type": "string"}}}
    if status in (429, 503):
        headers["Retry-After"] = {"required": True, "schema": {"type": "string"}}
    return {
        "description": "; ".join(kind.title for kind in kinds) + ".",
        "headers": headers,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_TOKEN_ENDPOINT_PATH: Final = {"post": _TOKEN_ENDPOINT}
_HEADERS: Final = {
    "RateLimit": {
        "description": "What is left: r requests, all back in t seconds.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "The quota: q requests in w seconds.",
        "schema": {"type": "string"},
    },
}
_SECURITY: Final = {
    "oauth": {
        "type": "oauth2",
        "description": "An access token, as `Authorization: Bearer …`; a partner registered for "
        "DPoP sends `Authorization: DPoP …` and a proof in the header `DPoP`.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
    }
}
