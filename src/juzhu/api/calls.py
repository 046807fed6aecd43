"""One request to the exchange and its answer, as the quick handlers see them."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest

from juzhu.modules.partners.contracts import Caller

JSON: Final = "application/json"


@dataclass(slots=True)
class Call:
    """One request, whose caller has been authenticated and whose size is within its limit.

    Attributes:
        headers: by lower-case name; a header sent twice is joined by ", ".
        host: address of whoever connected, "" when there is none.
        trace_id: names this request in logs and problems.
        caller: None at public addresses only.
        operation: route that answers, for numbers and usage; filled in on the way.

    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    trace_id: str
    host: str = ""
    caller: Caller | None = None
    operation: str = ""

    @property
    def partner(self) -> Caller:
        """The caller, where there must be one."""
        assert self.caller is not None, self.path
        return self.caller


@dataclass(slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON


Handler = Callable[[Call], Awaitable[Answer]]


def call_of(request: HttpRequest) -> Call:
    """Return the call behind a request of Django's."""
    found: Call = request.scope["juzhu.call"]  # type: ignore[attr-defined]  # an ASGIRequest
    return found


def json_answer(value: object, status: int = 200) -> Answer:
    """Return `value` as JSON."""
    return Answer(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
