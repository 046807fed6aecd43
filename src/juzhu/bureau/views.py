"""The dashboard's page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from juzhu import wiring
from juzhu.bureau import figures, panels
from juzhu.bureau.figures import Figures
from juzhu.ports.clock import SHENZHEN
from juzhu.web.templatetags.juzhu import day, moment_short

_LATE_JOBS: Final = 500
"""So many jobs that are due and not begun mean that the workers do not keep up."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to look at: what, in one line, and where it is dealt with."""

    urgent: bool
    heading: str
    words: str
    address: str = ""
    link: str = ""


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the service does: four figures, what needs somebody, and a panel for each matter."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(period) for period in figures.PERIODS} else 30
    at = wiring.clock().now()
    found = figures.of_period(days, at=at)
    today = found.at.date()
    context = {
        "found": found,
        "days": days,
        "periods": figures.PERIODS,
        "at_once": _at_once(found),
        "waited": _waited(found, at),
        "median": panels.seconds(found.pace_of_all.median_seconds) if found.pace_of_all else "",
        "slow": panels.seconds(found.pace_of_all.slow_seconds) if found.pace_of_all else "",
        "alerts": list(_alerts(found)),
        "first": panels.applications(found.by_day, found.first, today),
        "panels": (
            panels.pace(found.pace, today),
            panels.refusals(found.refused_for, found.refusals.refused),
            panels.due(found.ahead, today),
            panels.hours(found.by_hour, found.at.hour),
            panels.delivery(found.arrivals),
            panels.departments(found.departments),
        ),
    }
    return render(request, "bureau/overview.html", context)


def _at_once(found: Figures) -> str:
    """Return the share decided at once (秒批率), in percent."""
    if found.pace_of_all is None:
        return ""
    return f"{100 * found.pace_of_all.at_once / found.pace_of_all.answered:.1f}"


def _waited(found: Figures, at: datetime) -> str:
    oldest = found.oldest_in_review
    return "" if oldest is None else panels.seconds(max((at - oldest) / timedelta(seconds=1), 0))


def _alerts(found: Figures) -> Iterator[Alert]:
    """What needs somebody, the most pressing first."""
    yield from _queues(found)
    yield from _cards_and_money(found)
    yield from _feeds(found)
    yield from _parts(found)
    refused = found.refusals
    if refused.overturned:
        days = (found.at.date() - found.first).days + 1
        yield Alert(
            urgent=False,
            heading=f"{refused.overturned:,} 件未通过后来改为通过",
            words=f"近 {days} 天共 {refused.refused:,} 件未通过。",
        )


def _queues(found: Figures) -> Iterator[Alert]:
    review = found.review
    if review.over or review.soon:
        words = "、".join(
            said
            for said in (
                f"{review.over} 件已经超期" if review.over else "",
                f"{review.soon} 件两个工作日内到期" if review.soon else "",
            )
            if said
        )
        yield Alert(
            urgent=True,
            heading=f"{review.waiting} 件等人工复核",
            words=f"{words}。",
            address=reverse("counter:review"),
            link="去处理",
        )
    if found.disputes.waiting:
        overdue = found.disputes.overdue
        yield Alert(
            urgent=bool(overdue),
            heading=f"{found.disputes.waiting} 个疑问等答复",
            words=f"{overdue} 个已经超期。" if overdue else "都还在期限内。",
            address=reverse("counter:review"),
            link="去答复",
        )


def _cards_and_money(found: Figures) -> Iterator[Alert]:
    if found.late_cards:
        yield Alert(
            urgent=True,
            heading=f"{found.late_cards} 张卡超过期限还没有做好",
            words="从缴费或者受理起，卡应当在法定期限内做好。",
            address=reverse("counter:stock"),
            link="去看",
        )
    if found.differences:
        yield Alert(
            urgent=True,
            heading=f"{found.differences} 笔缴费和对账单不一致",
            words="每晚和支付平台的账单核对。",
            address=reverse("counter:payments"),
            link="去核对",
        )
    if found.failed_refunds:
        yield Alert(
            urgent=True,
            heading=f"{found.failed_refunds} 笔退款没有成功",
            words="支付平台没有办理，要人工核对。",
            address=reverse("counter:payments"),
            link="去处理",
        )


def _feeds(found: Figures) -> Iterator[Alert]:
    if found.silence.since is not None:
        since = found.silence.since.astimezone(SHENZHEN)
        yield Alert(
            urgent=True,
            heading="人口库和民政的通知收不到了",
            words=f"从{moment_short(since)}起没有答复。恢复以后会接着读，不会漏。",
        )
    for name, last in found.unread:
        yield Alert(
            urgent=False,
            heading=f"{name}没有读取变更",
            words=f"从{day(last)}以后没有读取，已经或即将提醒它的联系人。",
        )


def _parts(found: Figures) -> Iterator[Alert]:
    failing = [one for one in found.departments if one.failed_share >= panels.FAILING]
    for one in failing:
        yield Alert(
            urgent=True,
            heading=f"{panels.source_name(one)}答复不正常",
            words=f"近 24 小时 {one.asked:,} 次查询，{one.failed:,} 次没有可用的答复。"
            "办理会等它恢复，不会因此不通过。",
        )
    if found.jobs > _LATE_JOBS:
        yield Alert(
            urgent=True,
            heading=f"{found.jobs:,} 个后台任务在排队",
            words="看一看后台进程是不是都在运行。",
        )
    arrivals = found.arrivals
    if arrivals.failed * 20 > arrivals.settled:
        yield Alert(
            urgent=False,
            heading=f"{arrivals.failed:,} 条消息没有送到",
            words="近 7 天超过 5%，看一看短信通道。",
        )
