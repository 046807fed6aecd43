"""What every staff template may ask for."""

from typing import Any, Final

from django.http import HttpRequest

from juzhu.counter import permissions, texts
from juzhu.counter.gate import signed_in
from juzhu.modules.desk import queries as desk
from juzhu.web import points

NAVIGATION: Final = (
    ("desk", "办理"),
    ("day", "今日台账"),
    ("accounts", "账号和登录"),
    ("hand-over", "交班"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Say who works here, where, and which pages are open to them."""
    member = signed_in(request)
    if member is None:
        return {"member": None, "navigation": (), "shift": None, "place": "", "here": ""}
    shift = desk.open_shift(member.username)
    match = request.resolver_match
    return {
        "member": member,
        "role": texts.ROLES[member.role],
        "navigation": [
            (f"counter:{name}", label)
            for name, label in NAVIGATION
            if permissions.may(member.role, name, "GET")
        ],
        "shift": shift,
        "place": f"{points.named(shift.point)}，{shift.window} 号窗口" if shift else "",
        "here": match.view_name if match else "",
    }
