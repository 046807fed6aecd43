"""Signing in by a face that is looked at here: begin, look, compare with the state's photograph.

The photograph and the population base are asked only once the movements have been seen; before
that nothing about the number is known or told. A number that does not exist goes the same way.
"""

from dataclasses import dataclass
from datetime import datetime

from juzhu import wiring
from juzhu.domain.identity import normalise_name
from juzhu.domain.vocabulary import Source
from juzhu.journeys.sign_in import (
    LEVEL_BY_FACE,
    NotSignedIn,
    SignedIn,
    SignInProblem,
    Way,
    locked,
    succeeded,
)
from juzhu.modules.people import services as people
from juzhu.modules.people.contracts import Door, Lock
from juzhu.ports.departments import AnswerStatus, PopulationEntry
from juzhu.ports.face import (
    FaceBusyError,
    FaceOver,
    FaceProgress,
    FaceUnavailableError,
    UnknownCheckError,
)
from juzhu.ports.photographs import PhotographUnavailableError


class _RegisterSilentError(Exception):
    """The population base did not answer."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A check under way, and the attempt it counts as until it succeeds."""

    check: str
    attempt: int


def begin(*, id_number: str, ip: str, at: datetime) -> Begun | NotSignedIn:
    """Begin a check; it counts as a failed attempt until it succeeds."""
    attempt = people.begin_attempt(id_number=id_number, door=Door.FACE, ip=ip, at=at)
    if isinstance(attempt, Lock):
        return locked(attempt)
    try:
        return Begun(wiring.live_face().begin(), attempt)
    except FaceUnavailableError:
        people.forget_attempt(attempt)  # the service failed, not the person
        return NotSignedIn(SignInProblem.UNAVAILABLE)


def look(begun: Begun, frames: bytes) -> FaceProgress:
    """Look at the next frames.

    It was no attempt when the service failed, or when it never saw one face from the front and so
    never asked for anything; then, as after every `over`, the check must not be gone on with.

    Raises:
        FaceUnavailableError, UnknownCheckError, BadFramesError: see the port.

    """
    try:
        progress = wiring.live_face().look_at(begun.check, frames)
    except FaceBusyError:
        raise
    except FaceUnavailableError:
        people.forget_attempt(begun.attempt)
        raise
    if progress.over is FaceOver.UNSEEN:
        people.forget_attempt(begun.attempt)
    return progress


def finish(begun: Begun, *, id_number: str, name: str, at: datetime) -> SignedIn | NotSignedIn:
    """End the check and sign the person in if everything agrees; nothing of their face is left."""
    name = normalise_name(name)
    try:
        known = _is_known(id_number, name, at)
        photograph = wiring.photographs().photograph(id_number=id_number, name=name)
        matched = wiring.live_face().verdict(begun.check, photograph if known else None)
    except UnknownCheckError:
        return NotSignedIn(SignInProblem.NOT_MATCHED)
    except (FaceUnavailableError, PhotographUnavailableError, _RegisterSilentError):
        people.forget_attempt(begun.attempt)
        return NotSignedIn(SignInProblem.UNAVAILABLE)
    if not (known and matched):
        return NotSignedIn(SignInProblem.NOT_MATCHED)
    person_id = people.meet(id_number=id_number, name=name, at=at)
    succeeded(person_id, begun.attempt, at, Way.FACE)
    return SignedIn(person_id, Way.FACE, LEVEL_BY_FACE, alone=False)


def _is_known(id_number: str, name: str, at: datetime) -> bool:
    """Say whether the population base knows a living person by this name under this number."""
    asked = wiring.departments().ask(
        id_number=id_number, name=name, sources=[Source.POPULATION], at=at
    )
    answer = asked[Source.POPULATION]
    if answer.status is not AnswerStatus.ANSWERED or not isinstance(answer.entry, PopulationEntry):
        raise _RegisterSilentError
    entry = answer.entry
    return entry.alive and entry.name is not None and normalise_name(entry.name) == name
