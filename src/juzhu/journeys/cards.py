"""Having cards made: faces gathered, files sent, the factory's news taken in."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog

from juzhu import wiring
from juzhu.domain.card import (
    REISSUE_GROUNDS,
    REPLACEMENT_GROUNDS,
    CardEvent,
    CardGround,
    CardState,
)
from juzhu.domain.card_terms import fee, unclaimed_days
from juzhu.domain.vocabulary import PermitState
from juzhu.journeys.evidence import open_home
from juzhu.journeys.sheet_content import Gathered, NotReadyError, gather
from juzhu.modules.audit import services as audit
from juzhu.modules.audit.contracts import Purpose
from juzhu.modules.cards import queries as cards
from juzhu.modules.cards import services as card_services
from juzhu.modules.cards.contracts import CardView, News, VoidReason
from juzhu.modules.cases import collection
from juzhu.modules.cases import queries as cases
from juzhu.modules.people import queries as people
from juzhu.modules.people.contracts import PersonView
from juzhu.modules.permits import queries as permits
from juzhu.modules.permits.contracts import PermitView
from juzhu.ports.card_factory import FactoryNews, FactoryRefusedError, FactoryUnavailableError

log = structlog.get_logger()

A_FILE: Final = 20
"""Cards in one production file; a photograph is 20 to 40 KB of it."""
TOO_LONG: Final = timedelta(hours=1)
SEXES: Final = {"1": "男", "2": "女"}


def work(*, at: datetime) -> None:
    """Do what is due: new files, files not received yet, news. Safe to repeat and to interrupt.

    A silent factory stops nothing: files wait, and the next run goes on.
    """
    make_file(at=at)
    try:
        send_files()
        take_news()
    except FactoryUnavailableError as error:
        log.warning("cards.factory_silent", reason=str(error))
    card_services.close_files(at=at)


def make_file(*, at: datetime) -> None:
    """Write the next production file from the cards whose faces the registers tell now."""
    faces: dict[str, dict[str, Any]] = {}
    ready: list[CardView] = []
    for card in _to_make(at):
        face = _face(card, at)
        if face is not None:
            faces[card.line] = face
            ready.append(card)

    def written(number: str, lines: Sequence[str]) -> bytes:
        return _file(number, at, [faces[line] for line in lines])

    card_services.make_file(ready, at=at, written=written)


def _to_make(at: datetime) -> list[CardView]:
    again = [cards.card(number) for number in cards.unanswered(at=at)]
    return (again[:A_FILE] + cards.to_make(A_FILE))[:A_FILE]


def _face(card: CardView, at: datetime) -> dict[str, Any] | None:
    """Return what the card shows; None when a register is silent, or no card is wanted any more."""
    person = people.person(card.person_id)
    permit = permits.permit_of(card.person_id, at.date())
    if permit is None or permit.id != card.permit_id or _ended(permit.status.state):
        card_services.void_of_permit(
            permit_id=card.permit_id, reason=VoidReason.PERMIT_ENDED, at=at
        )
        return None
    try:
        found = gather(person, at)
    except NotReadyError as error:
        log.warning("cards.face_not_ready", card=card.number, reason=str(error))
        return None
    audit.record(
        person_id=card.person_id,
        actor="system:cards",
        purpose=Purpose.CARD,
        at=at,
        fields=("population", "registrations", "photograph"),
        occasion=card.number,
    )
    if not found.population.alive:
        collection.holder_died(person_id=card.person_id, occasion=card.case_number, at=at)
        return None
    return _printed(card, person, found, at)


def _ended(state: PermitState) -> bool:
    return state is PermitState.CANCELLED


def _printed(card: CardView, person: PersonView, found: Gathered, at: datetime) -> dict[str, Any]:
    address = open_home(found.registrations, at.date())[0]
    posted = {"to": "post", "address": address, "phone": person.phone or ""}
    return {
        "line": card.line,
        "name": person.name,
        "sex": SEXES.get(found.population.sex or "", "未说明"),
        "ethnic_group": found.population.ethnic_group or "",
        "id_number": person.id_number,
        "address": address,
        "issued_on": card.printed_on.isoformat(),
        "photograph": base64.b64encode(found.photo).decode() if found.photo else None,
        "deliver": posted if card.delivery == "post" else {"to": "point", "point": card.point},
    }


def _file(number: str, at: datetime, lines: Sequence[Mapping[str, Any]]) -> bytes:
    content = {"file": number, "made_at": at.isoformat(), "lines": list(lines)}
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def troubles(*, at: datetime) -> list[str]:
    """Return what is wrong with the making of cards, for an operator; empty when nothing is."""
    found = []
    silent = [batch for batch in cards.open_batches() if at - batch.made_at > TOO_LONG]
    if silent:
        found.append(f"{len(silent)} files not acknowledged whole for over an hour")
    if late := cards.late(before=at.date()):
        found.append(f"{len(late)} cards past their legal limit, first {late[0].number}")
    if stuck := cards.stuck():
        found.append(f"{len(stuck)} cards failed five times, first {stuck[0].number}")
    return found


def send_files() -> None:
    """Hand over the files that the factory has not received; a refused one is reported each time.

    Raises:
        FactoryUnavailableError: it is silent now.

    """
    for batch in cards.open_batches():
        if not batch.receipt:
            send_file(batch.id)


def send_file(batch_id: int) -> None:
    """Hand over one file, also one that was received before: that changes nothing."""
    content = cards.file_of(batch_id)
    if content is None:
        return
    card_services.file_tried(batch_id=batch_id)
    try:
        receipt = wiring.card_factory().send(content)
    except FactoryRefusedError as error:
        log.error("cards.file_refused", batch_id=batch_id, reason=str(error))
        return
    card_services.file_sent(batch_id=batch_id, receipt=receipt)


def take_news() -> None:
    """Take in everything the factory has to tell.

    Raises:
        FactoryUnavailableError: it is silent now.

    """
    while found := wiring.card_factory().news(after=cards.cursor()):
        card_services.take_news([_news(one) for one in found])


def _news(one: FactoryNews) -> News:
    return News(
        number=one.number,
        line=one.line,
        kind=CardEvent(one.what),
        at=one.at,
        serial=one.serial,
        tracking=one.tracking,
        code=one.code,
        reason=one.reason,
    )


def grounds(permit: PermitView) -> list[CardGround]:
    """Return the reasons for which the card of a permit may be made anew.

    Whoever chose no card when the permit was issued gets the first one later; the others are for
    those who have had one, from us or from before this system.
    """
    first = cases.wanted_no_card(permit.id) and not cards.ever_made(permit.id)
    return [CardGround.FIRST] if first else [*REISSUE_GROUNDS, *REPLACEMENT_GROUNDS]


def price(permit: PermitView, ground: CardGround, *, on: date) -> int:
    """Return what a card costs today, in fen."""
    return fee(cases.charged_as(permit.person_id, permit.id, ground), on).value


def remind(*, at: datetime) -> None:
    """Tell those who have not fetched their card, once a card and step."""
    days = unclaimed_days(at.date())
    for card in cards.lying_since(at - timedelta(days=days.first_reminder)):
        if card.state is CardState.AT_POINT:
            until = card.state_at.date() + timedelta(days=days.kept)
            lain = (at - card.state_at).days
            step = "last" if lain >= days.kept - days.first_reminder else "first"
            card_services.tell_waiting(card=card, until=until, step=step, at=at)
