"""What is kept about oneself, and what one can change: phone, collecting agent, the end."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.domain.parameters import REVIEW_DAYS, SUIT_MONTHS
from juzhu.domain.vocabulary import PermitState
from juzhu.modules.cases import objections, requests
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.contracts import CaseView
from juzhu.modules.cases.deadlines import answer_by
from juzhu.modules.copies import queries as copies
from juzhu.modules.copies import services as copy_services
from juzhu.modules.copies.contracts import KEPT, Form, Language
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes.contracts import ANSWER_WORKING_DAYS
from juzhu.modules.lives import queries as lives
from juzhu.modules.lives import services as life_services
from juzhu.modules.lives.contracts import Asking
from juzhu.modules.people import phones
from juzhu.modules.people import queries as people
from juzhu.modules.people.contracts import NewPhone, PhoneProblem
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.modules.workdays import working_day_after
from juzhu.web import display, disputing, drafts, look_forms, own_forms, points
from juzhu.web.access import own_case, resident_page
from juzhu.web.assurance import Act, assured, fresh_ways
from juzhu.web.channels import channel_of


@require_safe
@resident_page
def mine(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Show what is kept about the person, each with what can be done about it."""
    on = wiring.clock().now().date()
    permit = permits.permit_of(person_id, on)
    context = {
        "person": people.person(person_id),
        "permit": permit,
        "held": _is_held(permit),
        "wrongs": [
            (found, look_forms.ITEMS[found.item][0])
            for found in disputes.disputes_of(person_id)
            if found.item
        ],
        "proceedings": lives.proceedings_of(person_id),
        "ended": objections.standing(person_id),
        "may_object": objections.may_object(person_id),
        "collecting": requests.to_collect(cases.cases_of(person_id, limit=10)),
    }
    return render(request, "web/mine/mine.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.CHANGE_PHONE)
def phone(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Ask for another reserved phone: a code goes to the new number."""
    person = people.person(person_id)
    shown = {"tail": (person.phone or "")[-4:], "doubted": person.phone_doubted}
    if request.method == "GET":
        form = drafts.form(request, own_forms.NewPhoneForm)
        return render(request, "web/mine/phone.html", shown | {"form": form})
    form = own_forms.NewPhoneForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["phone"]
        problem = phones.ask(person_id=person_id, phone=wanted, at=wiring.clock().now())
        if problem is None:
            return redirect("web:phone-code")
        form.add_error("phone", str(own_forms.PHONE_PROBLEMS[problem]))
    return render(request, "web/mine/phone.html", shown | {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.CHANGE_PHONE)
def phone_code(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Take the code that came to the new number."""
    at = wiring.clock().now()
    pending = phones.pending(person_id, at=at)
    if pending is None:
        return redirect("web:phone")
    shown = {"tail": pending[-4:]}
    if request.method == "GET":
        form = drafts.form(request, own_forms.PhoneCodeForm)
        return render(request, "web/mine/phone_code.html", shown | {"form": form})
    form = own_forms.PhoneCodeForm(request.POST)
    if form.is_valid():
        code = form.cleaned_data["code"]
        match requests.change_phone(person_id=person_id, code=code, hand=None, at=at):
            case NewPhone():
                return redirect("web:phone-done")
            case PhoneProblem() as problem:
                form.add_error("code", str(own_forms.PHONE_PROBLEMS[problem]))
    return render(request, "web/mine/phone_code.html", shown | {"form": form}, status=422)


@require_safe
@resident_page
def phone_done(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Say where messages go from now on."""
    tail = (people.person(person_id).phone or "")[-4:]
    return render(request, "web/mine/phone_done.html", {"tail": tail})


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.CHANGE_AGENT)
def agent(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Name, change or strike out who may fetch the card, until it is handed over."""
    case = own_case(person_id, number)
    if requests.to_collect([case]) is None:
        return redirect("web:case", number)
    if request.method == "GET":
        return _agent_page(request, case, drafts.form(request, own_forms.AgentForm))
    striking = "nobody" in request.POST
    form = own_forms.AgentForm({} if striking else request.POST, striking=striking)
    if not form.is_valid():
        return _agent_page(request, case, form, status=422)
    try:
        requests.name_agent(
            person_id=person_id,
            number=number,
            agent=form.agent(),
            hand=None,
            at=wiring.clock().now(),
        )
    except cases.CaseNotFoundError:  # handed over, or ended, a moment ago
        return redirect("web:case", number)
    return redirect("web:agent-done", number)


def _agent_page(
    request: HttpRequest, case: CaseView, form: own_forms.AgentForm, *, status: int = 200
) -> HttpResponse:
    context = {"case": case, "form": form, "point_name": points.named(case.point)}
    return render(request, "web/mine/agent.html", context, status=status)


@require_safe
@resident_page
def agent_done(request: HttpRequest, person_id: int, number: str) -> HttpResponseBase:
    """Say who may fetch the card now."""
    case = own_case(person_id, number)
    context = {"case": case, "point_name": points.named(case.point)}
    return render(request, "web/mine/agent_done.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.CANCEL)
def cancel(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Say what the end means, take the statement, and cancel the permit on the holder's request."""
    at = wiring.clock().now()
    permit = permits.permit_of(person_id, at.date())
    if permit is None or not _is_held(permit):
        return redirect("web:home")
    form = own_forms.CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asking = Asking(channel=channel_of(request), proofs=fresh_ways(request))
        requests.cancel(person_id=person_id, hand=None, at=at, asking=asking)
        return redirect("web:cancelled")
    context = {
        "form": form,
        "permit": permit,
        "person": people.person(person_id),
        "today": at.date(),
    }
    return render(request, "web/mine/cancel.html", context, status=422 if form.is_bound else 200)


@require_safe
@resident_page
def cancelled(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Say since when the permit is cancelled."""
    permit = permits.permit_of(person_id, wiring.clock().now().date())
    if permit is None or permit.status.state is not PermitState.CANCELLED:
        raise Http404
    context = {"permit": permit, "may_object": objections.may_object(person_id)}
    return render(request, "web/mine/cancelled.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.OBJECT)
def not_asked(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Take down that the holder never asked for the cancellation; later show what came of it."""
    at = wiring.clock().now()
    form = None
    if objections.may_object(person_id):
        form = own_forms.NotAskedForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            words = form.cleaned_data["words"]
            objections.object_to(person_id=person_id, words=words, hand=None, at=at)
            return redirect("web:not-asked")
    found = None if form else objections.standing(person_id)
    if form is None and (found is None or found.said_at is None):
        raise Http404
    day = found.answered_at.date() if found and found.answered_at else at.date()
    context = {
        "found": found,
        "form": form,
        "permit": permits.permit_of(person_id, at.date()),
        "answer_by": answer_by(at.date()),
        "parent": "web/form_page.html" if form else "web/page.html",
        "review_days": REVIEW_DAYS.on(day).value,
        "suit_months": SUIT_MONTHS.on(day).value,
    }
    bound = form is not None and form.is_bound
    return render(request, "web/mine/not_asked.html", context, status=422 if bound else 200)


@require_http_methods(["GET", "POST"])
@resident_page
def wrong(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Say that data about oneself are wrong; an officer answers, and whose register it is."""
    at = wiring.clock().now()
    shown = {"answer_by": working_day_after(at.date(), ANSWER_WORKING_DAYS)}
    if request.method == "GET":
        form = drafts.form(request, look_forms.DataForm)
        return render(request, "web/mine/wrong.html", shown | {"form": form})
    form = look_forms.DataForm(request.POST)
    if form.is_valid():
        number = disputing.take(form, person_id=person_id, at=at)
        if number is not None:
            return redirect("web:dispute", number)
    return render(request, "web/mine/wrong.html", shown | {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
@resident_page
def hearing(request: HttpRequest, person_id: int, number: int) -> HttpResponseBase:
    """Show what is held against the permit, and take down what the holder says to it."""
    found = next((it for it in lives.proceedings_of(person_id) if it.id == number), None)
    if found is None:
        raise Http404
    form = own_forms.SayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        words, at = form.cleaned_data["words"], wiring.clock().now()
        life_services.say(person_id=person_id, proceeding_id=number, words=words, at=at)
        return redirect("web:hearing", number)
    on = found.decided_at.date() if found.decided_at else found.opened_at.date()
    context = {
        "found": found,
        "form": form,
        "parent": "web/page.html" if found.outcome or found.said else "web/form_page.html",
        "review_days": REVIEW_DAYS.on(on).value,
        "suit_months": SUIT_MONTHS.on(on).value,
    }
    return render(request, "web/mine/hearing.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@resident_page
@assured(Act.DOWNLOAD)
def copy(request: HttpRequest, person_id: int) -> HttpResponseBase:
    """Ask for a copy of everything held, and fetch it once it is made."""
    at, problem = wiring.clock().now(), False
    if request.method == "POST":
        try:
            reads_english = display.language(request) == "en"
            language = Language.ENGLISH if reads_english else Language.CHINESE
            copy_services.ask(person_id=person_id, at=at, language=language)
        except copy_services.TooManyError:
            problem = True
        else:
            return redirect("web:copy")
    context = {"copy": copies.latest(person_id, at=at), "problem": problem, "days": KEPT.days}
    return render(request, "web/mine/copy.html", context, status=422 if problem else 200)


@require_safe
@resident_page
@assured(Act.DOWNLOAD)
def copy_file(_request: HttpRequest, person_id: int, number: int, form: str) -> HttpResponseBase:
    """Hand out one file of a copy while it is kept; the ledger notes it."""
    try:
        wanted = Form(form)
    except ValueError as error:
        raise Http404 from error
    at = wiring.clock().now()
    found = copies.file_of(person_id, number, wanted, at=at)
    if found is None:
        raise Http404
    copy_services.fetched(person_id=person_id, copy_id=number, form=wanted, at=at)
    response = HttpResponse(found, f"application/{wanted}")
    response["Content-Disposition"] = f'attachment; filename="juzhuzheng-{number}.{wanted}"'
    return response


def _is_held(permit: PermitView | None) -> bool:
    return permit is not None and permit.status.state is not PermitState.CANCELLED
