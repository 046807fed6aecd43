"""The review queue: what waits, one case with its evidence, the ruling, the second signature."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from juzhu import wiring
from juzhu.counter import evidence, gate, life_texts, permissions, review_forms, texts, visit
from juzhu.journeys import apply
from juzhu.modules.cases import in_review, reviews
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import ReviewItem
from juzhu.modules.cases.queries import CaseNotFoundError
from juzhu.modules.cases.reviews import Impossible, NeedsSecond, NotYours, Over, Ruled
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import Hand, Identified, Reason
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.lives import asked
from juzhu.modules.lives import queries as lives
from juzhu.modules.people import queries as people
from juzhu.modules.permits import queries as permits
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.staff import queries as staff
from juzhu.modules.staff.contracts import Role
from juzhu.web import findings

SEEN: Final = ("name", "id_number", "permit", "cases")
_LOOKED: Final = "reviewed"


@require_safe
def queue(request: HttpRequest) -> HttpResponseBase:
    """List what waits, the nearest limit first; no name before a case is opened."""
    at = wiring.clock().now()
    items = in_review.waiting(at=at)
    context = {
        "items": [(item, texts.BUSINESSES[item.case.business], why(item)) for item in items],
        "load": in_review.load(at.date()),
        "soon": in_review.SOON_WORKING_DAYS,
        "names": {item.claimed_by: staff.name_of(item.claimed_by) for item in items},
        "disputes": disputes.waiting(),
        "held": sheets.held(),
        "signals": [
            (signal, life_texts.KINDS[signal.kind], life_texts.WHY.get(signal.why, ""))
            for signal in lives.waiting()
        ],
        "proceedings": lives.open_proceedings(),
        "asked": asked.waiting(),
        "username": gate.member_of(request).username,
    }
    return render(request, "counter/review.html", context)


def why(item: ReviewItem) -> str:
    """Return why a case waits, in a few words."""
    if item.proposal is not None:
        return "等第二人签字"
    if item.case.corrected_at:
        return "部门更正了数据，条件满足"
    if item.asked:
        return "办事人申请人工复核"
    open_questions = [row.short for row in findings.rows(item.case.findings) if row.met is None]
    return (
        "系统判断不了：" + "、".join(dict.fromkeys(open_questions))
        if open_questions
        else "系统判断不了"
    )


@require_http_methods(["GET"])
def case(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show one case: what was found, what each department said, and what can be decided."""
    try:
        in_review.item(number, at=wiring.clock().now())
    except CaseNotFoundError as error:
        if cases.owner_of(number) is None:
            raise Http404 from error
        return _over(request, number)
    return _show(request, number, review_forms.RulingForm(item=_item(number)))


def _item(number: str) -> ReviewItem:
    try:
        return in_review.item(number, at=wiring.clock().now())
    except CaseNotFoundError as error:
        raise Http404 from error


def _show(
    request: HttpRequest, number: str, form: review_forms.RulingForm, *, status: int = 200
) -> HttpResponse:
    item, member = _item(number), gate.member_of(request)
    _look(request, item)
    person = people.person(item.case.person_id)
    on = wiring.clock().now().date()
    proposal = item.proposal
    context: dict[str, Any] = {
        "item": item,
        "case": item.case,
        "business": texts.BUSINESSES[item.case.business],
        "why": why(item),
        "person": person,
        "permit": permits.permit_of(item.case.person_id, on),
        "rows": findings.rows(item.case.findings, item.case.answers),
        "said": evidence.said(item.case, in_review.said(number)),
        "form": form,
        "mine": item.claimed_by == member.username,
        "holder": staff.name_of(item.claimed_by) if item.claimed_by else "",
        "may_decide": permissions.may(member.role, "review-claim", "POST"),
        "proposed_by": staff.name_of(proposal.ruling.by) if proposal else "",
        "proposed_reason": texts.RULINGS[proposal.ruling.reason] if proposal else "",
        "may_sign": proposal is not None and proposal.ruling.by != member.username,
    }
    return render(request, "counter/review_case.html", context, status=status)


def _look(request: HttpRequest, item: ReviewItem) -> None:
    """Write the look down before anything is shown, once a session and case."""
    seen = request.session.setdefault(_LOOKED, [])
    if item.case.number in seen:
        return
    desk.look(
        hand=_hand(request),
        person_id=item.case.person_id,
        reason=_reason(request),
        fields=(*SEEN, *(answer.source.value for answer in item.case.answers)),
        at=wiring.clock().now(),
        occasion=item.case.number,
    )
    seen.append(item.case.number)
    request.session.modified = True


def _reason(request: HttpRequest) -> Reason:
    watching = gate.member_of(request).role is Role.AUDITOR
    return Reason.SUPERVISION if watching else Reason.REVIEW


def _hand(request: HttpRequest) -> Hand:
    return visit.hand(request, Identified.ABSENT)


@require_POST
def claim(request: HttpRequest, number: str) -> HttpResponseBase:
    """Take the case up; whoever comes second reads who has it, and nothing is lost."""
    try:
        reviews.claim(
            number=number, username=gate.member_of(request).username, at=wiring.clock().now()
        )
    except CaseNotFoundError:
        return _over(request, number)
    return redirect("counter:review-case", number)


@require_POST
def ask_again(request: HttpRequest, number: str) -> HttpResponseBase:
    """Ask every department again; what is granted now needs no ruling any more."""
    try:
        item = in_review.item(number, at=wiring.clock().now())
    except CaseNotFoundError:
        return _over(request, number)
    if item.claimed_by != gate.member_of(request).username or item.asked:
        return redirect("counter:review-case", number)
    apply.reconsider(person_id=item.case.person_id, number=number)
    try:
        in_review.item(number, at=wiring.clock().now())
    except CaseNotFoundError:
        return redirect("counter:review-done", number)
    return redirect("counter:review-case", number)


@require_POST
def hand_back(request: HttpRequest, number: str) -> HttpResponseBase:
    """Put the case back for others."""
    reviews.hand_back(number=number, username=gate.member_of(request).username)
    return redirect("counter:review")


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponseBase:
    """Rule, with a reason from the list and words for the person."""
    try:
        item = in_review.item(number, at=wiring.clock().now())
    except CaseNotFoundError:
        return _over(request, number)
    form = review_forms.RulingForm(request.POST, item=item)
    if not form.is_valid():
        return _show(request, number, form, status=422)
    result = reviews.rule(
        number=number,
        reason=form.chosen(),
        words=form.cleaned_data["words"],
        hand=_hand(request),
        at=wiring.clock().now(),
    )
    return _answer(request, number, result, form)


def _answer(
    request: HttpRequest,
    number: str,
    result: reviews.Result,
    form: review_forms.RulingForm,
) -> HttpResponseBase:
    match result:
        case Ruled() | NeedsSecond():
            return redirect("counter:review-done", number)
        case NotYours():
            form.add_error(None, "这一件现在不在您手里，您写的都还在下面；先点“我来办”再提交")
            return _show(request, number, form, status=409)
        case Impossible():
            form.add_error(None, "登记不接受这个结果：这个人可能已经有证，或者居住证已经注销")
            return _show(request, number, form, status=409)
        case Over():
            return _over(request, number)


@require_POST
def sign(request: HttpRequest, number: str) -> HttpResponseBase:
    """Give or refuse the second signature."""
    accept = request.POST.get("accept") == "yes"
    result = reviews.sign(
        number=number, accept=accept, hand=_hand(request), at=wiring.clock().now()
    )
    match result:
        case Ruled():
            return redirect("counter:review-done", number)
        case Over() if not accept:
            return redirect("counter:review-case", number)
        case _:
            return _over(request, number)


@require_safe
def done(request: HttpRequest, number: str) -> HttpResponseBase:
    """Say what became of the ruling, and lead to the next case."""
    at = wiring.clock().now()
    waiting = {item.case.number: item for item in in_review.waiting(at=at)}
    still = waiting.get(number)
    following = next((n for n, item in waiting.items() if not item.claimed_by and n != number), "")
    context = {
        "number": number,
        "needs_second": still is not None and still.proposal is not None,
        "following": following,
    }
    return render(request, "counter/review_done.html", context)


def _over(request: HttpRequest, number: str) -> HttpResponse:
    """Say calmly that another officer was first."""
    context = {"number": number, "typed": request.method == "POST"}
    return render(request, "counter/review_over.html", context, status=409)
