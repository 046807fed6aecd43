"""The cards of a point: what lies here, what comes, what is late; arrivals and what nobody fetches.

The list shows production numbers and masked names only; each card is found again at the desk.
"""

from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from juzhu import wiring
from juzhu.counter import card_forms, gate, permissions, texts
from juzhu.domain.card import CardEvent, CardHistoryError, CardState
from juzhu.domain.card_terms import unclaimed_days
from juzhu.domain.identity import mask_name
from juzhu.modules.cards import queries as cards
from juzhu.modules.cards import services as card_services
from juzhu.modules.cards.contracts import CardNotFoundError, CardView
from juzhu.modules.desk import queries as desk
from juzhu.modules.desk.contracts import ActKind, Hand, Identified
from juzhu.modules.people import queries as people
from juzhu.modules.workdays import working_days_between
from juzhu.web import points

SOON_WORKING_DAYS: Final = 3
"""With so few working days left a card that is not ready is marked."""


@require_safe
def stock(request: HttpRequest) -> HttpResponseBase:
    """Show the cards of a point."""
    return _show(request, card_forms.ArriveForm())


def _show(request: HttpRequest, form: card_forms.ArriveForm, *, status: int = 200) -> HttpResponse:
    member, at = gate.member_of(request), wiring.clock().now()
    shift = desk.open_shift(member.username)
    point = request.GET.get("point") or (shift.point if shift else member.point)
    found = cards.stock(point)
    back, late = cards.coming_back(), cards.late(before=at.date() + timedelta(days=14))
    names = people.names({card.person_id for card in (*found, *back)})
    kept = unclaimed_days(at.date()).kept

    def row(card: CardView) -> dict[str, Any]:
        lain = (at - card.state_at).days
        return {
            "card": card,
            "name": mask_name(names.get(card.person_id, "")),
            "state": texts.CARD_STATES[card.state],
            "days": lain,
            "unclaimed": card.state is CardState.AT_POINT and lain >= kept,
        }

    due = [(card, working_days_between(at.date(), card.due_on)) for card in late]
    context = {
        "form": form,
        "point": point,
        "point_name": points.named(point),
        "points": [(p.code, p.name) for p in points.POINTS],
        "rows": [row(card) for card in found],
        "back": [row(card) for card in back],
        "late": [
            (card, left, texts.CARD_STATES[card.state])
            for card, left in due
            if left <= SOON_WORKING_DAYS
        ],
        "kept": kept,
        "may_write": permissions.may(member.role, "stock-arrive", "POST"),
        "may_destroy": permissions.may(member.role, "stock-destroy", "POST"),
    }
    return render(request, "counter/stock.html", context, status=status)


@require_POST
def arrive(request: HttpRequest) -> HttpResponseBase:
    """Take a card into the stock: from the factory, or returned by the post."""
    form = card_forms.ArriveForm(request.POST)
    hand = _hand(request)
    if hand is None:
        return redirect("counter:shift")
    if not form.is_valid():
        return _show(request, form, status=422)
    found = cards.find(form.cleaned_data["number"])
    if found is None:
        form.add_error("number", "没有这个号码的卡，请对照卡片或信封再看一遍")
        return _show(request, form, status=422)
    try:
        card_services.at_desk(
            number=found.number,
            kind=CardEvent.ARRIVED,
            act=ActKind.CARD_ARRIVED,
            hand=hand,
            at=wiring.clock().now(),
            detail={"point": hand.point},
        )
    except CardHistoryError:
        form.add_error("number", f"这张卡现在是“{texts.CARD_STATES[found.state]}”，不能登记到货")
        return _show(request, form, status=422)
    return redirect("counter:stock")


@require_POST
def destroy(request: HttpRequest, number: str) -> HttpResponseBase:
    """Destroy a card that nobody has fetched for too long; its permit stays."""
    at, hand = wiring.clock().now(), _hand(request)
    try:
        found = cards.card(number)
    except CardNotFoundError as error:
        raise Http404 from error
    lain = (at - found.state_at).days
    if found.state is not CardState.AT_POINT or lain < unclaimed_days(at.date()).kept:
        return redirect("counter:stock")
    if hand is None:
        return redirect("counter:shift")
    card_services.at_desk(
        number=number,
        kind=CardEvent.DESTROYED,
        act=ActKind.CARD_DESTROYED,
        hand=hand,
        at=at,
        detail={"point": hand.point},
    )
    return redirect("counter:stock")


def _hand(request: HttpRequest) -> Hand | None:
    """Return the officer and the point of the running shift; nobody stands at the window."""
    member = gate.member_of(request)
    shift = desk.open_shift(member.username)
    if shift is None:
        return None
    return Hand(
        username=member.username,
        point=shift.point,
        window=shift.window,
        identified=Identified.ABSENT,
        shift_id=shift.id,
    )
