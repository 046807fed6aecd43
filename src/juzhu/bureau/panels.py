"""One panel each: heading, the conclusion in a sentence, picture, the same numbers to read."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.safestring import SafeString

from juzhu.bureau import charts
from juzhu.bureau.charts import Frame, Series
from juzhu.domain.findings import Condition
from juzhu.modules.cases.contracts import Channel, DayOfCases, Pace
from juzhu.modules.evidence.figures import Health
from juzhu.modules.notices.figures import Arrivals
from juzhu.modules.rounds.contracts import DayAhead
from juzhu.web import texts

_WEEK: Final = 7
_SATURDAY: Final = 5
FAILING: Final = 0.05
"""From this share of unusable answers on a department is said to be in trouble."""

_WINDOW: Final = frozenset({Channel.COUNTER})
_GROUPS: Final[Mapping[str, str]] = {"insurance_record": "社保时间不够"}


@dataclass(frozen=True, slots=True)
class Panel:
    """What the page shows of one thing."""

    key: str
    heading: str
    sentence: str
    chart: SafeString
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()


def applications(counts: Sequence[DayOfCases], first: date, last: date) -> Panel:
    """Show applications of each day, online and at a window."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    online, window = Counter[date](), Counter[date]()
    for one in counts:
        (window if one.channel in _WINDOW else online)[one.day] += one.count
    total = online.total() + window.total()
    sentence = "这段时间没有人申请。"
    if total:
        sentence = f"线上占 {_percent(online.total(), total)}。" + _weekends(days, online + window)
    frame = Frame("a", f"近 {len(days)} 天受理量", sentence, [_day(d) for d in days], 820, 264)
    series = (
        Series("线上", [online[d] for d in days], "a"),
        Series("窗口", [window[d] for d in days], "c"),
    )
    rows = tuple((_day(d), f"{online[d]:,}", f"{window[d]:,}") for d in reversed(days))
    return Panel(
        "a",
        frame.title,
        sentence,
        charts.stacked(frame, series),
        ("日期", "线上", "窗口"),
        rows,
        (("线上", "a"), ("窗口", "c")),
    )


def hours(counts: Mapping[int, Mapping[Channel, int]], now_hour: int) -> Panel:
    """Show today's applications hour by hour."""
    sums = [sum(counts.get(hour, {}).values()) for hour in range(24)]
    busiest = max(range(24), key=lambda hour: sums[hour])
    sentence = "今天还没有人申请。"
    if sums[busiest]:
        sentence = f"{busiest} 时最多，{sums[busiest]:,} 件。现在是 {now_hour} 时。"
    frame = Frame("h", "今天各时受理量", sentence, [str(hour) for hour in range(24)])
    marked = (busiest,) if sums[busiest] else ()
    seen = [channel for channel in texts.CHANNELS if any(channel in by for by in counts.values())]
    rows = tuple(
        (f"{hour} 时", *(f"{counts.get(hour, {}).get(c, 0):,}" for c in seen))
        for hour in range(24)
        if sums[hour]
    )
    return Panel(
        "h",
        frame.title,
        sentence,
        charts.columns(frame, sums, marked=marked, every=3),
        ("时间", *(str(texts.CHANNELS[c]) for c in seen)),
        rows,
    )


def pace(days: Mapping[date, Pace], last: date) -> Panel:
    """Show how long an answer took, day by day over two weeks."""
    shown = [day for day in sorted(days) if day > last - timedelta(2 * _WEEK)]
    if not shown:
        return Panel("p", "出结果用时", "这段时间没有出结果的申请。", SafeString(), (), ())
    slowest = max(shown, key=lambda day: days[day].slow_seconds)
    sentence = (
        f"最近一天一半在 {seconds(days[shown[-1]].median_seconds)}内出结果；"
        f"{_day(slowest)} 最慢，95% 在 {seconds(days[slowest].slow_seconds)}内。"
    )
    slow = [round(days[day].slow_seconds, 1) for day in shown]
    frame = Frame("p", "出结果用时", sentence, [_day(day) for day in shown])
    series = (
        Series("95%", slow, "c"),
        Series("中位", [round(days[day].median_seconds, 1) for day in shown], "a"),
    )
    rows = tuple(
        (
            _day(day),
            seconds(days[day].median_seconds),
            seconds(days[day].slow_seconds),
            f"{days[day].answered:,}",
        )
        for day in reversed(shown)
    )
    return Panel(
        "p",
        frame.title,
        sentence,
        charts.lines(frame, series, unit="秒"),
        ("日期", "中位", "95% 内", "件数"),
        rows,
    )


def refusals(counts: Sequence[tuple[str, int]], refused: int) -> Panel:
    """Show why people were refused; one case may fail by several conditions."""
    if not counts:
        return Panel("r", "未通过原因", "这段时间没有未通过的申请。", SafeString(), (), ())
    named = [(condition_name(name), count) for name, count in counts]
    shares = [round(100 * count / refused, 1) for _, count in named]
    sentence = f"{refused:,} 件未通过，{shares[0]:g}% 因为“{named[0][0]}”。一件可以有几个原因。"
    frame = Frame("r", "未通过原因", sentence, [name for name, _ in named[:5]])
    return Panel(
        "r",
        frame.title,
        sentence,
        charts.bars(frame, shares[:5], unit="%", most=100),
        ("原因", "件数", "占未通过"),
        tuple((n, f"{c:,}", f"{s:g}%") for (n, c), s in zip(named, shares, strict=True)),
    )


def due(ahead: Sequence[DayAhead], today: date) -> Panel:
    """Show how many permits reach the last day of their window in each of the next eight weeks."""
    starts = [today + timedelta(_WEEK * n) for n in range(8)]
    weeks = [
        sum(d.last_days for d in ahead if 0 <= (d.day - start).days < _WEEK) for start in starts
    ]
    most = max(range(8), key=lambda n: weeks[n])
    sentence = "每晚统计一次；还没有统计过。"
    if ahead:
        sentence = f"{_day(starts[most])} 起一周最多，{weeks[most]:,} 人。"
    frame = Frame("f", "未来 8 周签注到期", sentence, [_day(start) for start in starts])
    marked = (most,) if weeks[most] else ()
    rows = tuple((f"{_day(s)} 起一周", f"{n:,}") for s, n in zip(starts, weeks, strict=True))
    return Panel(
        "f",
        frame.title,
        sentence,
        charts.columns(frame, weeks, marked=marked),
        ("一周", "人数"),
        rows,
    )


def delivery(arrivals: Arrivals) -> Panel:
    """Show whether messages arrive."""
    rows = (
        ("送到手机", arrivals.delivered),
        ("在路上", arrivals.on_the_way),
        ("没有送到", arrivals.failed),
        ("没有手机号，只在站内", arrivals.no_phone),
    )
    sentence = "近 7 天没有消息。"
    if arrivals.settled:
        sentence = (
            f"近 7 天有结果的 {arrivals.settled:,} 条里，"
            f"送到 {_percent(arrivals.delivered, arrivals.settled)}。"
        )
    frame = Frame("m", "消息送达", sentence, [name for name, _ in rows])
    return Panel(
        "m",
        frame.title,
        sentence,
        charts.bars(frame, [count for _, count in rows], unit=""),
        ("情况", "条数"),
        tuple((name, f"{count:,}") for name, count in rows),
    )


def departments(found: Sequence[Health]) -> Panel:
    """Show how the departments answered in the last day, the worst first."""
    worst = sorted(found, key=lambda one: -one.failed_share)
    if not worst:
        return Panel("d", "部门数据接口", "近 24 小时没有查询。", SafeString(), (), ())
    failing = [one for one in worst if one.failed_share >= FAILING]
    sentence = f"近 24 小时 {len(worst)} 个部门都正常。"
    if failing:
        names = "、".join(source_name(one) for one in failing)
        sentence = f"{names}近 24 小时有 5% 以上的查询没有可用的答复。"
    shares = [round(100 * (1 - one.failed_share), 1) for one in worst]
    frame = Frame("d", "部门数据接口", sentence, [source_name(one) for one in worst])
    rows = tuple(
        (source_name(one), f"{one.asked:,}", f"{one.failed:,}", f"{one.slow_ms:,} 毫秒")
        for one in worst
    )
    return Panel(
        "d",
        frame.title,
        sentence,
        charts.bars(frame, shares, unit="%", most=100),
        ("部门", "查询", "没有可用的答复", "95% 用时"),
        rows,
    )


def condition_name(name: str) -> str:
    """Name a condition, or a group of which one is enough, as officers say it."""
    if name in _GROUPS:
        return _GROUPS[name]
    return str(texts.CONDITIONS[Condition(name)].short)


def source_name(one: Health) -> str:
    """Name a department's register."""
    return str(texts.SOURCES[one.source])


def seconds(value: float) -> str:
    """Write a duration so that it can be read at a glance."""
    steps: tuple[tuple[float, Callable[[float], str]], ...] = (
        (90, lambda s: f"{s:.1f} 秒"),
        (5400, lambda s: f"{s / 60:.0f} 分钟"),
        (172_800, lambda s: f"{s / 3600:.0f} 小时"),
    )
    for limit, write in steps:
        if value < limit:
            return write(value)
    return f"{value / 86_400:.0f} 天"


_ENOUGH: Final = 20
"""Applications on either side; a handful says nothing about days of the week."""


def _weekends(days: Sequence[date], counts: Mapping[date, int]) -> str:
    """Compare weekends with the other days, when both have enough to compare."""
    free = [counts.get(day, 0) for day in days if day.weekday() >= _SATURDAY]
    working = [counts.get(day, 0) for day in days if day.weekday() < _SATURDAY]
    if not free or not working or min(sum(free), sum(working)) < _ENOUGH:
        return ""
    change = sum(free) / len(free) / (sum(working) / len(working)) - 1
    return f"周末比工作日{'少' if change < 0 else '多'} {abs(change):.0%}。"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}".removesuffix(".0") + "%"


def _day(day: date) -> str:
    return f"{day.month}/{day.day}"
