"""How sure the service must be who is asking, for each act: one table, and the mark of a page.

Trust levels are those of Guangdong's unified identity platform (广东省统一身份认证平台): 2 is what
a person says of themselves, 3 two factors against the population base, 4 a living person compared
with their photograph, 5 stronger means. Nobody is signed in below 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from juzhu.web import sessions
from juzhu.web.sessions import Visitor

P = ParamSpec("P")
ResidentView = Callable[Concatenate[HttpRequest, int, P], HttpResponseBase]

FRESH_SECONDS: Final = 10 * 60
"""How long a proof counts as fresh: the time of one errand, not of a whole session."""


class Act(StrEnum):
    """What a person may do here, as far as it needs its own degree of certainty."""

    READ = "read"  # one's own permit, cases, sheets, messages, looks
    APPLY = "apply"
    ENDORSE = "endorse"
    SHARE = "share"  # a sheet, or a code that shows it
    OBJECT = "object"
    CHANGE_PHONE = "change_phone"
    CHANGE_AGENT = "change_agent"  # who may fetch the card
    NAME_HELPER = "name_helper"  # who may act for the person
    HELP = "help"  # ask to act for somebody, and begin to
    BIND_WECHAT = "bind_wechat"  # an account that gets the reminders and may ask
    CANCEL = "cancel"  # the permit, at the holder's own wish
    DOWNLOAD = "download"  # everything that is held about the person


@dataclass(frozen=True, slots=True)
class Need:
    """What an act asks of the session.

    Attributes:
        level: the trust level it needs.
        fresh: whether a proof of that level must be younger than `FRESH_SECONDS`, and may stand
            alone or have a second fresh one beside it: the acts that cannot be undone.

    """

    level: int
    fresh: bool = False


NEEDS: Final[dict[Act, Need]] = {
    Act.READ: Need(3),
    Act.APPLY: Need(3),
    Act.ENDORSE: Need(3),
    Act.SHARE: Need(3),
    Act.OBJECT: Need(3),
    Act.CHANGE_PHONE: Need(3, fresh=True),
    Act.CHANGE_AGENT: Need(3, fresh=True),
    Act.NAME_HELPER: Need(3, fresh=True),
    Act.HELP: Need(3),
    Act.BIND_WECHAT: Need(4),
    Act.CANCEL: Need(3, fresh=True),
    Act.DOWNLOAD: Need(3, fresh=True),
}
"""Level 3 throughout: who cannot or does not want to show a face must reach every act
(人脸识别技术应用安全管理办法). Only WeChat asks for a face, and nothing needs WeChat. What cannot
be undone asks again, and an untested face check never carries it alone.
"""

LOWEST: Final = min(need.level for need in NEEDS.values())
"""Below it nothing is open, so nobody is signed in."""


class Missing(StrEnum):
    """What the session lacks for an act."""

    SIGN_IN = "sign_in"  # anew, by any way of the level
    CODE = "code"  # the fresh proof may not stand alone: the code to the reserved phone beside it


def missing(visitor: Visitor, act: Act) -> Missing | None:
    """Return what is missing for the act, None when nothing is."""
    need = NEEDS[act]
    if not need.fresh:
        return None if visitor.level >= need.level else Missing.SIGN_IN
    good = [
        proof
        for proof in visitor.proofs
        if proof.level >= need.level and sessions.seconds_since(proof) <= FRESH_SECONDS
    ]
    if not good:
        return Missing.SIGN_IN
    return None if any(proof.alone for proof in good) else Missing.CODE


def fresh_ways(request: HttpRequest) -> tuple[str, ...]:
    """Return the ways in which the visitor has freshly shown who they are, for the record."""
    return sessions.ways(request, within=FRESH_SECONDS)


def assured(act: Act) -> Callable[[ResidentView[P]], ResidentView[P]]:
    """Mark what a page does; stands under `resident_page`. Who lacks a proof gives it first.

    The person comes back to this page by GET, so mark the page that shows the form as well.
    """

    def mark(view: ResidentView[P]) -> ResidentView[P]:
        @wraps(view)
        def guarded(
            request: HttpRequest, person_id: int, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            visitor = sessions.visitor(request)
            assert visitor is not None, "resident_page stands above"
            lacking = missing(visitor, act)
            if lacking is not None:
                return redirect(_where(lacking, request))
            return view(request, person_id, *args, **kwargs)

        setattr(guarded, "act", act)  # noqa: B010  # functions take attributes, mypy does not know it
        return guarded

    return mark


def _where(lacking: Missing, request: HttpRequest) -> str:
    view = "web:sign-in" if lacking is Missing.SIGN_IN else "web:sign-in-code"
    return f"{reverse(view)}?{urlencode({'again': '1', 'next': request.path})}"
