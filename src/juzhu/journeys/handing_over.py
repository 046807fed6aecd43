"""The last look at claimed messages, the handing over itself, and what follows from its result."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from juzhu import wiring
from juzhu.journeys.message_conditions import needless
from juzhu.journeys.patience import Patience
from juzhu.modules.notices import hours, receipts, sending
from juzhu.modules.notices.contracts import Claimed, Delivery, Failure, Step
from juzhu.modules.notices.texts import filled, sms
from juzhu.modules.people import queries as people
from juzhu.modules.people import services as people_services
from juzhu.ports.sms import NotTaken, Rejected, Result, Sms, Taken, Unsure

log = structlog.get_logger()

MOST_A_DAY: Final = 8
"""SMS to one person in 24 hours; what is awaited at the screen passes."""
MOST_A_PHONE: Final = 20
"""SMS to one phone in 24 hours: a family may share one."""
DAY: Final = timedelta(days=1)
SHORTEST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=10)
GIVEN_UP_AFTER: Final = timedelta(days=3)
"""A message that nobody took is given up this long after its deadline."""
NOTING_SECONDS: Final = 25.0
"""Less than the lease (`sending.LEASE`), after which another worker takes the messages up."""

Steps = dict[int, Step]


def send(messages: Sequence[Claimed]) -> bool:
    """Look at claimed messages once more, hand over those that pass, and note what became of all.

    No transaction is open while a provider is talked to. What became of them is worth waiting for
    a database that has gone away meanwhile: it would have to be asked about.

    Returns:
        whether something was handed over and the provider took nothing, nor refused it.

    """
    if not messages:
        return False
    at = wiring.clock().now()
    phones = people.phones({message.person_id for message in messages})
    digests = {pk: people_services.phone_digest_of(phone) for pk, phone in phones.items()}
    steps = _held_back(messages, digests, at)
    results: list[Result] = []
    for name, gateway in wiring.sms_providers().items():
        mine = [m for m in messages if m.id not in steps and m.provider == name]
        texts = [_text(message, phones[message.person_id]) for message in mine]
        found = wiring.sms_hand_over(gateway, texts)
        results += found
        for message, result in zip(mine, found, strict=True):
            digest = digests[message.person_id]
            steps[message.id] = _step(message, result, digest, once=gateway.once_per_key, at=at)
    Patience(NOTING_SECONDS).with_(lambda: sending.note(steps.values(), at=wiring.clock().now()))
    for message in messages:
        step = steps.get(message.id)
        if step and step.failure is Failure.NO_SUBSCRIBER and step.phone_digest:
            receipts.doubt(person_id=message.person_id, digest=step.phone_digest, at=at)
    return bool(results) and all(isinstance(it, NotTaken | Unsure) for it in results)


def _text(message: Claimed, phone: str) -> Sms:
    values = message.occasion, message.values, message.edition
    return Sms(
        key=message.key,
        phone=phone,
        text=sms(*values),
        template=f"{message.occasion}.{message.edition}",
        values=filled(*values),
    )


def _held_back(messages: Sequence[Claimed], digests: Mapping[int, bytes], at: datetime) -> Steps:
    """Return the next step of each message that is not handed over now."""
    on = at.date()
    over = needless(messages, on=on)
    steps: Steps = {}
    for message in messages:
        too_late = on > message.deadline + GIVEN_UP_AFTER
        if (too_late or message.id in over) and message.pinned:
            steps[message.id] = _to_be_asked_about(message, at)
        elif too_late or (message.id in over and message.attempts > 1 and on > message.deadline):
            steps[message.id] = Step(
                id=message.id, delivery=Delivery.FAILED, failure=Failure.NEVER_TAKEN
            )
        elif message.id in over:
            steps[message.id] = Step(id=message.id, delivery=Delivery.NEEDLESS)
        elif message.person_id not in digests:
            steps[message.id] = Step(id=message.id, delivery=Delivery.NO_PHONE)
    rest = [message for message in messages if message.id not in steps]
    return steps | _over_limit(rest, digests, at)


def _to_be_asked_about(message: Claimed, at: datetime) -> Step:
    """Send it no more, and learn whether an earlier attempt reached the phone."""
    return Step(id=message.id, delivery=Delivery.HELD, not_before=at, pinned=True)


def _over_limit(messages: Sequence[Claimed], digests: Mapping[int, bytes], at: datetime) -> Steps:
    """Put off what would be too many for one person or one phone in 24 hours."""
    person_ids = {message.person_id for message in messages}
    persons, phones = sending.sent_lately(
        person_ids=person_ids, digests={digests[pk] for pk in person_ids}, since=at - DAY
    )
    to_person, to_phone = Counter(persons), Counter(phones)
    steps: Steps = {}
    for message in messages:
        person, phone = message.person_id, digests[message.person_id]
        full = to_person[person] >= MOST_A_DAY or to_phone[phone] >= MOST_A_PHONE
        if full and not message.at_screen:
            steps[message.id] = Step(
                id=message.id,
                delivery=Delivery.POSTPONED,
                not_before=hours.next_ring(at + DAY / 2),
                pinned=message.pinned,
            )
            continue
        to_person[person] += 1
        to_phone[phone] += 1
    return steps


def _step(message: Claimed, result: Result, digest: bytes, *, once: bool, at: datetime) -> Step:
    """Return what follows from the result of one attempt."""
    pause = min(SHORTEST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
    match result:
        case Taken(number):
            return Step(
                id=message.id,
                delivery=Delivery.HANDED_OVER,
                number=number,
                phone_digest=digest,
                not_before=at + sending.FIRST_QUESTION,
            )
        case Rejected(reason, no_subscriber):
            log.warning("notices.message_rejected", message_id=message.id, reason=reason)
            failure = Failure.NO_SUBSCRIBER if no_subscriber else Failure.REFUSED
            return Step(
                id=message.id, delivery=Delivery.FAILED, phone_digest=digest, failure=failure
            )
        case NotTaken(reason):
            log.info("notices.message_not_taken", message_id=message.id, reason=reason)
            return Step(
                id=message.id,
                delivery=Delivery.POSTPONED,
                not_before=at + pause,
                pinned=message.pinned,  # this attempt was not taken; an earlier one may have been
            )
        case Unsure(reason):
            log.info("notices.message_unsure", message_id=message.id, reason=reason)
            return Step(
                id=message.id,
                delivery=Delivery.POSTPONED if once else Delivery.HELD,
                phone_digest=digest,
                not_before=at + (pause if once else sending.FIRST_QUESTION),
                pinned=True,
            )
