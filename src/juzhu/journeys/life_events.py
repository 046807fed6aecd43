"""Taking in what the registers of persons tell by themselves, in order, each once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from django.db import IntegrityError

from juzhu import wiring
from juzhu.modules.cases import lives as effects
from juzhu.modules.lives import queries as lives
from juzhu.modules.lives import services
from juzhu.ports.life_events import LifeEvent, LifeEventsUnavailableError

log = structlog.get_logger()

BATCH: Final = 200


def take_new(*, at: datetime) -> int:
    """Take in everything behind the place reached; return how many events were read.

    A feed that is silent is told once, and once more when it answers again; nothing is lost.

    Each event is one transaction together with the place, so a process killed anywhere goes on
    where it was, and two at a time do no harm. An event that cannot be applied is left to an
    officer and does not hold up the others.
    """
    read = 0
    while events := _behind(lives.position(), at):
        for event in events:
            _take(event, at)
        read += len(events)
    return read


def _behind(position: int, at: datetime) -> Sequence[LifeEvent]:
    try:
        events = wiring.life_events().after(position, limit=BATCH)
    except LifeEventsUnavailableError as error:
        if services.silent(why=str(error), at=at):
            log.warning("lives.feed_silent", reason=str(error))
        return ()
    if lives.silence().since is not None and services.answers():
        log.info("lives.feed_answers_again")
    return events


def _take(event: LifeEvent, at: datetime) -> None:
    try:
        effects.take(event, at=at)
    except (ValueError, IntegrityError) as error:
        log.error("lives.left_to_officer", key=event.key, error=type(error).__name__)
        effects.leave_to_officer(event, why="refused", at=at)
