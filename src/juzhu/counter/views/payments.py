"""Payments for the staff: what waits, one order, refunds by two officers, differences answered."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from juzhu import wiring
from juzhu.counter import gate, payment_forms, permissions
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.payments import bills, queries, refunds
from juzhu.modules.payments.contracts import OrderView
from juzhu.modules.people import queries as people
from juzhu.web import pay_page


@require_safe
def payments(request: HttpRequest) -> HttpResponseBase:
    """List what waits for an officer, or find an order by any of its numbers."""
    wanted = "".join(request.GET.get("number", "").split()).upper()
    found = queries.order_number_for(wanted) if wanted else None
    if found is not None:
        return redirect("counter:payment", found)
    member = gate.member_of(request)
    context = {
        "wanted": wanted,
        "proposals": [(it, pay_page.yuan(it.amount_fen)) for it in queries.open_proposals()],
        "failed": [(it, pay_page.yuan(it.amount_fen)) for it in queries.failed_refunds()],
        "differences": [
            (it, payment_forms.DIFFERENCES[it.kind], *map(_amount, (it.ours_fen, it.theirs_fen)))
            for it in bills.open_differences()
        ],
        "may_write": permissions.may(member.role, "payment-answer", "POST"),
        "me": member.username,
    }
    return render(request, "counter/payments.html", context)


def _amount(fen: int | None) -> str:
    return "没有" if fen is None else pay_page.yuan(fen)


@require_safe
def payment(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show one order with all that came and went; the look is in the person's ledger."""
    return _show(request, _order(number), payment_forms.RefundForm(order=_order(number)))


@require_POST
def propose(request: HttpRequest, number: str) -> HttpResponseBase:
    """Propose a refund; another officer has to agree."""
    order = _order(number)
    form = payment_forms.RefundForm(request.POST, order=order)
    if not form.is_valid():
        return _show(request, order, form, status=422)
    result = refunds.propose(
        attempt_number=form.cleaned_data["attempt"],
        amount_fen=form.cleaned_data["amount"],
        words=form.cleaned_data["words"],
        officer=gate.member_of(request).username,
        at=wiring.clock().now(),
    )
    match result:
        case refunds.Proposed():
            return redirect("counter:payments")
        case refunds.TooMuch(left):
            form.add_error("amount", f"最多还能退 {pay_page.yuan(left)} 元")
        case refunds.Waiting():
            form.add_error(None, "这笔款已有一个退款在等第二个人签字")
    return _show(request, order, form, status=422)


@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponseBase:
    """Agree to a proposed refund, or turn it down; whoever proposed it cannot."""
    refunds.answer(
        proposal_number=number,
        accept=request.POST.get("answer") == "yes",
        officer=gate.member_of(request).username,
        at=wiring.clock().now(),
    )
    return redirect("counter:payments")


@require_POST
def again(request: HttpRequest, number: str) -> HttpResponseBase:
    """Let the gateway be asked once more for a refund that failed."""
    try:
        refunds.again(
            number=number, officer=gate.member_of(request).username, at=wiring.clock().now()
        )
    except queries.RefundNotFoundError as error:
        raise Http404 from error
    return redirect("counter:payments")


@require_POST
def difference(request: HttpRequest, number: int) -> HttpResponseBase:
    """Answer a difference between bill and record, for good."""
    words = request.POST.get("words", "").strip()
    if not words:
        return redirect("counter:payments")
    try:
        bills.answer(
            number=number,
            words=words[: payment_forms.MOST_WORDS],
            officer=gate.member_of(request).username,
            at=wiring.clock().now(),
        )
    except bills.DifferenceNotFoundError as error:
        raise Http404 from error
    return redirect("counter:payments")


def _order(number: str) -> OrderView:
    try:
        return queries.order(number, at=wiring.clock().now())
    except queries.OrderNotFoundError as error:
        raise Http404 from error


def _show(
    request: HttpRequest, order: OrderView, form: payment_forms.RefundForm, *, status: int = 200
) -> HttpResponseBase:
    member = gate.member_of(request)
    audit.record(
        person_id=order.person_id,
        actor=member.actor,
        purpose=Purpose.PAYMENT,
        at=wiring.clock().now(),
        fields=("name", "payment"),
        occasion=order.number,
    )
    context = pay_page.context(order) | {
        "person": people.person(order.person_id),
        "state": payment_forms.STATES[order.state],
        "moves": [_Move.of(order, index) for index in range(len(order.settlements))],
        "form": form,
        "may_propose": bool(order.settlements)
        and permissions.may(member.role, "payment-refund", "POST"),
    }
    return render(request, "counter/payment.html", context, status=status)


class _Move:
    """One payment with what went back of it, in words."""

    def __init__(self, order: OrderView, index: int) -> None:
        self.money = order.settlements[index]
        self.amount = pay_page.yuan(self.money.amount_fen)
        self.with_ = pay_page.gateway_name(self.money.gateway)
        surplus = self.money.surplus
        self.standing = pay_page.SURPLUSES[surplus] if surplus else "计入"
        self.backs = [
            (
                back,
                pay_page.yuan(back.amount_fen),
                payment_forms.REFUND_REASONS[back.reason],
                payment_forms.REFUND_STATES[back.state],
            )
            for back in self.money.refunds
        ]

    @classmethod
    def of(cls, order: OrderView, index: int) -> "_Move":
        """Return the words for one settlement of the order."""
        return cls(order, index)
