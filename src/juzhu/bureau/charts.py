"""Charts as SVG made here: no script, no style attribute, printable, each with title and words.

Colours are classes of `desk.css`, so print and contrast need no second picture. A chart never
stands alone: the page puts a sentence above it and a table of the same numbers below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_TICKS: Final = 4
_STEPS: Final = (1, 2, 2.5, 5, 10)
_LEAST: Final = 1e-6  # counts, shares and seconds: less is nothing
_TEN_THOUSAND: Final = 10_000


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers under its name; `shade` is `a` for the thing to see, else `b` or `c`."""

    name: str
    values: Sequence[float]
    shade: str = "a"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every chart has.

    Attributes:
        key: unique on the page.
        title: what is shown.
        words: the conclusion, for whoever does not see the picture.
        labels: below the axis, one for each place.
        width: in units of the drawing; it scales with the page.
        height: likewise.

    """

    key: str
    title: str
    words: str
    labels: Sequence[str]
    width: int = 420
    height: int = 236


@dataclass(frozen=True, slots=True)
class _Plot:
    left: int
    right: int
    top: int
    bottom: int
    highest: float
    ticks: tuple[float, ...]
    frame: Frame

    @property
    def tall(self) -> float:
        return self.frame.height - self.top - self.bottom

    @property
    def wide(self) -> float:
        return self.frame.width - self.left - self.right

    def y(self, value: float) -> float:
        return self.top + self.tall * (1 - value / self.highest)

    def axis(self, unit: str = "") -> str:
        parts = []
        for tick in self.ticks:
            y, line = self.y(tick), "gr" if tick else "ax"
            name = short(tick) + (f" {unit}" if unit and tick == self.ticks[-1] else "")
            parts.append(
                f'<path class="{line}" d="M{self.left} {y:.1f}H{self.frame.width - self.right}"/>'
                + _text("lb", self.left - 8, y + 4, name, "end")
            )
        return "".join(parts)

    def label(self, place: int, x: float, every: int) -> str:
        """Name a place below the axis: every n-th and the last, none close to the last."""
        last = len(self.frame.labels) - 1
        if place != last and (place % every or last - place < every * 0.6):
            return ""
        return _text("lb", x, self.frame.height - 10, self.frame.labels[place], "middle")


def stacked(frame: Frame, series: Sequence[Series], *, every: int = 5) -> SafeString:
    """Draw columns whose parts stand on each other."""
    sums = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    plot = _plot(frame, max(sums, default=0), left=52, right=8, top=12)
    step = plot.wide / max(len(frame.labels), 1)
    parts = [plot.axis()]
    for place, label in enumerate(frame.labels):
        x, width, y = plot.left + step * (place + 0.18), step * 0.64, plot.top + plot.tall
        for one in series:
            height = plot.tall * one.values[place] / plot.highest
            y -= height
            said = escape(f"{label} {one.name} {one.values[place]:,.0f}")
            parts.append(
                f'<rect class="c-{one.shade}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}"'
                f' height="{height:.1f}"><title>{said}</title></rect>'
            )
        parts.append(plot.label(place, x + width / 2, every))
    return _svg(frame, parts)


def columns(
    frame: Frame, values: Sequence[float], *, marked: Sequence[int] = (), every: int = 1
) -> SafeString:
    """Draw columns; the marked ones stand out and carry their number."""
    plot = _plot(frame, max(values, default=0), left=44, right=4, top=22)
    step = plot.wide / max(len(values), 1)
    parts = [plot.axis()]
    for place, value in enumerate(values):
        x, width, y = plot.left + step * (place + 0.2), step * 0.6, plot.y(value)
        shade = "a" if place in marked else "b"
        parts.append(
            f'<rect class="c-{shade}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}"'
            f' height="{plot.top + plot.tall - y:.1f}"/>'
        )
        if place in marked:
            parts.append(_text("vl", x + width / 2, y - 7, short(value), "middle"))
        parts.append(plot.label(place, x + width / 2, every))
    return _svg(frame, parts)


_LINE: Final = 14
"""Height of a line of text in a chart."""


def lines(frame: Frame, series: Sequence[Series], *, unit: str, every: int = 3) -> SafeString:
    """Draw lines that carry their names at their ends."""
    highest = max((max(one.values) for one in series if one.values), default=0)
    plot = _plot(frame, highest, left=40, right=72, top=14)
    places = max(len(frame.labels) - 1, 1)
    xs = [plot.left + plot.wide * place / places for place in range(len(frame.labels))]
    parts = [plot.axis(unit)]
    named: list[float] = []  # where a name stands already: the next one goes above it
    for one in series:
        way = "L".join(f"{x:.1f} {plot.y(v):.1f}" for x, v in zip(xs, one.values, strict=True))
        end = plot.y(one.values[-1])
        name_y = end + 4
        while any(abs(name_y - other) < _LINE for other in named):
            name_y -= _LINE
        named.append(name_y)
        parts += [
            f'<path class="ln c-{one.shade}" d="M{way}"/>',
            f'<circle class="dt c-{one.shade}" cx="{xs[-1]:.1f}" cy="{end:.1f}" r="3.5"/>',
            _text("vl", xs[-1] + 8, name_y, f"{one.name} {one.values[-1]:g}"),
        ]
    parts += [plot.label(place, x, every) for place, x in enumerate(xs)]
    return _svg(frame, parts)


def bars(frame: Frame, values: Sequence[float], *, unit: str, most: float = 0) -> SafeString:
    """Draw lying bars under their names; the first stands out. `most` is the full length."""
    full = most or max(values, default=0) or 1
    step = (frame.height - 6) / max(len(values), 1)
    long = frame.width - 62
    parts = []
    for place, (name, value) in enumerate(zip(frame.labels, values, strict=True)):
        y, shade, found = 6 + place * step, "b" if place else "a", long * value / full
        parts += [
            _text("nm", 0, y + 13, name),
            _bar("bg", y + 20, long),
            _bar(f"c-{shade}", y + 20, found),
            _text("vl", frame.width, y + 28, f"{value:,.10g}{unit}", "end"),
        ]
    return _svg(frame, parts)


def short(value: float) -> str:
    """Write a number as an axis does: 12,000 as 1.2万."""
    if value >= _TEN_THOUSAND:
        return f"{value / _TEN_THOUSAND:.3g}万"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def _plot(frame: Frame, most: float, *, left: int, right: int, top: int) -> _Plot:
    highest, ticks = _scale(most)
    return _Plot(left, right, top, 30, highest, ticks, frame)


def _scale(most: float) -> tuple[float, tuple[float, ...]]:
    """Return where an axis ends and its marks: a few round numbers."""
    if most < _LEAST:
        return 1, (0, 1)
    size = 10 ** floor(log10(most / _TICKS))
    step = next(s * size for s in _STEPS if s * size >= most / _TICKS)
    if most >= 1:
        step = max(step, 1)
    count = ceil(most / step)
    return step * count, tuple(step * place for place in range(count + 1))


def _bar(kind: str, y: float, width: float) -> str:
    return f'<rect class="{kind}" x="0" y="{y:.1f}" width="{width:.1f}" height="8" rx="4"/>'


def _text(kind: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(words)}</text>'


def _svg(frame: Frame, parts: Sequence[str]) -> SafeString:
    key = frame.key
    return mark_safe(  # noqa: S308 - every word in it went through escape
        f'<svg class="chart" viewBox="0 0 {frame.width} {frame.height}" role="img"'
        f' aria-labelledby="{key}-t {key}-d"><title id="{key}-t">{escape(frame.title)}</title>'
        f'<desc id="{key}-d">{escape(frame.words)}</desc>{"".join(parts)}</svg>'
    )
