"""Who is signed in, how, since when, and when it ends.

Time here is the server's own, not the law's. What an act needs of it is in `assurance.py`.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

IDLE_WARNING_SECONDS: Final = 10 * 60
IDLE_END_SECONDS: Final = 15 * 60
LONGEST_SECONDS: Final = 8 * 60 * 60

_PERSON: Final = "person"
_PROOFS: Final = "proofs"
_BEGAN: Final = "began"
_SEEN: Final = "seen"


@dataclass(frozen=True, slots=True)
class Proof:
    """One way in which the person has shown who they are, in this session.

    Attributes:
        level: trust level of Guangdong's unified platform, 2 to 5.
        at: when, in seconds of the server's own clock.
        alone: whether an act that cannot be undone may rest on this proof alone; False for a face
            check that nobody has tested against copies of a face.

    """

    level: int
    at: float
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person: our own number, and how they have shown who they are.

    Attributes:
        person_id: our own number of the person.
        proofs: the latest proof of each way (`juzhu.journeys.sign_in.Way`).

    """

    person_id: int
    proofs: tuple[Proof, ...]

    @property
    def level(self) -> int:
        """The highest trust level reached in this session."""
        return max(proof.level for proof in self.proofs)


def visitor(request: HttpRequest) -> Visitor | None:
    """Return who is signed in on this request, None for everybody else."""
    person_id = request.session.get(_PERSON)
    held = _held(request)
    if person_id is None or not held:  # a session from before proofs were kept begins anew
        return None
    return Visitor(int(person_id), tuple(Proof(*proof) for proof in held.values()))


def begin(
    request: HttpRequest, *, person_id: int, way: str, level: int, alone: bool, ago: float = 0.0
) -> None:
    """Sign the person in: a fresh session under a new key.

    Only what the same person has shown before, in a session not yet over, is carried over. `ago` is
    how many seconds ago they have shown it.
    """
    before = visitor(request)
    again = before is not None and before.person_id == person_id and not is_over(request)
    proofs = _held(request) if again else {}
    request.session.flush()
    now = time.time()
    proofs = proofs | {way: (level, now - ago, alone)}
    request.session.update({_PERSON: person_id, _PROOFS: proofs, _BEGAN: now, _SEEN: now})
    request.session.set_expiry(LONGEST_SECONDS)
    rotate_token(request)


def shown(request: HttpRequest) -> dict[str, str]:
    """Return how and when the person has shown who they are in this session, for a record."""
    return {
        way: f"level {level}, {datetime.fromtimestamp(at, UTC).isoformat(timespec='seconds')}"
        for way, (level, at, _alone) in _held(request).items()
    }


def seconds_since(proof: Proof) -> float:
    """Return how long ago the proof was given."""
    return time.time() - proof.at


def ways(request: HttpRequest, *, within: float) -> tuple[str, ...]:
    """Return the ways of the proofs given in the last `within` seconds, in alphabetical order."""
    held = ((way, Proof(*proof)) for way, proof in _held(request).items())
    return tuple(sorted(way for way, proof in held if seconds_since(proof) <= within))


def _held(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(_PROOFS, {}))


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
