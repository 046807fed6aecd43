"""A cancellation that its holder says they never asked for, before the officers."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from juzhu import wiring
from juzhu.counter import gate, life_texts, permissions, review_forms, visit
from juzhu.modules.cases import objections
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import Identified, Reason
from juzhu.modules.lives import asked
from juzhu.modules.lives.contracts import AskedEndView
from juzhu.modules.lives.queries import SignalNotFoundError
from juzhu.modules.lives.services import NotOpenError, SameOfficerError
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.staff import queries as staff
from juzhu.web import points

SEEN: Final = ("name", "id_number", "permit")
_PROBLEMS: Final = (NotOpenError, SameOfficerError, asked.OwnDeedError)


@require_safe
def end(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show how the cancellation was asked for beside what the holder says."""
    found = _found(number)
    desk.look(
        hand=visit.hand(request, Identified.ABSENT),
        person_id=found.person_id,
        reason=Reason.REVIEW,
        fields=SEEN,
        at=wiring.clock().now(),
        occasion=found.occasion,
    )
    return _page(request, found, review_forms.ReasonForm())


@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Propose to restore the permit, or let the cancellation stand, with reasons."""
    found, form = _found(number), review_forms.ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    act = objections.let_stand if "stand" in request.POST else objections.propose
    officer, at = gate.member_of(request).username, wiring.clock().now()
    try:
        act(number=number, officer=officer, words=form.cleaned_data["words"], at=at)
    except _PROBLEMS:
        visit.missed(request)
    return redirect("counter:asked", number)


@require_POST
def sign(request: HttpRequest, number: int) -> HttpResponseBase:
    """Sign what another proposed, which restores the permit, or put the matter back."""
    _found(number)
    act = objections.put_back if "reject" in request.POST else objections.sign
    officer, at = gate.member_of(request).username, wiring.clock().now()
    try:
        act(number=number, officer=officer, at=at)
    except _PROBLEMS:
        visit.missed(request)
    return redirect("counter:asked", number)


def _found(number: int) -> AskedEndView:
    try:
        return asked.found(number)
    except SignalNotFoundError as error:
        raise Http404 from error


def _page(
    request: HttpRequest, found: AskedEndView, form: review_forms.ReasonForm, *, status: int = 200
) -> HttpResponse:
    member, on = gate.member_of(request), wiring.clock().now().date()
    asking = found.asking
    context = {
        "found": found,
        "person": people.person(found.person_id),
        "permit": permits.permit_by_id(found.permit_id, on),
        "channel": life_texts.CHANNELS.get(asking.channel, ""),
        "proofs": "、".join(life_texts.PROOFS[way] for way in asking.proofs),
        "officer": staff.name_of(asking.officer) if asking.officer else "",
        "point": points.named(asking.point) if asking.point else "",
        "identified": life_texts.IDENTIFIED.get(asking.identified, ""),
        "form": form,
        "missed": visit.was_missed(request),
        "may_write": permissions.may(member.role, "asked-answer", "POST"),
        "mine": found.proposed_by == member.username,
        "own_deed": asking.officer == member.username,
    }
    return render(request, "counter/asked.html", context, status=status)
