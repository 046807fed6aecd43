"""The days of a permit as an iCalendar file (RFC 5545), so that the phone itself reminds.

It names nobody and carries no number: whoever sees the phone's calendar sees two or three days.
"""

import hashlib
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from juzhu.domain.calendar import ONE_DAY
from juzhu.domain.permit import PermitStatus
from juzhu.domain.vocabulary import PermitState

NINE: Final = timedelta(hours=9)


class Day(NamedTuple):
    """One day to remember: what it is called, when, and how many days before the phone rings."""

    kind: str
    title: str
    on: date
    rings_before: tuple[int, ...]


def days_of(status: PermitStatus) -> list[Day]:
    """Return the days still to come of a permit in this state; none when it is cancelled."""
    if status.state in (PermitState.VALID, PermitState.IN_WINDOW):
        return [
            Day("opens", _("居住证可以签注了"), status.window_opens, (0,)),
            Day("closes", _("居住证签注最后一天"), status.window_closes, (30, 7, 1, 0)),
        ]
    if status.state is PermitState.SUSPENDED and status.cancelled_on is not None:
        last = status.cancelled_on - ONE_DAY
        return [Day("late", _("居住证补签注最后一天"), last, (60, 30, 7, 1))]
    return []


def calendar_file(status: PermitStatus | None, *, seed: str, at: datetime) -> bytes:
    """Return the file.

    Args:
        status: the permit's, None without a permit: then the calendar is empty.
        seed: what makes the identifiers of the days the same each time and nobody else's.
        at: when it is made.

    """
    calendar = Calendar()
    calendar.add("prodid", "-//juzhu//reminders//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("居住证签注提醒"))
    calendar.add("refresh-interval", timedelta(days=1), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    for day in days_of(status) if status else ():
        calendar.add_component(_event(day, seed, at))
    return bytes(calendar.to_ical())


def _event(day: Day, seed: str, at: datetime) -> Event:
    event = Event()
    name = hashlib.sha256(f"{seed}:{day.kind}:{day.on}".encode()).hexdigest()[:32]
    event.add("uid", f"{name}@juzhu")
    event.add("dtstamp", at)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + ONE_DAY)
    event.add("summary", day.title)
    event.add("description", _("网上办约 1 分钟，不收费。"))
    event.add("transp", "TRANSPARENT")
    for days in day.rings_before:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", day.title)
        alarm.add("trigger", NINE - timedelta(days=days))  # at nine in the morning
        event.add_component(alarm)
    return event
