"""The person at the window: held in the officer's session, cleared at the end or after two minutes.

Nothing of a person stands in an address: pages of the desk show whoever is at the window now. A
form carries the stamp of the visit it was made for: sent from a page left open, it does nothing to
whoever came after.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from juzhu.counter import proof
from juzhu.counter.gate import member_of
from juzhu.modules.desk import queries as desk
from juzhu.modules.desk.contracts import Hand, Identified, Reason
from juzhu.web import sealed

IDLE_SECONDS: Final = 120
_VISIT: Final = "visit"
_CHALLENGE: Final = "challenge"
_NEWCOMER: Final = "newcomer"
_CHOICE: Final = "choice"
_CLEARED: Final = "cleared"
_MISSED: Final = "missed"
_OTHER: Final = "other"
STAMP: Final = "window"
"""The field of every form for the person at the window; `parts/sent.html` writes it."""


class AnotherPersonError(Exception):
    """The form was made for somebody who stands at the window no longer."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is served, why their data is looked at, and what has been shown whole."""

    stamp: str
    person_id: int
    reason: Reason
    identified: Identified
    shown: tuple[str, ...]

    @property
    def in_person(self) -> bool:
        """Whether the person stands here and was identified."""
        return self.identified in proof.HERE

    @property
    def can_be_proven(self) -> bool:
        """Whether the person is on the telephone and has shown nothing yet."""
        return self.reason is Reason.CALL and self.identified is Identified.ABSENT

    @property
    def may_withdraw(self) -> bool:
        """Whether a case may be withdrawn for a person identified so."""
        return proof.enough("case-withdraw", self.identified)

    @property
    def may_ask_review(self) -> bool:
        """Whether a refusal may be put before an officer for a person identified so."""
        return proof.enough("case-review", self.identified)


def begin(request: HttpRequest, *, person_id: int, reason: Reason, identified: Identified) -> None:
    """Put a person at the window; whoever stood there before is gone."""
    end(request)
    request.session[_VISIT] = {
        "stamp": secrets.token_hex(8),
        "whom": person_id,
        "reason": reason.value,
        "identified": identified.value,
        "seen": time.time(),
        "shown": [],
        "keys": {},
    }


def end(request: HttpRequest) -> None:
    """Clear the window."""
    for name in (_VISIT, _NEWCOMER, _CHOICE):
        request.session.pop(name, None)


def current(request: HttpRequest) -> Visit | None:
    """Return who is at the window; two minutes without any use clear it."""
    held = request.session.get(_VISIT)
    if held is None:
        return None
    now = time.time()
    if now - held["seen"] >= IDLE_SECONDS:
        end(request)
        request.session[_CLEARED] = True
        return None
    if "X-Poll" not in request.headers:  # asking by itself is not activity
        held["seen"] = now
        request.session.modified = True
    return Visit(
        str(held["stamp"]),
        int(held["whom"]),
        Reason(held["reason"]),
        Identified(held["identified"]),
        tuple(held["shown"]),
    )


def at_window(request: HttpRequest) -> Visit:
    """Return who is at the window, or 404 when nobody is (any more).

    Raises:
        AnotherPersonError: what is sent was typed for somebody else.

    """
    visit = current(request)
    if visit is None:
        raise Http404
    if request.method == "POST" and not sent_for(request, visit):
        raise AnotherPersonError
    return visit


def sent_for(request: HttpRequest, visit: Visit) -> bool:
    """Say whether a form was made during this visit."""
    return secrets.compare_digest(request.POST.get(STAMP, "").encode(), visit.stamp.encode())


class Window:
    """Leads what was sent for somebody else to whoever is at the window now, and says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as usual."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Show the desk with a note; nothing was done."""
        if not isinstance(exception, AnotherPersonError):
            return None
        request.session[_OTHER] = True
        return redirect("counter:desk")


def was_mistaken(request: HttpRequest) -> bool:
    """Say, once, that what was sent was for another person."""
    return bool(request.session.pop(_OTHER, False))


def was_cleared(request: HttpRequest) -> bool:
    """Say, once, that idle time has cleared the window."""
    return bool(request.session.pop(_CLEARED, False))


def prove(request: HttpRequest) -> None:
    """Note that the caller has read out the code that was sent to their phone."""
    request.session[_VISIT]["identified"] = Identified.CODE.value
    request.session.modified = True


def missed(request: HttpRequest) -> None:
    """Note that what was just sent came too late: the business was done elsewhere meanwhile."""
    request.session[_MISSED] = True


def was_missed(request: HttpRequest) -> bool:
    """Say, once, that what was sent had no effect."""
    return bool(request.session.pop(_MISSED, False))


def show(request: HttpRequest, field: str) -> None:
    """Note that a value may be shown whole during this visit."""
    held = request.session[_VISIT]
    if field not in held["shown"]:
        held["shown"].append(field)
        request.session.modified = True


def key(request: HttpRequest, form: str) -> str:
    """Return the idempotency key of a form of this visit; a repeated sending is the same act."""
    keys = request.session[_VISIT]["keys"]
    if form not in keys:
        keys[form] = secrets.token_hex(16)
        request.session.modified = True
    return str(keys[form])


def key_used(request: HttpRequest, form: str) -> None:
    """Give the next form of this kind a key of its own."""
    if request.session.get(_VISIT, {}).get("keys", {}).pop(form, None):
        request.session.modified = True


def hand(request: HttpRequest, identified: Identified) -> Hand:
    """Return through whose hands this goes: the officer, and how the person is known."""
    member = member_of(request)
    shift = desk.open_shift(member.username)
    return Hand(
        username=member.username,
        point=shift.point if shift else member.point,
        window=shift.window if shift else "",
        identified=identified,
        shift_id=shift.id if shift else None,
    )


def challenge(request: HttpRequest) -> str:
    """Return what the next card read must be bound to."""
    if _CHALLENGE not in request.session:
        request.session[_CHALLENGE] = secrets.token_hex(16)
    return str(request.session[_CHALLENGE])


def take_challenge(request: HttpRequest) -> str:
    """Return the challenge and forget it: a read counts once."""
    return str(request.session.pop(_CHALLENGE, ""))


def remember_newcomer(request: HttpRequest, number: str, name: str, read: bool) -> None:
    """Keep the number and name of somebody who is not in the register yet, encrypted."""
    sealed.put(request, _NEWCOMER, [number, name, read])


def newcomer(request: HttpRequest) -> tuple[str, str, bool] | None:
    """Return whose number was not found: number, name from the card if any, and whether read."""
    held = sealed.get(request, _NEWCOMER)
    return None if held is None else (held[0], held[1], bool(held[2]))


def offer(request: HttpRequest, person_ids: Sequence[int], reason: Reason) -> None:
    """Keep the persons among whom the officer has to choose."""
    request.session[_CHOICE] = {"whom": list(person_ids), "reason": reason.value}


def offered(request: HttpRequest) -> tuple[list[int], Reason] | None:
    """Return the persons among whom to choose."""
    held: dict[str, Any] | None = request.session.get(_CHOICE)
    return None if held is None else (list(held["whom"]), Reason(held["reason"]))
