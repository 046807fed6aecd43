"""Cards for the person at the window: hand over, refuse, spoiled; and having one made anew."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.counter import card_forms, gate, reader, standing, texts, visit
from juzhu.counter.views.business import allowed, frame
from juzhu.counter.visit import Visit
from juzhu.domain.card import CardEvent
from juzhu.domain.card_terms import pay_by
from juzhu.domain.collection import Read, Refusal
from juzhu.domain.vocabulary import Outcome
from juzhu.journeys import apply as journey
from juzhu.journeys import cards as card_journey
from juzhu.journeys import collecting
from juzhu.journeys.apply import AlreadyOpen, Submitted
from juzhu.modules.cards import services as card_services
from juzhu.modules.cards.contracts import CardNotFoundError, CardView
from juzhu.modules.cases import collection
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.collection import HandedOver, Refused
from juzhu.modules.cases.contracts import Channel
from juzhu.modules.desk.contracts import ActKind, Identified
from juzhu.modules.payments import queries as payments
from juzhu.modules.payments.refunds import yuan
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.web import findings, points
from juzhu.web.card_forms import BUSINESS_OF


@require_http_methods(["GET", "POST"])
def card(request: HttpRequest) -> HttpResponseBase:
    """Hand the card over that lies here: to the holder or the named agent, nobody else."""
    found = visit.at_window(request)
    held = standing.card_to_fetch(found.person_id)
    if held is None or not allowed(found, "card"):
        return redirect("counter:desk")
    form = card_forms.HandOverForm(gate.posted(request), ground=held.ground)
    if not form.is_valid():
        return _show(request, found, held, form)
    came = _came(request, form)
    if came is None and form.cleaned_data["who"] == "agent":
        form.add_error("who", "代领人的读卡没有通过核对，请重新读卡")
        return _show(request, found, held, form)
    try:
        result = collecting.hand_over(
            person_id=found.person_id,
            card_number=held.number,
            holder_read=found.identified is Identified.CARD,
            came=came,
            old_card=form.cleaned_data.get("old_card", ""),
            hand=visit.hand(request, found.identified),
            at=wiring.clock().now(),
        )
    except CardNotFoundError:
        visit.missed(request)
        return redirect("counter:desk")
    match result:
        case HandedOver():
            return redirect("counter:done", "card")
        case Refused(_, why):
            return _show(request, found, held, form, why=why)


def _came(request: HttpRequest, form: card_forms.HandOverForm) -> Read | None:
    """Return the identity card that the reader has read; None for nobody else, or no proof."""
    given = form.cleaned_data
    if given["who"] != "agent":
        return None
    proven = reader.is_proven(
        challenge=visit.take_challenge(request),
        number=given["agent_number"],
        name=given["agent_name"],
        given=given["agent_proof"],
    )
    return Read(given["agent_number"], given["agent_name"]) if proven else None


def _show(
    request: HttpRequest,
    found: Visit,
    held: CardView,
    form: card_forms.HandOverForm,
    *,
    why: Refusal | None = None,
    refuse_form: card_forms.RefuseForm | None = None,
    spoil_form: card_forms.SpoilForm | None = None,
) -> HttpResponse:
    case = cases.case_of(found.person_id, held.case_number)
    context = frame(request, found, "card") | {
        "form": form,
        "card": held,
        "case": case,
        "point_name": points.named(held.point),
        "read": found.identified is Identified.CARD,
        "has_reader": reader.is_connected(),
        "refusal": texts.REFUSALS[why] if why else None,
        "refuse_form": refuse_form or card_forms.RefuseForm(),
        "spoil_form": spoil_form or card_forms.SpoilForm(),
    }
    here = visit.hand(request, found.identified).point
    context["elsewhere"] = bool(held.point) and held.point != here
    wrong = why is not None or request.method == "POST"
    return render(request, "counter/card.html", context, status=422 if wrong else 200)


@require_POST
def refuse(request: HttpRequest) -> HttpResponseBase:
    """Keep the card because the officer sees a reason; the holder is told."""
    found = visit.at_window(request)
    held = standing.card_to_fetch(found.person_id)
    if held is None:
        return redirect("counter:desk")
    form = card_forms.RefuseForm(request.POST)
    empty = card_forms.HandOverForm(None, ground=held.ground)
    if not form.is_valid():
        return _show(request, found, held, empty, refuse_form=form)
    why = Refusal(form.cleaned_data["why"])
    hand = visit.hand(request, found.identified)
    try:
        collection.refuse(
            person_id=found.person_id,
            card_number=held.number,
            why=why,
            hand=hand,
            at=wiring.clock().now(),
        )
    except CardNotFoundError:
        visit.missed(request)
        return redirect("counter:desk")
    return redirect("counter:done", "card-refused")


@require_POST
def spoil(request: HttpRequest) -> HttpResponseBase:
    """Note that the card here is no good: it is made again free of charge."""
    found = visit.at_window(request)
    held = standing.card_to_fetch(found.person_id)
    if held is None:
        return redirect("counter:desk")
    form = card_forms.SpoilForm(request.POST)
    if not form.is_valid():
        empty = card_forms.HandOverForm(None, ground=held.ground)
        return _show(request, found, held, empty, spoil_form=form)
    hand, at = visit.hand(request, found.identified), wiring.clock().now()
    card_services.at_desk(
        number=held.number,
        kind=CardEvent.SPOILED,
        act=ActKind.CARD_SPOILED,
        hand=hand,
        at=at,
        detail={"reason": form.cleaned_data["what"], "point": hand.point},
    )
    return redirect("counter:done", "card-spoiled")


@require_http_methods(["GET", "POST"])
def reissue(request: HttpRequest) -> HttpResponseBase:
    """Have the card of the person at the window made anew; both identities on the record."""
    found = visit.at_window(request)
    at = wiring.clock().now()
    permit = permits.permit_of(found.person_id, at.date())
    if permit is None or not allowed(found, "reissue"):
        return redirect("counter:desk")
    form = card_forms.ReissueForm(
        gate.posted(request),
        grounds=card_journey.grounds(permit),
        known_phone=people.person(found.person_id).phone,
        initial={"key": visit.key(request, "reissue")},
    )
    if not form.is_valid():
        known = journey.precheck(
            person_id=found.person_id, business=BUSINESS_OF[form.ground], at=at
        )
        fen = card_journey.price(permit, form.ground, on=at.date())
        context = frame(request, found, "reissue") | {
            "form": form,
            "known": known,
            "rows": findings.rows(known.decision.findings),
            "silent": findings.names(known.silent),
            "refused": known.decision.outcome is Outcome.REFUSED,
            "checked_at": at,
            "yuan": yuan(fen) if fen else "",
            "pay_by": pay_by(at.date()),
        }
        status = 422 if form.is_bound else 200
        return render(request, "counter/reissue.html", context, status=status)
    hand = visit.hand(request, found.identified)
    result = journey.submit(
        person_id=found.person_id,
        application=replace(form.wish(), channel=Channel.COUNTER, hand=hand),
        at=at,
    )
    visit.key_used(request, "reissue")
    match result:
        case Submitted(case):
            return redirect("counter:case", case.number)
        case AlreadyOpen(number):
            return redirect("counter:case", number)


@require_safe
def pay_code(request: HttpRequest, number: str) -> HttpResponseBase:
    """Draw the QR code that leads the person's phone to the fee of a case."""
    found = visit.at_window(request)
    try:
        case = cases.case_of(found.person_id, number)
    except cases.CaseNotFoundError as error:
        raise Http404 from error
    case_id: Any = cases.id_of(case.number)
    order = payments.of_case(case_id, at=wiring.clock().now())
    if order is None:
        raise Http404
    return HttpResponse(
        wiring.code_drawing(wiring.pay_address(order.number)), content_type="image/svg+xml"
    )
