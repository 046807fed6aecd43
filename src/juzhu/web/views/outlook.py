"""How the next endorsement looks, and letting the system endorse by itself (自动签注)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.domain.calendar import first_day_of
from juzhu.domain.findings import Condition
from juzhu.domain.forecast import Forecast, InsuranceYear
from juzhu.domain.vocabulary import PermitState
from juzhu.journeys import proactive
from juzhu.modules.cases.contracts import CaseState
from juzhu.modules.permits import queries as permits
from juzhu.modules.proactive import queries as consents
from juzhu.web import findings, texts
from juzhu.web.access import own_case, resident_page
from juzhu.web.permit_card import card_of


@require_safe
@resident_page
def outlook(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Say whether the next endorsement will pass, when, and what can still be mended."""
    at = wiring.clock().now()
    seen = proactive.forecast(person_id=person_id, at=at)
    if seen is None:
        return redirect("web:home")
    permit, ahead = seen
    context = {
        "card": card_of(permit, at.date()),
        "ahead": ahead,
        "today": at.date(),
        "rows": findings.rows(
            finding
            for finding in ahead.decision.findings
            if finding.condition is not Condition.ENDORSEMENT_TIMING
        ),
        "silent": _silent(ahead),
        "year": _year(ahead.insurance),
        "consent": consents.consent_of(person_id),
    }
    return render(request, "web/outlook.html", context)


def _silent(ahead: Forecast) -> str:
    unknown = (finding.source for finding in ahead.decision.findings if finding.met is None)
    return findings.names(dict.fromkeys(unknown))


def _year(year: InsuranceYear | None) -> Mapping[str, Any] | None:
    if year is None:
        return None
    return {
        "kind": texts.INSURANCES[year.kind] if year.kind else "",
        "needed": year.needed,
        "paid": year.paid,
        "still_needed": year.still_needed,
        "spare": max(year.spare, 0),
        "out_of_reach": year.spare < 0,
        "months": [(first_day_of(month), state.value) for month, state in year.months],
        "missing": sum(state.value == "missing" for _, state in year.months),
    }


@require_http_methods(["GET", "POST"])
@resident_page
def consent(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show what is agreed to; give it or take it back on the same page."""
    at = wiring.clock().now()
    permit = permits.permit_of(person_id, at.date())
    if permit is None or permit.status.state is PermitState.CANCELLED:
        return redirect("web:home")
    if request.method == "POST":
        if request.POST.get("agree") == "yes":
            proactive.give_consent(person_id=person_id, at=at)
        else:
            proactive.withdraw_consent(person_id=person_id, at=at)
        return redirect("web:consent")
    context = {"consent": consents.consent_of(person_id), "card": card_of(permit, at.date())}
    return render(request, "web/consent.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
def undo(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Confirm, then take back an endorsement that was made without asking."""
    shown = own_case(person_id, number)
    at = wiring.clock().now()
    possible = shown.undo_by is not None and at.date() <= shown.undo_by
    if request.method == "GET" and possible and shown.state is CaseState.APPROVED:
        return render(request, "web/cases/undo.html", {"case": shown})
    if request.method == "POST":
        proactive.undo(person_id=person_id, number=number, at=at)
    return redirect("web:case", number)
