"""Who is signed in, since when, and when it ends. Time here is the server's own, not the law's."""

import time
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

IDLE_WARNING_SECONDS: Final = 10 * 60
IDLE_END_SECONDS: Final = 15 * 60
LONGEST_SECONDS: Final = 8 * 60 * 60

_PERSON: Final = "person"
_LEVEL: Final = "level"
_BEGAN: Final = "began"
_SEEN: Final = "seen"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person: our own number and the trust level of the sign-in."""

    person_id: int
    level: int


def visitor(request: HttpRequest) -> Visitor | None:
    """Return who is signed in on this request, None for everybody else."""
    person_id = request.session.get(_PERSON)
    if person_id is None:
        return None
    return Visitor(int(person_id), int(request.session[_LEVEL]))


def begin(request: HttpRequest, *, person_id: int, level: int) -> None:
    """Sign the person in: a fresh session under a new key, nothing carried over."""
    request.session.flush()
    now = time.time()
    request.session.update({_PERSON: person_id, _LEVEL: level, _BEGAN: now, _SEEN: now})
    request.session.set_expiry(LONGEST_SECONDS)
    rotate_token(request)


def end(request: HttpRequest) -> None:
    """Sign out: the session row and its cookie are gone."""
    request.session.flush()
    rotate_token(request)


def is_over(request: HttpRequest) -> bool:
    """Say whether a signed-in session has passed its idle or its absolute end."""
    now = time.time()
    idle = now - request.session[_SEEN]
    age = now - request.session[_BEGAN]
    return bool(idle >= IDLE_END_SECONDS or age >= LONGEST_SECONDS)


def touch(request: HttpRequest) -> None:
    """Note that the person is active; written at most twice a minute to spare the database."""
    now = time.time()
    if now - request.session[_SEEN] >= 30:
        request.session[_SEEN] = now
