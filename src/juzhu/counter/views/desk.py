"""The desk: the line, finding a person, what stands about them, leaving."""

from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.counter import forms, gate, reader, standing, texts, visit
from juzhu.counter.visit import Visit
from juzhu.domain.identity import mask_name
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.services import PREFIX
from juzhu.modules.desk import queries as desk
from juzhu.modules.desk import services as desk_services
from juzhu.modules.desk.contracts import ActKind, ActView, Identified, Reason
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.modules.permits import queries as permits
from juzhu.web.permit_card import fault_behind

SEEN: Final = ("name", "id_number", "phone", "permit", "cases")
SHOWABLE: Final = {"number": "whole_number", "phone": "whole_phone"}
LOOK_TIME: Final = timedelta(minutes=10)
MOST_LOOKS: Final = 40
"""More than anybody serves in that time: whoever goes beyond is trawling, not serving."""
_LISTED: Final = 6


@require_safe
def desk_page(request: HttpRequest) -> HttpResponseBase:
    """Show whoever is at the window, else the empty desk."""
    member = gate.member_of(request)
    if member.role in gate.NEED_SHIFT and desk.open_shift(member.username) is None:
        return redirect("counter:shift")
    found = visit.current(request)
    if found is None:
        return render(request, "counter/desk.html", side(request))
    context = side(request) | person_context(found) | {"no_code": False}
    context |= {"missed": visit.was_missed(request), "mistaken": visit.was_mistaken(request)}
    return render(request, "counter/person.html", context)


@require_POST
def find(request: HttpRequest) -> HttpResponseBase:
    """Find by card, number or phone; a reason is required, and the look is written down first."""
    visit.end(request)
    if _looks_too_much(request):
        return render(request, "counter/too_much.html", status=429)
    form = forms.FindForm(request.POST, role=gate.member_of(request).role)
    if not form.is_valid():
        return render(request, "counter/desk.html", side(request, form), status=422)
    given = form.cleaned_data
    read = reader.is_proven(
        challenge=visit.take_challenge(request),
        number=given["card_number"],
        name=given["card_name"],
        given=given["card_proof"],
    )
    if given["card_number"] and not read:
        form.add_error(None, "读卡结果没有通过核对，请重新读卡，或者看着身份证输入号码")
        return render(request, "counter/desk.html", side(request, form), status=422)
    reason = Reason(given["why"])
    identified = Identified.CARD if read else _identified(reason)
    return _open(request, form, reason, identified)


def _looks_too_much(request: HttpRequest) -> bool:
    """Say whether somebody is being looked up faster than people can be served."""
    since = wiring.clock().now() - LOOK_TIME
    username = gate.member_of(request).username
    return desk.looked_up(username, since=since) >= MOST_LOOKS


def _identified(reason: Reason) -> Identified:
    return Identified.SEEN if reason is Reason.VISIT else Identified.ABSENT


def _open(
    request: HttpRequest, form: forms.FindForm, reason: Reason, identified: Identified
) -> HttpResponseBase:
    found = form.persons()
    if len(found) == 1:
        return _begin(request, found[0], reason, identified)
    if found:
        visit.offer(request, found, reason)
        return redirect("counter:choose")
    at, hand = wiring.clock().now(), visit.hand(request, identified)
    desk_services.note(hand=hand, kind=ActKind.NOT_FOUND, person_id=None, at=at, outcome=reason)
    number = form.citizen_number()
    if number and reason is Reason.VISIT:
        name = form.cleaned_data["card_name"]
        visit.remember_newcomer(request, number, name, identified is Identified.CARD)
        return redirect("counter:newcomer")
    form.add_error("q", form.not_found())
    return render(request, "counter/desk.html", side(request, form), status=422)


def _begin(
    request: HttpRequest, person_id: int, reason: Reason, identified: Identified
) -> HttpResponseBase:
    hand = visit.hand(request, identified)
    desk_services.look(
        hand=hand, person_id=person_id, reason=reason, fields=SEEN, at=wiring.clock().now()
    )
    visit.begin(request, person_id=person_id, reason=reason, identified=identified)
    return redirect("counter:desk")


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponseBase:
    """Choose among several who share a phone; only masked data is shown."""
    held = visit.offered(request)
    if held is None:
        return redirect("counter:desk")
    person_ids, reason = held
    if request.method == "POST":
        picked = request.POST.get("whom", "")
        if not picked.isdigit() or int(picked) >= len(person_ids):
            raise Http404
        return _begin(request, person_ids[int(picked)], reason, _identified(reason))
    context = side(request) | {"persons": [people.person(number) for number in person_ids]}
    return render(request, "counter/choose.html", context)


@require_http_methods(["GET", "POST"])
def newcomer(request: HttpRequest) -> HttpResponseBase:
    """Write down somebody who has never been here, so that they can apply."""
    held = visit.newcomer(request)
    if held is None:
        return redirect("counter:desk")
    number, name, read = held
    form = forms.NewcomerForm(gate.posted(request), initial={"name": name})
    if not form.is_valid():
        context = side(request) | {"newcomer_form": form, "number": number, "read": read}
        return render(
            request, "counter/newcomer.html", context, status=422 if form.is_bound else 200
        )
    at = wiring.clock().now()
    identified = Identified.CARD if read else Identified.SEEN
    typed = name if read else form.cleaned_data["name"]
    person_id = people_services.write_down(id_number=number, name=typed, at=at)
    hand = visit.hand(request, identified)
    desk_services.note(hand=hand, kind=ActKind.WRITTEN_DOWN, person_id=person_id, at=at)
    return _begin(request, person_id, Reason.VISIT, identified)


@require_POST
def show(request: HttpRequest, field: str) -> HttpResponseBase:
    """Show one masked value whole; the person reads in their ledger that it was."""
    found = visit.at_window(request)
    if field not in SHOWABLE:
        raise Http404
    desk_services.look(
        hand=visit.hand(request, found.identified),
        person_id=found.person_id,
        reason=found.reason,
        fields=(SHOWABLE[field],),
        at=wiring.clock().now(),
        kind=ActKind.SHOWN,
    )
    visit.show(request, field)
    return redirect("counter:desk")


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    """Clear the window; a page left open somewhere does not send away whoever came after."""
    found = visit.current(request)
    if found is None or visit.sent_for(request, found):
        visit.end(request)
    return redirect("counter:desk")


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Take note that the officer is still working with the person at the window."""
    return HttpResponse(status=204 if visit.current(request) else 410)


def side(request: HttpRequest, form: forms.FindForm | None = None) -> dict[str, Any]:
    """Return what every page of the desk shows beside the work."""
    member, at = gate.member_of(request), wiring.clock().now()
    shift = desk.open_shift(member.username)
    done = desk.done_by(member.username, at.date())
    line = (
        desk.line(point=shift.point, username=member.username, on=at.date(), at=at)
        if shift
        else None
    )
    return {
        "find_form": form or forms.FindForm(role=member.role),
        "challenge": visit.challenge(request),
        "has_reader": reader.is_connected(),
        "reader_url": gate.reader_url(),
        "line": line,
        "done_count": len(done),
        "done": acts(done[:_LISTED]),
        "cleared": visit.was_cleared(request),
        "idle_seconds": visit.IDLE_SECONDS,
        "visit": None,
    }


def acts(found: list[ActView]) -> list[tuple[ActView, str, str]]:
    """Return acts with the masked name and what was done, for a list."""
    names = people.names({act.person_id for act in found if act.person_id is not None})
    return [
        (
            act,
            mask_name(names[act.person_id]) if act.person_id in names else "",
            _what(act),
        )
        for act in found
    ]


def _what(act: ActView) -> str:
    """Return what was done; an application is called by its business, as its number tells."""
    asked = (b for b, prefix in PREFIX.items() if act.occasion.startswith(prefix))
    business = next(asked, None) if act.kind is ActKind.APPLIED else None
    return texts.BUSINESSES[business] if business else texts.ACTS[act.kind]


def person_context(found: Visit) -> dict[str, Any]:
    """Return what stands about the person at the window."""
    on = wiring.clock().now().date()
    person = people.person(found.person_id)
    permit = permits.permit_of(found.person_id, on)
    known = cases.cases_of(found.person_id, limit=10)
    label, pill = (
        standing.STATES.get(permit.status.state, ("", ""))
        if permit
        else ("没有居住证", "pill--off")
    )
    return {
        "visit": found,
        "person": person,
        "permit": permit,
        "fault": fault_behind(permit) if permit else None,
        "why_ended": texts.ENDS[permit.status.cancel_reason]
        if permit and permit.status.cancel_reason
        else "",
        "days_left": (permit.status.valid_through - on).days if permit else 0,
        "state_label": label,
        "state_pill": pill,
        "offers": standing.offers(permit, known, identified=found.identified),
        "cases": [
            (case, texts.BUSINESSES[case.business], texts.STATES[case.state]) for case in known
        ],
        "identified": texts.IDENTIFIED[found.identified],
        "reason": texts.REASONS[found.reason],
        "whole": found.shown,
        "tab": "",
    }
