"""Signing in by WeChat's face check, on the phone on which WeChat runs."""

from datetime import datetime

import structlog

from juzhu import wiring
from juzhu.domain.identity import normalise_name
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
from juzhu.ports.face import FaceTicket, FaceUnavailableError

log = structlog.get_logger()


def begin(
    *, openid: str, id_number: str, name: str, ip: str, at: datetime
) -> tuple[FaceTicket, int] | NotSignedIn:
    """Name the person to WeChat; return its ticket and the attempt it counts as."""
    attempt = people.begin_attempt(id_number=id_number, door=Door.FACE, ip=ip, at=at)
    if isinstance(attempt, Lock):
        return locked(attempt)
    try:
        ticket = wiring.wechat_face().begin(
            openid=openid, id_number=id_number, name=normalise_name(name)
        )
    except FaceUnavailableError as error:
        return _silent(attempt, error)
    return ticket, attempt


def finish(
    ticket: FaceTicket, attempt: int, *, id_number: str, name: str, at: datetime
) -> SignedIn | NotSignedIn:
    """Ask WeChat what came of it, whatever the page says, and sign the person in if it matched."""
    name = normalise_name(name)
    try:
        matched = wiring.wechat_face().matched(ticket, id_number=id_number, name=name)
    except FaceUnavailableError as error:
        return _silent(attempt, error)
    if not matched:
        return NotSignedIn(SignInProblem.NOT_MATCHED)
    person_id = people.meet(id_number=id_number, name=name, at=at)
    succeeded(person_id, attempt, at, Way.FACE)
    return SignedIn(person_id, Way.FACE, LEVEL_BY_FACE)


def _silent(attempt: int, error: FaceUnavailableError) -> NotSignedIn:
    log.warning("sign_in.wechat_face_unavailable", why=str(error))
    people.forget_attempt(attempt)  # WeChat failed, not the person
    return NotSignedIn(SignInProblem.UNAVAILABLE)
