"""What can be done today for the person at the window, and why not the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from juzhu.counter import proof, texts
from juzhu.domain.card import UNDER_WAY, CardState
from juzhu.domain.permit import PermitStatus
from juzhu.domain.vocabulary import Business, PermitState
from juzhu.modules.cards import queries as cards
from juzhu.modules.cards.contracts import CardView
from juzhu.modules.cases import objections, requests
from juzhu.modules.cases.contracts import LIVE, CaseView
from juzhu.modules.desk.contracts import Identified
from juzhu.modules.lives import queries as lives
from juzhu.modules.lives.contracts import ProceedingView
from juzhu.modules.permits.contracts import PermitView
from juzhu.web import points
from juzhu.web.card_progress import CARD_BUSINESSES
from juzhu.web.templatetags.juzhu import day


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of business: whether it can be done now, and a line that says why or why not."""

    address: str
    title: str
    note: str
    allowed: bool

    @property
    def url(self) -> str:
        """The address by its name."""
        return f"counter:{self.address}"


STATES = {
    PermitState.VALID: ("有效", "pill--ok"),
    PermitState.IN_WINDOW: ("有效，可以签注", "pill--ok"),
    PermitState.SUSPENDED: ("中止使用", "pill--warn"),
    PermitState.CANCELLED: ("已注销", "pill--off"),
}


def offers(
    permit: PermitView | None, cases: Sequence[CaseView], *, identified: Identified
) -> list[Offer]:
    """Return what is on offer, in the order of the desk, for a person identified so."""
    found = [*_offers(permit, cases), *_not_asked(permit), *_hearing(permit)]
    return [it if proof.enough(it.address, identified) else _needs_more(it) for it in found]


def _needs_more(offer: Offer) -> Offer:
    note = "本人要到场，带身份证" if offer.allowed else offer.note
    return Offer(offer.address, offer.title, note, False)


def _offers(permit: PermitView | None, cases: Sequence[CaseView]) -> Iterator[Offer]:
    live = {case.business: case for case in cases if case.state in LIVE}
    yield _endorse(permit, Business.ENDORSEMENT in live)
    yield _apply(permit, Business.FIRST_ISSUE in live)
    status = permit.status if permit else None
    yield Offer("sheet", "打印信息单", "可以办" if permit else "没有居住证", permit is not None)
    yield Offer("share", "发共享码", "发到预留手机" if permit else "没有居住证", permit is not None)
    yield _consent(status)
    yield Offer("helpers", "亲友代办", "授权或者收回", True)
    yield Offer("phone", "改手机号", "可以办", True)
    yield _reissue(permit, cases)
    yield _card(permit)
    if permit is None:
        yield Offer("name", "更正姓名", "登记时打错了字的", True)
    yield _agent(cases)
    yield Offer("wrong", "有信息不对", "本人提出，核实后答复", True)
    yield _cancel(status)


def _endorse(permit: PermitView | None, live: bool) -> Offer:
    note, allowed = "没有居住证", False
    if live:
        note = "1 件在办，见办理记录"
    elif permit is not None:
        note, allowed = _timing(permit.status)
    return Offer("endorse", "签注", note, allowed)


def _timing(status: PermitStatus) -> tuple[str, bool]:
    match status.state:
        case PermitState.IN_WINDOW:
            return f"在签注期，到{day(status.window_closes)}", True
        case PermitState.SUSPENDED:
            return "补签注，当天恢复使用", True
        case PermitState.CANCELLED:
            return "已注销，请重新申领", False
        case _:
            return f"{day(status.window_opens)}起可以办", False


def _apply(permit: PermitView | None, live: bool) -> Offer:
    again = permit is not None and permit.status.state is PermitState.CANCELLED
    title = "再次申领" if again else "首次申领"
    if live:
        return Offer("apply", title, "1 件在办，见办理记录", False)
    if permit is None or again:
        return Offer("apply", title, "可以办", True)
    return Offer("apply", title, "已经有居住证", False)


def _reissue(permit: PermitView | None, cases: Sequence[CaseView]) -> Offer:
    note, allowed = "没有居住证", False
    if permit is not None and permit.status.state is PermitState.CANCELLED:
        note = "已注销"
    elif permit is not None:
        card = cards.good_card(permit.id)
        live = any(c.state in LIVE and c.business in CARD_BUSINESSES for c in cases)
        if live or (card is not None and card.state in UNDER_WAY):
            note = "1 张在办"
        else:
            note, allowed = "可以办", True
    return Offer("reissue", "补领换领", note, allowed)


def _card(permit: PermitView | None) -> Offer:
    card = cards.good_card(permit.id) if permit else None
    if card is None or card.state not in UNDER_WAY:
        return Offer("card", "领卡", "没有在办的卡", False)
    if card.state is CardState.AT_POINT:
        return Offer("card", "领卡", f"卡在{points.named(card.point)}", True)
    return Offer("card", "领卡", texts.CARD_STATES[card.state], False)


def card_to_fetch(person_id: int) -> CardView | None:
    """Return the person's card that lies at a point."""
    return next((c for c in cards.cards_of(person_id) if c.state is CardState.AT_POINT), None)


def _agent(cases: Sequence[CaseView]) -> Offer:
    case = requests.to_collect(cases)
    if case is None:
        return Offer("agent", "代领人", "没有要到受理点领的卡", False)
    return Offer("agent", "代领人", "可以改" if case.agent_name else "可以指定", True)


def _not_asked(permit: PermitView | None) -> Iterator[Offer]:
    """Offer to take down that a cancellation was not asked for, where there was one."""
    if permit is None:
        return
    said = objections.standing(permit.person_id)
    if objections.may_object(permit.person_id):
        yield Offer("not-asked", "不是本人注销", "可以提出，两人核实后恢复", True)
    elif said is not None and said.answer_by is not None:
        waits = f"在核实，{day(said.answer_by)}前答复"
        notes = {"": waits, "restored": "查实，已恢复", "stands": "已答复，注销有效"}
        yield Offer("not-asked", "不是本人注销", notes[said.outcome], True)


def _consent(status: PermitStatus | None) -> Offer:
    if status is None:
        return Offer("consent", "自动签注", "没有居住证", False)
    if status.state is PermitState.CANCELLED:
        return Offer("consent", "自动签注", "已经注销", False)
    return Offer("consent", "自动签注", "授权或者收回", True)


def to_be_heard(person_id: int) -> ProceedingView | None:
    """Return the doubts about this person's permit to which they have not said anything yet."""
    open_ones = (it for it in lives.proceedings_of(person_id) if not it.outcome)
    return next((it for it in open_ones if it.said_at is None), None)


def _hearing(permit: PermitView | None) -> Iterator[Offer]:
    """Offer to be heard, where there are doubts about how the permit was obtained."""
    found = to_be_heard(permit.person_id) if permit else None
    if found is not None:
        yield Offer("hearing", "说明申领情况", f"请在{day(found.hear_by)}前", True)


def _cancel(status: PermitStatus | None) -> Offer:
    if status is None:
        return Offer("cancel", "注销", "没有居住证", False)
    if status.state is PermitState.CANCELLED:
        return Offer("cancel", "注销", "已经注销", False)
    return Offer("cancel", "注销", "本人要求时可以办", True)
