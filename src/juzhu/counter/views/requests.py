"""For the person at the window: sheet, phone, agent, cancellation."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from juzhu import wiring
from juzhu.counter import desk_forms, gate, standing, visit
from juzhu.counter.views.business import allowed, frame
from juzhu.domain.identity import normalise_name
from juzhu.domain.parameters import REVIEW_DAYS, SUIT_MONTHS
from juzhu.journeys import proactive
from juzhu.journeys import sheets as sheet_journey
from juzhu.modules.cases import objections, requests
from juzhu.modules.cases import queries as cases
from juzhu.modules.cases.deadlines import answer_by
from juzhu.modules.desk import services as desk
from juzhu.modules.desk.contracts import ActKind
from juzhu.modules.disputes import queries as disputes
from juzhu.modules.disputes.contracts import ANSWER_WORKING_DAYS
from juzhu.modules.lives import services as life_services
from juzhu.modules.people import phones
from juzhu.modules.people.contracts import NewPhone
from juzhu.modules.permits import queries as permits
from juzhu.modules.proactive import queries as consents
from juzhu.modules.sheets import queries as sheets
from juzhu.modules.sheets.contracts import SheetState
from juzhu.modules.workdays import working_day_after
from juzhu.web import disputing, look_forms
from juzhu.web.own_forms import SayForm
from juzhu.web.sheet_forms import SheetForm
from juzhu.web.views.sheets import PDF_POLICY


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest) -> HttpResponseBase:
    """Order an information sheet for a purpose, to be printed here."""
    found = visit.at_window(request)
    if not allowed(found, "sheet"):
        return redirect("counter:desk")
    form = SheetForm(gate.posted(request), initial={"key": visit.key(request, "sheet")})
    if not form.is_valid():
        context = frame(request, found, "sheet") | {"form": form}
        return render(request, "counter/sheet.html", context, status=422 if form.is_bound else 200)
    at = wiring.clock().now()
    desk.look(
        hand=visit.hand(request, found.identified),
        person_id=found.person_id,
        reason=found.reason,
        fields=("population", "registrations", "permit"),
        at=at,
        occasion=form.purpose_words()[:40],
        kind=ActKind.PRINTED,
    )
    made = sheet_journey.order(
        person_id=found.person_id,
        purpose=form.purpose_words(),
        key=form.cleaned_data["key"],
        at=at,
    )
    visit.key_used(request, "sheet")
    if made is None:
        return redirect("counter:desk")
    return redirect("counter:sheet-made", made.number)


@require_safe
def sheet_made(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show the sheet to the printer, or where it stands."""
    found = visit.at_window(request)
    try:
        made = sheets.sheet_of(found.person_id, number)
    except sheets.SheetNotFoundError as error:
        raise Http404 from error
    context = frame(request, found, "sheet") | {
        "sheet": made,
        "ready": made.state is SheetState.MADE,
        "held": made.state is SheetState.HELD,
    }
    return render(request, "counter/sheet_made.html", context)


@require_safe
def sheet_file(request: HttpRequest, number: str) -> HttpResponseBase:
    """Return the sealed file for the printer, byte for byte."""
    found = visit.at_window(request)
    try:
        pdf = sheets.file_of(found.person_id, number)
    except sheets.SheetNotFoundError as error:
        raise Http404 from error
    if pdf is None:
        raise Http404
    response = HttpResponse(pdf, "application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    response["Content-Security-Policy"] = PDF_POLICY
    return response


@require_http_methods(["GET", "POST"])
def name(request: HttpRequest) -> HttpResponseBase:
    """Correct a name that was typed wrongly when the person was written down."""
    found = visit.at_window(request)
    if not allowed(found, "name"):
        return redirect("counter:desk")
    form = desk_forms.NameForm(gate.posted(request))
    if form.is_valid():
        changed = requests.correct_name(
            person_id=found.person_id,
            name=normalise_name(form.cleaned_data["name"]),
            hand=visit.hand(request, found.identified),
            at=wiring.clock().now(),
        )
        if changed:
            return redirect("counter:done", "name")
        form.add_error("name", "现在登记的就是这个名字")
    context = frame(request, found, "name") | {"form": form}
    return render(request, "counter/name.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponseBase:
    """Send a code to the new number; the person reads it out."""
    found = visit.at_window(request)
    if not allowed(found, "phone"):
        return redirect("counter:desk")
    form = desk_forms.PhoneForm(gate.posted(request))
    if form.is_valid():
        wanted, at = form.cleaned_data["phone"], wiring.clock().now()
        problem = phones.ask(person_id=found.person_id, phone=wanted, at=at)
        if problem is None:
            return redirect("counter:phone-code")
        form.add_error("phone", desk_forms.PHONE_PROBLEMS[problem])
    context = frame(request, found, "phone") | {"form": form}
    return render(request, "counter/phone.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def phone_code(request: HttpRequest) -> HttpResponseBase:
    """Take the code and change the reserved phone; the old number is told, too."""
    found, at = visit.at_window(request), wiring.clock().now()
    pending = phones.pending(found.person_id, at=at)
    if not allowed(found, "phone") or pending is None:
        return redirect("counter:phone")
    form = desk_forms.PhoneCodeForm(gate.posted(request))
    if form.is_valid():
        changed = requests.change_phone(
            person_id=found.person_id,
            code=form.cleaned_data["code"],
            hand=visit.hand(request, found.identified),
            at=at,
        )
        if isinstance(changed, NewPhone):
            return redirect("counter:done", "phone")
        form.add_error("code", desk_forms.PHONE_PROBLEMS[changed])
    context = frame(request, found, "phone") | {"form": form, "tail": pending[-4:]}
    status = 422 if form.is_bound else 200
    return render(request, "counter/phone_code.html", context, status=status)


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest) -> HttpResponseBase:
    """Give the standing consent to being endorsed without asking, or take it back."""
    found = visit.at_window(request)
    if not allowed(found, "consent"):
        return redirect("counter:desk")
    if request.method == "POST":
        hand, at = visit.hand(request, found.identified), wiring.clock().now()
        if request.POST.get("agree") == "yes":
            proactive.give_consent(person_id=found.person_id, at=at, hand=hand)
            return redirect("counter:done", "consent")
        proactive.withdraw_consent(person_id=found.person_id, at=at, hand=hand)
        return redirect("counter:done", "consent-back")
    context = frame(request, found, "consent") | {"given": consents.consent_of(found.person_id)}
    return render(request, "counter/consent.html", context)


@require_http_methods(["GET", "POST"])
def agent(request: HttpRequest) -> HttpResponseBase:
    """Name, change or strike out who may fetch the card."""
    found = visit.at_window(request)
    case = requests.to_collect(cases.cases_of(found.person_id, limit=10))
    if case is None or not allowed(found, "agent"):
        return redirect("counter:desk")
    form = desk_forms.AgentForm(gate.posted(request))
    if form.is_valid():
        requests.name_agent(
            person_id=found.person_id,
            number=case.number,
            agent=form.agent(),
            hand=visit.hand(request, found.identified),
            at=wiring.clock().now(),
        )
        return redirect("counter:done", "agent")
    context = frame(request, found, "agent") | {"form": form, "case": case}
    return render(request, "counter/agent.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest) -> HttpResponseBase:
    """Print the statement, have it signed, and cancel the permit on the holder's own request."""
    found = visit.at_window(request)
    if not allowed(found, "cancel"):
        return redirect("counter:desk")
    form = desk_forms.CancelForm(gate.posted(request))
    if form.is_valid():
        requests.cancel(
            person_id=found.person_id,
            hand=visit.hand(request, found.identified),
            at=wiring.clock().now(),
        )
        return redirect("counter:done", "cancel")
    context = frame(request, found, "cancel") | {"form": form}
    return render(request, "counter/cancel.html", context, status=422 if form.is_bound else 200)


@require_safe
def statement(request: HttpRequest) -> HttpResponseBase:
    """Show the statement that the holder signs, for the printer."""
    found = visit.at_window(request)
    at = wiring.clock().now()
    permit = permits.permit_of(found.person_id, at.date())
    if permit is None:
        raise Http404
    context = frame(request, found, "cancel") | {"at": at}
    return render(request, "counter/statement.html", context)


@require_http_methods(["GET", "POST"])
def not_asked(request: HttpRequest) -> HttpResponseBase:
    """Take down that the holder never asked for the cancellation, or show what came of it."""
    found = visit.at_window(request)
    if not allowed(found, "not-asked"):
        return redirect("counter:desk")
    at, form = wiring.clock().now(), None
    if objections.may_object(found.person_id):
        form = desk_forms.NotAskedForm(gate.posted(request))
        if form.is_valid():
            objections.object_to(
                person_id=found.person_id,
                words=form.cleaned_data["words"],
                hand=visit.hand(request, found.identified),
                at=at,
            )
            return redirect("counter:not-asked")
    said = None if form else objections.standing(found.person_id)
    context = frame(request, found, "not-asked") | {
        "form": form,
        "said": said,
        "answer_by": answer_by(at.date()),
        "review_days": REVIEW_DAYS.on(at.date()).value,
        "suit_months": SUIT_MONTHS.on(at.date()).value,
    }
    bound = form is not None and form.is_bound
    return render(request, "counter/not_asked.html", context, status=422 if bound else 200)


@require_http_methods(["GET", "POST"])
def hearing(request: HttpRequest) -> HttpResponseBase:
    """Take down what the holder says to doubts about how the permit was obtained."""
    found = visit.at_window(request)
    doubts = standing.to_be_heard(found.person_id)
    if doubts is None or not allowed(found, "hearing"):
        return redirect("counter:desk")
    form = SayForm(gate.posted(request))
    if form.is_valid():
        life_services.say(
            person_id=found.person_id,
            proceeding_id=doubts.id,
            words=form.cleaned_data["words"],
            at=wiring.clock().now(),
            hand=visit.hand(request, found.identified),
        )
        return redirect("counter:done", "hearing")
    context = frame(request, found, "hearing") | {"form": form, "doubts": doubts}
    return render(request, "counter/hearing.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def wrong(request: HttpRequest) -> HttpResponseBase:
    """Take down that data about the person are wrong, and tell what became of it."""
    found, at = visit.at_window(request), wiring.clock().now()
    if not allowed(found, "wrong"):
        return redirect("counter:desk")
    form = look_forms.DataForm(gate.posted(request))
    if form.is_valid():
        hand = visit.hand(request, found.identified)
        if disputing.take(form, person_id=found.person_id, at=at, hand=hand) is not None:
            return redirect("counter:done", "wrong")
    context = frame(request, found, "wrong") | {
        "form": form,
        "answer_by": working_day_after(at.date(), ANSWER_WORKING_DAYS),
        "raised": [
            (it, look_forms.ITEMS[it.item][0])
            for it in disputes.disputes_of(found.person_id)
            if it.item
        ],
    }
    return render(request, "counter/wrong.html", context, status=422 if form.is_bound else 200)


DONE = {
    "hearing": (
        "说明已经记下",
        "由另一位复核员看了再决定，结果发短信。现在还没有任何决定，居住证照常有效。",
    ),
    "wrong": (
        "转给复核员核实了",
        "结果发短信；没有手机的，带身份证到任一受理点，在“有信息不对”里能看到答复。",
    ),
    "phone": ("手机号改好了", "新号码和原来的号码都会收到短信。"),
    "name": ("姓名改好了", "以后办业务用这个姓名核对人口库。"),
    "helper": ("授权好了", "本人会收到短信。帮忙的人登录居住证服务，在“替家人办”里就能看到。"),
    "helper-end": ("授权收回了", "那个人马上不能再看、再办，本人会收到短信。"),
    "share": ("共享码发出去了", "请本人看短信。每次有人用，本人会收到短信。"),
    "consent": (
        "自动签注授权好了",
        "以后条件满足就自动签注，短信告诉本人，7 天内可以撤销。",
    ),
    "consent-back": ("自动签注授权收回了", "以后照旧提醒本人自己办。"),
    "agent": ("代领人改好了", "办事人会收到短信。代领人领卡要带两个人的身份证。"),
    "card": ("卡发好了", "已经记下谁领的。代领的，持证人会收到短信。"),
    "card-refused": ("没有发卡，已经记下", "持证人会收到短信，在办理进度里能看到原因。"),
    "card-spoiled": ("废卡登记好了", "系统会免费重做，做好了发短信。请把废卡剪角，单独存放。"),
    "cancel": ("居住证已注销", "从今天起注销。以后需要时，可以按首次申领的条件重新申领。"),
}


@require_safe
def done(request: HttpRequest, what: str) -> HttpResponseBase:
    """Say that it is done and what follows."""
    found = visit.at_window(request)
    if what not in DONE:
        raise Http404
    title, follows = DONE[what]
    context = frame(request, found, what) | {"title": title, "follows": follows}
    return render(request, "counter/done.html", context)
