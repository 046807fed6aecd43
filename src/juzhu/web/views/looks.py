"""Who looked at one's data, and what one can say against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.domain.vocabulary import Source
from juzhu.modules.audit import queries as audit
from juzhu.modules.audit.contracts import DataSubject, LookView, Place
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes import services as dispute_services
from juzhu.modules.disputes.contracts import (
    ANSWER_WORKING_DAYS,
    MOST_WAITING,
    DisputeView,
    Reason,
)
from juzhu.modules.mandates import queries as mandates
from juzhu.modules.partners import queries as partners
from juzhu.modules.people import queries as people
from juzhu.modules.workdays import working_day_after
from juzhu.web import drafts, findings, look_forms, texts
from juzhu.web.access import own_dispute, resident_page

LOOKS_DAYS: Final = 183
_SOURCES: Final = [source.value for source in Source]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@require_safe
@resident_page
def looks(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show who looked at the person's data, newest first, and how much in the last half year."""
    at, whose = wiring.clock().now(), _whose(person_id)
    before = _place(request.GET.get("before", ""))
    page = audit.page_of_looks(whose, at=at, before=before)
    raised = {it.entry_id: it for it in disputes.disputes_of(person_id) if it.entry_id is not None}
    names = _names(person_id)
    found = [_in_words(look, names, raised) for look in page.looks]
    totals = audit.totals(whose, since=at - timedelta(days=LOOKS_DAYS), at=at)
    context = {
        "count": totals.looks,
        "lookers": len({texts.looker(actor, names) for actor in totals.actors}),
        "months": [(month, list(group)) for month, group in groupby(found, key=_month)],
        "further": _text(page.next) if page.next else "",
        "earlier": before is not None,
    }
    return render(request, "web/looks/list.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
def object_to(request: HttpRequest, person_id: int, number: int) -> HttpResponseBase:
    """Say that one look is not accepted, in one choice and, if wanted, some words."""
    at = wiring.clock().now()
    look = audit.look_numbered(_whose(person_id), number, at=at)
    if look is None:
        raise Http404
    shown = {
        "look": _in_words(look, _names(person_id), {}),
        "answer_by": working_day_after(at.date(), ANSWER_WORKING_DAYS),
    }
    if request.method == "GET":
        return _show(request, drafts.form(request, look_forms.DisputeForm), shown)
    form = look_forms.DisputeForm(request.POST)
    if not form.is_valid():
        return _show(request, form, shown, status=422)
    try:
        dispute_id = dispute_services.open_dispute(
            person_id=person_id,
            look=look,
            reason=Reason(form.cleaned_data["reason"]),
            words=form.cleaned_data["words"],
            at=at,
        )
    except dispute_services.TooManyError:
        form.add_error(None, look_forms.TOO_MANY % {"n": MOST_WAITING})
        return _show(request, form, shown, status=422)
    return redirect("web:dispute", dispute_id)


def _show(
    request: HttpRequest,
    form: look_forms.DisputeForm,
    shown: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    return render(request, "web/looks/object.html", {"form": form, **shown}, status=status)


@require_safe
@resident_page
def dispute(request: HttpRequest, person_id: int, number: int) -> HttpResponseBase:
    """Show one dispute: by when it is answered, or the answer."""
    found = own_dispute(person_id, number)
    context = {
        "dispute": found,
        "who": texts.looker(found.actor, _names(person_id)),
        "purpose": texts.PURPOSES[found.purpose],
        "occasion": _occasion(found.actor, found.occasion),
        "fields": _listed(found.fields),
        "reason": look_forms.ALL_REASONS[found.reason],
        "item": look_forms.ITEMS[found.item] if found.item else None,
        "late": found.answered_at is None and wiring.clock().now().date() > found.answer_by,
    }
    return render(request, "web/looks/dispute.html", context)


def _whose(person_id: int) -> DataSubject:
    return DataSubject(person_id, people.id_digest(person_id))


def _names(person_id: int) -> Mapping[str, str]:
    """Return the names of those who look, by how the ledger names them."""
    return {**partners.names(), **mandates.helper_names(person_id)}


@dataclass(frozen=True, slots=True)
class _Look:
    """One look in words."""

    number: int
    at: datetime
    who: str
    purpose: str
    fields: str
    occasion: str
    basis: str
    delayed: bool
    times: int
    dispute: DisputeView | None
    own: bool


def _in_words(look: LookView, names: Mapping[str, str], raised: Mapping[int, DisputeView]) -> _Look:
    return _Look(
        number=look.entry_ids[0],
        at=look.at,
        who=texts.looker(look.who, names),
        purpose=str(texts.PURPOSES[look.purpose]),
        fields=_listed(look.fields),
        occasion=_occasion(look.who, look.occasion),
        basis=look.basis,
        delayed=look.delayed,
        times=look.times,
        dispute=next((raised[number] for number in look.entry_ids if number in raised), None),
        own=look.who.startswith("holder:"),
    )


def _occasion(who: str, occasion: str) -> str:
    """Return what the person knows it by: a department's receipt says nothing to them."""
    return "" if who.startswith("partner:") else occasion


def _listed(fields: tuple[str, ...]) -> str:
    return findings.listed(texts.field_name(name) for name in sorted(fields, key=_rank))


def _rank(name: str) -> int:
    return _SOURCES.index(name) if name in _SOURCES else len(_SOURCES)


def _month(look: _Look) -> date:
    return localtime(look.at).date().replace(day=1)


def _text(place: Place) -> str:
    """Return a place as it stands in an address: microseconds since 1970 and a number."""
    return f"{(place[0] - _EPOCH) // _MICROSECOND}-{place[1]}"


def _place(text: str) -> Place | None:
    """Return the place an address names; nonsense is the beginning."""
    first, _, second = text.partition("-")
    if not (first.isdecimal() and second.isdecimal() and len(text) < 40):
        return None
    try:
        return _EPOCH + int(first) * _MICROSECOND, min(int(second), 2**63 - 1)
    except OverflowError:
        return None
