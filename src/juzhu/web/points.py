"""Acceptance points (受理点) of the trial city: one list for the page and for the form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Point:
    """A police station that accepts applications and hands over cards."""

    code: str
    district: str | Promise
    name: str


POINTS: Final = (
    Point("440304-01", _("福田区"), "莲花派出所受理点"),
    Point("440304-02", _("福田区"), "福强派出所受理点"),
    Point("440303-01", _("罗湖区"), "桂园派出所受理点"),
    Point("440305-01", _("南山区"), "粤海派出所受理点"),
    Point("440308-01", _("盐田区"), "海山派出所受理点"),
    Point("440306-01", _("宝安区"), "新安派出所受理点"),
    Point("440306-02", _("宝安区"), "西乡派出所受理点"),
    Point("440307-01", _("龙岗区"), "布吉派出所受理点"),
    Point("440309-01", _("龙华区"), "民治派出所受理点"),
    Point("440310-01", _("坪山区"), "坪山派出所受理点"),
    Point("440311-01", _("光明区"), "公明派出所受理点"),
    Point("440312-01", _("大鹏新区"), "葵涌派出所受理点"),
)


def choices() -> Iterator[tuple[str, Any]]:
    """Yield the options of a select: none chosen first, then the points by district."""
    yield "", _("请选择")
    for district, points in by_district():
        yield str(district), [(point.code, point.name) for point in points]


def by_district() -> list[tuple[str, list[Point]]]:
    """Return the points grouped by district, in the order of the list."""
    groups: dict[str, list[Point]] = {}
    for point in POINTS:
        groups.setdefault(str(point.district), []).append(point)
    return list(groups.items())


def named(code: str) -> str:
    """Return the name of a point; its code when it is no longer on the list."""
    return next((point.name for point in POINTS if point.code == code), code)
