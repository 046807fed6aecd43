"""The card: where it is, and having it made anew (补领、换领)."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.domain.card import CardGround
from juzhu.domain.card_terms import pay_by
from juzhu.domain.parameters import REISSUE_WORKING_DAYS
from juzhu.domain.vocabulary import Outcome, PermitState
from juzhu.journeys import apply as journey
from juzhu.journeys import cards as card_journey
from juzhu.journeys.apply import AlreadyOpen, Submitted
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import CaseView
from juzhu.modules.payments.refunds import yuan
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.web import acting, card_progress, channels, drafts, findings, keys
from juzhu.web.access import resident_page
from juzhu.web.card_forms import BUSINESS_OF, CardForm


@dataclass(frozen=True, slots=True)
class Choice:
    """A reason to have a card made, and what it costs."""

    ground: CardGround
    yuan: str


@require_safe
@resident_page
def card(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show where the card is, and the reasons to have it made anew."""
    at = wiring.clock().now()
    permit = _held(person_id)
    if permit is None:
        return redirect("web:home")
    present = card_progress.present(permit.id)
    live = card_progress.live_case(person_id)
    newest = _case_of(person_id, present.case_number) if present else live
    context = {
        "permit": permit,
        "card": present,
        "live": live,
        "waits": card_progress.waits(present),
        "case": newest,
        "progress": card_progress.of_case(newest, at=at) if newest else None,
        "choices": [
            Choice(ground, yuan(card_journey.price(permit, ground, on=at.date())))
            for ground in card_journey.grounds(permit)
        ],
    }
    return render(request, "web/cards/card.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
def new(request: HttpRequest, person_id: int, ground: str) -> HttpResponseBase:
    """Show what is known, ask how to receive the card; on submission check and decide at once."""
    permit = _held(person_id)
    if permit is None:
        return redirect("web:home")
    elsewhere = _not_from_here(permit)
    if elsewhere is not None:
        return elsewhere
    wanted = next((g for g in card_journey.grounds(permit) if g == ground), None)
    if wanted is None:
        raise Http404
    name = f"card-{wanted}"
    kwargs: dict[str, Any] = {
        "ground": wanted,
        "known_phone": people.person(person_id).good_phone,
        "by_helper": acting.mandate_of(request) is not None,
    }
    if request.method == "GET":
        form = drafts.form(
            request, CardForm, initial={"key": keys.current(request, name)}, **kwargs
        )
        return _show(request, permit, form)
    form = CardForm(request.POST, **kwargs)
    if not form.is_valid():
        return _show(request, permit, form, status=422)
    keys.used(request, name)
    application = channels.came_from(request, form.wish())
    at = wiring.clock().now()
    match journey.submit(person_id=person_id, application=application, at=at):
        case Submitted(found):
            return redirect("web:case", found.number)
        case AlreadyOpen(number):
            return redirect("web:case", number)


def _show(
    request: HttpRequest, permit: PermitView, form: CardForm, *, status: int = 200
) -> HttpResponse:
    at = wiring.clock().now()
    business = BUSINESS_OF[form.ground]
    known = journey.precheck(person_id=permit.person_id, business=business, at=at)
    fen = card_journey.price(permit, form.ground, on=at.date())
    context = {
        "form": form,
        "person": people.person(permit.person_id),
        "permit": permit,
        "known": known,
        "ground": form.ground,
        "silent": findings.names(known.silent),
        "refused": known.decision.outcome is Outcome.REFUSED,
        "rows": findings.rows(known.decision.findings),
        "yuan": yuan(fen) if fen else "",
        "pay_by": pay_by(at.date()),
        "working_days": REISSUE_WORKING_DAYS.on(at.date()).value,
        "suspended": permit.status.state is PermitState.SUSPENDED,
    }
    return render(request, "web/cards/new.html", context, status=status)


def _not_from_here(permit: PermitView) -> HttpResponseBase | None:
    """Lead to the running case or the card under way: there is nothing to ask for meanwhile."""
    live = card_progress.live_case(permit.person_id)
    if live is not None:
        return redirect("web:case", live.number)
    if card_progress.waits(card_progress.present(permit.id)):
        return redirect("web:card")
    return None


def _held(person_id: int) -> PermitView | None:
    permit = permits.permit_of(person_id, wiring.clock().now().date())
    if permit is None or permit.status.state is PermitState.CANCELLED:
        return None
    return permit


def _case_of(person_id: int, number: str) -> CaseView | None:
    try:
        return cases.case_of(person_id, number)
    except cases.CaseNotFoundError:
        return None
