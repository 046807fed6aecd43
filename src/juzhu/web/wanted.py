"""Whose face is about to be checked, kept sealed in the session for a few minutes."""

import time
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from juzhu.journeys.face_sign_in import Begun
from juzhu.web import sealed

SECONDS: Final = 10 * 60
_NAME: Final = "face_for"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who says they are whom, and the check under way, if one is."""

    id_number: str
    name: str
    begun: Begun | None


def keep(request: HttpRequest, id_number: str, name: str, begun: Begun | None = None) -> None:
    """Keep whose face is to be checked, and the check once it has begun."""
    check = None if begun is None else [begun.check, begun.attempt]
    sealed.put(request, _NAME, [id_number, name, check, time.time()])
    request.session.save()  # an answer of 5xx would leave the check as it was


def read(request: HttpRequest) -> Wanted | None:
    """Return whose face is to be checked; None when nobody's, or too long ago."""
    held = sealed.get(request, _NAME)
    if held is None or time.time() - held[3] > SECONDS:
        return None
    return Wanted(held[0], held[1], None if held[2] is None else Begun(*held[2]))


def forget(request: HttpRequest) -> None:
    """Forget it: the check has ended."""
    request.session.pop(_NAME, None)
