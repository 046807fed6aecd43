"""What every staff template may ask for."""

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from juzhu import wiring
from juzhu.counter import permissions, texts
from juzhu.counter.gate import signed_in
from juzhu.modules.cards import queries as cards
from juzhu.modules.cases import in_review
from juzhu.modules.cases.in_review import Load
from juzhu.modules.desk import queries as desk
from juzhu.modules.staff.contracts import Member
from juzhu.web import points

NAVIGATION: Final = (
    ("desk", "办理"),
    ("review", "待复核"),
    ("sample", "抽查"),
    ("payments", "缴费和退款"),
    ("stock", "待领卡"),
    ("day", "今日台账"),
    ("followups", "待告知"),
    ("faults", "故障"),
    ("accounts", "账号和登录"),
    ("admin:index", "参考数据"),
    ("bureau:overview", "运行总览"),
    ("hand-over", "交班"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Say who works here, where, and which pages are open to them."""
    member = signed_in(request)
    if member is None:
        return {
            "member": None,
            "navigation": (),
            "review_load": None,
            "late_cards": 0,
            "shift": None,
            "place": "",
            "here": "",
        }
    shift = desk.open_shift(member.username)
    return {
        "member": member,
        "role": texts.ROLES[member.role],
        "navigation": [
            (_view(name), label)
            for name, label in NAVIGATION
            if permissions.may(member.role, name, "GET")
        ],
        "review_load": _load(member),
        "late_cards": _late_cards(member),
        "shift": shift,
        "place": f"{points.named(shift.point)}，{shift.window} 号窗口" if shift else "",
        "here": _here(request),
    }


def _view(name: str) -> str:
    return name if ":" in name else f"counter:{name}"


def _load(member: Member) -> Load | None:
    """Return how much waits for review, for those who may see it."""
    if not permissions.may(member.role, "review", "GET"):
        return None
    return in_review.load(wiring.clock().now().date())


def _late_cards(member: Member) -> int:
    """Return how many cards of the city are past their legal limit, for those who may see them."""
    if not permissions.may(member.role, "stock", "GET"):
        return 0
    return cards.count_late(before=wiring.clock().now().date())


def _here(request: HttpRequest) -> str:
    """Return the entry of the menu that the page belongs to."""
    names = [_view(name) for name, _ in NAVIGATION]
    return next((name for name in names if request.path.startswith(reverse(name))), "")
