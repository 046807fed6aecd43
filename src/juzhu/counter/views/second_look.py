"""A second look at automatic approvals drawn by lot, disputes, and held sheets."""

from datetime import timedelta
from typing import Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.counter import evidence, gate, permissions, review_forms, texts, visit
from juzhu.modules.cases import in_review, reviews
from juzhu.modules.cases.queries import CaseNotFoundError
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import Identified, Reason
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes import services as dispute_services
from juzhu.modules.disputes.contracts import Verdict
from juzhu.modules.disputes.services import AnsweredError, OwnLookError, TakenError
from juzhu.modules.lives import queries as lives
from juzhu.modules.partners import queries as partners
from juzhu.modules.people import queries as people
from juzhu.modules.sheets import services as sheet_services
from juzhu.modules.sheets.queries import SheetNotFoundError
from juzhu.modules.staff import queries as staff
from juzhu.modules.staff.contracts import Role
from juzhu.web import findings, look_forms
from juzhu.web.texts import PURPOSES, field_name, looker

DAYS: Final = 14


@require_safe
def sample(request: HttpRequest) -> HttpResponseBase:
    """List the approvals that were drawn and wait for their second look."""
    since = wiring.clock().now() - timedelta(days=DAYS)
    found = in_review.sampled(since=since)
    context = {"cases": [(case, texts.BUSINESSES[case.business]) for case in found], "days": DAYS}
    return render(request, "counter/sample.html", context)


@require_http_methods(["GET", "POST"])
def sample_case(request: HttpRequest, number: str) -> HttpResponseBase:
    """Look at one of them again and say what was found."""
    try:
        case = in_review.drawn(number)
    except CaseNotFoundError as error:
        raise Http404 from error
    hand = visit.hand(request, Identified.ABSENT)
    form = review_forms.SecondLookForm(gate.posted(request))
    member = gate.member_of(request)
    if form.is_valid():
        reviews.look_again(
            number=number,
            in_order=form.cleaned_data["found"] == "yes",
            words=form.cleaned_data["words"],
            hand=hand,
            at=wiring.clock().now(),
        )
        return redirect("counter:sample")
    desk.look(
        hand=hand,
        person_id=case.person_id,
        reason=Reason.SUPERVISION if member.role is Role.AUDITOR else Reason.REVIEW,
        fields=("name", "id_number", *(answer.source.value for answer in case.answers)),
        at=wiring.clock().now(),
        occasion=number,
    )
    context = {
        "case": case,
        "business": texts.BUSINESSES[case.business],
        "person": people.person(case.person_id),
        "rows": findings.rows(case.findings, case.answers),
        "said": evidence.said(case, in_review.said(number)),
        "form": form,
        "may_write": permissions.may(member.role, "sample-case", "POST"),
    }
    return render(
        request, "counter/sample_case.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def dispute(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take a dispute up (POST) and show it to whoever has it; others read who has."""
    member = gate.member_of(request)
    try:
        if request.method == "POST":
            dispute_services.claim(
                dispute_id=number, officer=member.username, at=wiring.clock().now()
            )
            return redirect("counter:dispute", number)
        found = disputes.dispute(number)
    except disputes.DisputeNotFoundError as error:
        raise Http404 from error
    except OwnLookError:
        visit.missed(request)
        return redirect("counter:dispute", number)
    except TakenError:
        return redirect("counter:dispute", number)
    except AnsweredError:
        return redirect("counter:review")
    return _dispute(
        request,
        number,
        review_forms.AnswerForm(about_data=bool(found.item)),
        found.officer == member.username,
    )


def _dispute(
    request: HttpRequest,
    number: int,
    form: review_forms.AnswerForm,
    mine: bool,
    *,
    status: int = 200,
) -> HttpResponseBase:
    found = disputes.dispute(number)
    context = {
        "dispute": found,
        "mine": mine,
        "own_look": visit.was_missed(request),
        "holder": staff.name_of(found.officer) if found.officer else "",
        "may_take": permissions.may(gate.member_of(request).role, "dispute", "POST"),
        "who": looker(found.actor, partners.names()),
        "actor": found.actor.partition(":")[2],
        "purpose": PURPOSES[found.purpose],
        "fields": [field_name(name) for name in found.fields],
        "reason": look_forms.ALL_REASONS[found.reason],
        "item": look_forms.ITEMS[found.item] if found.item else None,
        "person": people.person(found.person_id) if mine else None,
        "signals": lives.signals_of(found.person_id) if found.item else [],
        "form": form,
    }
    return render(request, "counter/dispute.html", context, status=status)


@require_POST
def dispute_answer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Answer a dispute for good; the person gets a message."""
    member = gate.member_of(request)
    try:
        found = disputes.dispute(number)
        form = review_forms.AnswerForm(request.POST, about_data=bool(found.item))
        if not form.is_valid():
            mine = found.officer == member.username
            return _dispute(request, number, form, mine=mine, status=422)
        dispute_services.answer(
            dispute_id=number,
            officer=member.username,
            verdict=Verdict(form.cleaned_data["verdict"]),
            words=form.cleaned_data["words"],
            at=wiring.clock().now(),
        )
    except (TakenError, AnsweredError):
        return redirect("counter:review")
    except disputes.DisputeNotFoundError as error:
        raise Http404 from error
    return redirect("counter:review")


@require_POST
def release_sheet(request: HttpRequest, number: int) -> HttpResponseBase:
    """Have a held sheet made now that font or photograph was mended."""
    try:
        sheet_services.release(
            sheet_id=number, actor=gate.member_of(request).actor, at=wiring.clock().now()
        )
    except SheetNotFoundError as error:
        raise Http404 from error
    return redirect("counter:review")
