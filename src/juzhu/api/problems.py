"""Problem details (RFC 9457): the only shape in which the exchange says no.

Every kind has a stable `type`, which leads to a page that says what to do
(`docs/exchange/problems`, and the same text under the address itself).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import msgspec

from juzhu import wiring

CONTENT_TYPE: Final = "application/problem+json"
PATH: Final = "/api/v1/problems/"


@dataclass(frozen=True, slots=True)
class _Kind:
    slug: str
    status: int
    title: str
    advice: str


class Kind(Enum):
    """Every kind of problem: slug, status, title, and what the caller can do."""

    MALFORMED = _Kind(
        "malformed-request",
        400,
        "The request could not be read",
        "Send what the OpenAPI file describes: JSON in UTF-8, each member once, no NUL, at most 16 "
        "levels deep. Repeating the same bytes will not help.",
    )
    UNAUTHENTICATED = _Kind(
        "unauthenticated",
        401,
        "No valid access token",
        "Fetch a token at `/oauth/token` and send it as `Authorization: Bearer …` (or `DPoP …`). "
        "A token is good for five minutes; `detail` says what was wrong with this one.",
    )
    INVALID_CLIENT = _Kind(
        "invalid-client",
        401,
        "The assertion does not prove who you are",
        "Sign a new assertion (RFC 7523) for every request: a registered key, `iss` and `sub` your "
        "code, `aud` the token endpoint, `exp` at most five minutes ahead, a fresh `jti`. "
        "`detail` says which of these failed.",
    )
    INVALID_GRANT_REQUEST = _Kind(
        "invalid-token-request",
        400,
        "The token request is not one we answer",
        "Send the form fields of RFC 6749 §4.4 with RFC 7523 client authentication.",
    )
    INVALID_SCOPE = _Kind(
        "invalid-scope",
        400,
        "A scope was asked for that is not granted",
        "Ask only for scopes that `GET /api/v1/me` lists, or leave `scope` out to get them all.",
    )
    FORBIDDEN = _Kind(
        "purpose-not-granted",
        403,
        "The token does not cover this purpose",
        "Ask for a token with the scope, or have the purpose granted; a grant has a first and a "
        "last day.",
    )
    SUSPENDED = _Kind(
        "partner-suspended",
        403,
        "This partner is suspended",
        "Nothing is answered until the operator lifts the suspension. Call your contact there.",
    )
    NOT_FOUND = _Kind(
        "not-found",
        404,
        "There is nothing here for you",
        "The address is wrong, or what it names belongs to somebody else, which looks the same.",
    )
    METHOD = _Kind(
        "method-not-allowed",
        405,
        "This address does not take this method",
        "Use one of the methods that the header `Allow` lists.",
    )
    CONFLICT = _Kind(
        "request-in-flight",
        409,
        "The same idempotency key is being worked on",
        "Wait for the first request, then repeat this one: it gets the same answer.",
    )
    FEED_SET_BACK = _Kind(
        "feed-set-back",
        409,
        "The cursor belongs to a history that was lost",
        "The register was restored from an older copy after this cursor was given. Go on with "
        "`restart` (leave `after` out when it is null): all that was recorded since lies behind "
        "it, and events you know come again under their `id`. What you had and does not come again "
        "is not so: verify those people anew.",
    )
    CURSOR_TOO_OLD = _Kind(
        "cursor-too-old",
        410,
        "Events behind this cursor are no longer kept",
        "The feed is kept for 400 days. Verify the people you still deal with anew, then read on "
        "without `after`.",
    )
    STATE = _Kind(
        "not-as-things-stand",
        409,
        "Not possible as things stand",
        "The request is right in itself; `detail` says what stands in its way and would have to "
        "change first.",
    )
    TOO_LARGE = _Kind(
        "body-too-large",
        413,
        "The body is too large",
        "Split the request; the OpenAPI file gives the limit of each address.",
    )
    MEDIA_TYPE = _Kind(
        "unsupported-media-type",
        415,
        "This media type is not read here",
        "Send the content type that the OpenAPI file names, without a content encoding.",
    )
    INVALID = _Kind(
        "invalid-request",
        422,
        "The request was read but does not hold what it must",
        "`errors` lists what is wrong, each with a JSON pointer into the body or the name of the "
        "parameter.",
    )
    KEY_REUSED = _Kind(
        "idempotency-key-reused",
        422,
        "The idempotency key belongs to another request",
        "Use a new key for a new request; repeat a request with exactly the same body.",
    )
    KEY_MISSING = _Kind(
        "idempotency-key-missing",
        400,
        "This request needs an Idempotency-Key",
        "Send a header `Idempotency-Key` with 16 to 64 characters that you use for this one "
        "request, for example a UUID.",
    )
    TOO_MANY = _Kind(
        "too-many-requests",
        429,
        "More requests than agreed",
        "Wait as many seconds as `Retry-After` says; `RateLimit` tells how much is left.",
    )
    FAILED = _Kind(
        "internal-error",
        500,
        "Something went wrong here",
        "It is logged. Tell the operator the `trace_id`. Repeat a creating request with the same "
        "idempotency key.",
    )
    UNAVAILABLE = _Kind(
        "temporarily-unavailable",
        503,
        "No answer can be given at the moment",
        "Nothing was answered and nothing is half done. Repeat after `Retry-After` seconds.",
    )

    @property
    def type(self) -> str:
        """The stable address that names this kind."""
        return f"{wiring.exchange_url()}{PATH}{self.value.slug}"


BY_STATUS: Final = {
    kind.value.status: kind
    for kind in (
        Kind.MALFORMED,
        Kind.UNAUTHENTICATED,
        Kind.FORBIDDEN,
        Kind.NOT_FOUND,
        Kind.METHOD,
        Kind.CONFLICT,
        Kind.TOO_LARGE,
        Kind.MEDIA_TYPE,
        Kind.INVALID,
        Kind.TOO_MANY,
        Kind.FAILED,
        Kind.UNAVAILABLE,
    )
}
"""What a bare status means when nothing more is known."""


@dataclass(slots=True)
class Problem(Exception):  # noqa: N818  # RFC 9457 calls it so
    """A request is not answered; raised anywhere, rendered once.

    Attributes:
        kind: which of the known problems.
        detail: what about this request; never personal data, never our insides.
        errors: each with `detail` and `pointer` (into the body) or `parameter`.
        headers: further headers of the answer.
        extra: further members of the body.

    """

    kind: Kind
    detail: str = ""
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.kind.value.status

    def body(self, trace_id: str) -> bytes:
        """Return the problem as JSON."""
        members: dict[str, Any] = {
            "type": self.kind.type,
            "title": self.kind.value.title,
            "status": self.status,
            "trace_id": trace_id,
        }
        if self.detail:
            members["detail"] = self.detail
        if self.errors:
            members["errors"] = list(self.errors)
        return msgspec.json.encode(members | dict(self.extra))
