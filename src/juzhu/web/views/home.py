"""The home page in its states: a visitor, no permit, a permit, a case under way."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from juzhu import wiring
from juzhu.domain.card import CardState
from juzhu.domain.parameters import REVIEW_DAYS, SUIT_MONTHS
from juzhu.domain.vocabulary import Business, PermitState
from juzhu.journeys import apply
from juzhu.modules.cases import queries as cases
from juzhu.modules.notices import queries as notices
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.web import card_progress, findings, sessions
from juzhu.web.access import public_page, resident_page
from juzhu.web.permit_card import card_of, fault_behind


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponseBase:
    """Show what the service does, or the person's own page."""
    if sessions.visitor(request) is None:
        return render(request, "web/home/welcome.html")
    return my_home(request)


@resident_page
def my_home(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show the permit, or whether the person may apply for one."""
    on = wiring.clock().now().date()
    permit = permits.permit_of(person_id, on)
    if permit is None or permit.status.state is PermitState.CANCELLED:
        return _without_permit(request, person_id, permit)
    card = card_progress.present(permit.id)
    context = _whose(person_id) | {
        "card": card_of(permit, on),
        "fault": fault_behind(permit),
        "open_case": cases.live_case(person_id, Business.ENDORSEMENT),
        "card_here": card is not None and card.state is CardState.AT_POINT,
        "card_case": card_progress.waits(card) or card_progress.live_case(person_id) is not None,
    }
    return render(request, "web/home/permit.html", context)


def _without_permit(
    request: HttpRequest, person_id: int, ended: PermitView | None
) -> HttpResponseBase:
    """Show whether the person may apply, and why a former permit ended."""
    on = wiring.clock().now().date()
    context = _whose(person_id) | {
        "cancelled": ended is not None,
        "ended": ended.status if ended else None,
        "review_days": REVIEW_DAYS.on(on).value,
        "suit_months": SUIT_MONTHS.on(on).value,
    }
    open_case = cases.live_case(person_id, Business.FIRST_ISSUE)
    if open_case is not None:
        return render(request, "web/home/under_way.html", context | {"open_case": open_case})
    at = wiring.clock().now()
    known = apply.precheck(person_id=person_id, business=Business.FIRST_ISSUE, at=at)
    context |= {
        "decision": known.decision,
        "rows": findings.rows(known.decision.findings),
        "silent": findings.names(known.silent),
    }
    return render(request, "web/home/no_permit.html", context)


def _whose(person_id: int) -> dict[str, object]:
    person = people.person(person_id)
    not_reached = person.phone_doubted or notices.is_unreached(person_id)
    return {"person": person, "not_reached": not_reached}
