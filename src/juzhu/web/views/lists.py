"""Lists of one's own: cases, messages, looks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from juzhu import wiring
from juzhu.domain.vocabulary import Source
from juzhu.modules.audit import queries as audit
from juzhu.modules.audit.contracts import LookView
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import LIVE
from juzhu.modules.notices import queries as notices
from juzhu.web import findings, texts
from juzhu.web.access import resident_page

LOOKS_DAYS: Final = 183
MESSAGES: Final = 50
_SOURCES: Final = [source.value for source in Source]


@require_safe
@resident_page
def progress(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show what is under way, then what is done."""
    found = cases.cases_of(person_id)
    context = {
        "live": [case for case in found if case.state in LIVE],
        "done": [case for case in found if case.state not in LIVE],
    }
    return render(request, "web/progress.html", context)


@require_safe
@resident_page
def messages(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show what was written to the person, whether or not the SMS arrived."""
    context = {"messages": notices.inbox(person_id, MESSAGES)}
    return render(request, "web/messages.html", context)


@require_safe
@resident_page
def looks(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show who looked at the person's data in the last half year."""
    since = wiring.clock().now() - timedelta(days=LOOKS_DAYS)
    found = [_in_words(look) for look in audit.looks(person_id, since)]
    context = {
        "count": sum(look.times for look in found),
        "lookers": len({look.who for look in found}),
        "months": [(month, list(group)) for month, group in groupby(found, key=_month)],
    }
    return render(request, "web/looks.html", context)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look in words."""

    at: datetime
    who: str
    purpose: str
    fields: str
    occasion: str
    times: int


def _in_words(look: LookView) -> _Look:
    return _Look(
        at=look.at,
        who=texts.looker(look.who),
        purpose=str(texts.PURPOSES[look.purpose]),
        fields=findings.listed(texts.field_name(name) for name in sorted(look.fields, key=_place)),
        occasion=look.occasion,
        times=look.times,
    )


def _place(name: str) -> int:
    return _SOURCES.index(name) if name in _SOURCES else len(_SOURCES)


def _month(look: _Look) -> date:
    return localtime(look.at).date().replace(day=1)
