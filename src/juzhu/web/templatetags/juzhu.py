"""Days, numbers and names as the pages write them; icons and the permit's line work."""

import math
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language

from juzhu.domain.identity import mask_mobile, mask_name
from juzhu.domain.sheet import grouped as in_groups
from juzhu.modules.cases.contracts import Channel
from juzhu.web.sheet_texts import PURPOSES
from juzhu.web.texts import CHANNELS, Text

register = template.Library()

ICONS: Final = Path(__file__).parent.parent / "icons"
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


@register.filter
def day(value: date) -> str:
    """2027年1月9日; in English 9 Jan 2027."""
    on = _civil(value)
    if _english():
        return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


@register.filter
def day_short(value: date) -> str:
    """1月9日; in English 9 Jan."""
    on = _civil(value)
    if _english():
        return f"{on.day} {_MONTHS[on.month - 1]}"
    return f"{on.month}月{on.day}日"


@register.filter
def month(value: date) -> str:
    """2027年1月; in English Jan 2027."""
    on = _civil(value)
    return f"{_MONTHS[on.month - 1]} {on.year}" if _english() else f"{on.year}年{on.month}月"


@register.filter
def moment(value: datetime) -> str:
    """2026年11月23日 09:14; in English 23 Nov 2026, 09:14."""
    at = localtime(value)
    return f"{day(at)}{',' if _english() else ''} {at:%H:%M}"


@register.filter
def moment_short(value: datetime) -> str:
    """11月23日 09:14; in English 23 Nov, 09:14."""
    at = localtime(value)
    return f"{day_short(at)}{',' if _english() else ''} {at:%H:%M}"


@register.filter
def clock_time(value: datetime) -> str:
    """09:14."""
    return f"{localtime(value):%H:%M}"


@register.filter
def thousands(value: int) -> str:
    """Write a count with a comma at each thousand."""
    return f"{value:,}"


@register.filter
def grouped(value: str) -> str:
    """An acceptance number in groups: SL2026 1123 004518; a sheet's as printed, XX 2026 1123 1."""
    found = re.fullmatch(r"(XX|)([A-Z]*\d{4})(\d{4})(\w+)", value)
    return " ".join(found.groups()).strip() if found else value


@register.filter
def masked(value: str) -> str:
    """A citizen or permit number with its first and last four characters: 4301 **** **** 0018."""
    return f"{value[:4]} **** **** {value[-4:]}"


@register.filter
def masked_phone(value: str) -> str:
    """A phone on a staff screen: 138 **** 6021."""
    return mask_mobile(value)


@register.filter
def masked_name(value: str) -> str:
    """A name on a staff screen: first and last character."""
    return mask_name(value)


@register.filter
def phone_tail(value: str) -> str:
    """The last four digits of a phone."""
    return value[-4:]


@register.filter
def unsigned(value: str) -> str:
    """A message's text without the sender's signature 【…】."""
    return re.sub(r"^【[^】]*】", "", value)


@register.filter
def channel_name(value: str) -> Text:
    """Where an application came from, in words."""
    return CHANNELS[Channel(value)]


@register.filter
def seconds(milliseconds: int) -> str:
    """0.8 for 812 milliseconds; at least 0.1."""
    return f"{max(milliseconds, 100) / 1000:.1f}"


@register.filter
def zh(value: str) -> str | SafeString:
    """Text that stays Chinese on an English page, marked as such for screen readers."""
    return format_html('<span lang="zh-Hans">{}</span>', value) if _english() else value


@register.filter
def code(value: str) -> str:
    """A code of ours in groups: 7K2M-93QD-5TXA, 7K2-M93-QD5."""
    return in_groups(value)


@register.filter
def purpose(value: str) -> str | SafeString:
    """A purpose in the page's language, if it is one of ours; one's own words as they are."""
    known = PURPOSES.get(value)
    return str(known) if known else zh(value)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon; the words beside it carry the meaning."""
    return mark_safe(_icon(name))  # noqa: S308  # our own files


@cache
def _icon(name: str) -> str:
    drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    inner = re.sub(r"\s*\n\s*", "", drawing.partition("<svg")[2].partition(">")[2])
    return (
        '<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        + inner.removesuffix("</svg>").replace(" />", "/>")
        + "</svg>"
    )


@register.simple_tag
def guilloche() -> SafeString:
    """Calm line work behind the permit."""
    return mark_safe(_guilloche())  # noqa: S308  # computed from constants


@cache
def _guilloche() -> str:
    lines = "".join(_wave(k) for k in range(9))
    return (
        '<svg class="gl" viewBox="0 0 400 220" preserveAspectRatio="xMidYMid slice" '
        'aria-hidden="true" focusable="false">'
        f'<path d="{lines}" fill="none" stroke="currentColor" stroke-width="1.1"/></svg>'
    )


def _wave(k: int) -> str:
    points = [
        (
            i * 400 / 60,
            118
            + k * 9
            + 26 * math.sin(i / 60 * math.tau * 1.35 + k * 0.33)
            + 9 * math.sin(i / 60 * math.tau * 3 + k * 0.6),
        )
        for i in range(61)
    ]
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x, y), (to_x, to_y) in zip(points[1::2], points[2::2], strict=True):
        path += f"Q{x:.0f} {y:.0f} {to_x:.0f} {to_y:.0f}"
    return path


def _english() -> bool:
    return get_language() == "en"


def _civil(value: date) -> date:
    """Return the civil day; an instant counts in Asia/Shanghai."""
    return localtime(value) if isinstance(value, datetime) else value
