"""The database goes away and comes back: connections cut, or for a while it only reads."""

import random
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count

import psycopg
import pytest
from django.db import OperationalError, close_old_connections, connection

from juzhu import wiring
from juzhu.cli import load as command
from juzhu.domain.permit import ActionKind
from juzhu.jobs import tasks
from juzhu.journeys import legacy_alone, legacy_file, messages, patience
from juzhu.modules.notices import sending, services
from juzhu.modules.notices.contracts import Delivery, NewMessage, Occasion
from juzhu.modules.notices.models import Carrier, Message
from juzhu.modules.permits import queries as permit_queries
from juzhu.modules.permits import services as permits
from juzhu.modules.permits.models import Permit, PermitAction
from juzhu.modules.rounds import closing
from juzhu.modules.rounds import services as rounds
from juzhu.ports.sms import Fate, SmsNotTakenError
from tests.factories import NOON, TODAY, a_person
from tests.journeys.test_load import HEADER, row
from tests.journeys.test_messages import (
    HOUR,
    MINUTE,
    Desk,
    Provider,
    _Clock,
    a_permit_in_its_window,
    delivery_of,
    not_taken,
    write,
)
from tests.journeys.test_roll_killed import ends_right, the_round, wanted  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
SOAK = pytest.mark.soak


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.01)


@contextmanager
def cut(url: str, dice: random.Random, *, one_in: int):
    """Cut the connection before some statements, and after some."""
    cuts = count()

    def wrapper(execute, *arguments):
        chosen = dice.randrange(2 * one_in)
        if chosen == 0:
            _terminate(url)
            next(cuts)
        found = execute(*arguments)
        if chosen == 1:
            _terminate(url)
            next(cuts)
        return found

    try:
        with connection.execute_wrapper(wrapper):
            yield cuts
    finally:
        connection.close()


def _terminate(url: str) -> None:
    pid = connection.connection.info.backend_pid
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextmanager
def only_reading(url: str, seconds: float):
    """Let the database refuse every change for so long, as a standby before it is promoted."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(url, autocommit=True) as link:

        def switch(how: str) -> None:
            link.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {how}')
            link.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid()",
                [name],
            )

        link.execute("SET default_transaction_read_only = off")
        connection.close()
        switch("on")
        later = threading.Timer(seconds, switch, ["off"])
        later.start()
        try:
            yield
        finally:
            later.join()


@pytest.mark.parametrize("least", [1, 10**9], ids=["alone", "with guards"])
@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=SOAK) for n in range(2, 30))])
def test_a_load_goes_on_when_connections_are_cut(tmp_path, monkeypatch, database_url, least, seed):
    monkeypatch.setattr(legacy_alone, "LEAST_LINES", least)
    path = tmp_path / "file.csv"
    lines = [row(i % 30 + 1, f"20{16 + i // 30 * 4}-01-01") for i in range(60)]
    path.write_text("\n".join([HEADER, *lines, "bad"]))
    surveyed = legacy_file.survey(path, part_bytes=600)
    load_id = rounds.begin_load(file_digest=surveyed.digest, at=NOON)

    with cut(database_url, random.Random(seed), one_in=12) as cuts:
        tally = command._all_parts(path, surveyed, load_id=load_id, at=NOON, processes=1)

    assert next(cuts) > 0
    assert (tally.taken, tally.known, len(tally.refused)) == (60, 0, 1)
    assert Permit.objects.count() == PermitAction.objects.count() == 60
    assert closing.closed() is None


def test_a_load_waits_while_the_database_only_reads(tmp_path, monkeypatch, database_url):
    monkeypatch.setattr(legacy_alone, "LEAST_LINES", 1)
    path = tmp_path / "file.csv"
    path.write_text("\n".join([HEADER, *(row(i) for i in range(1, 60))]))
    surveyed = legacy_file.survey(path, part_bytes=600)
    load_id = rounds.begin_load(file_digest=surveyed.digest, at=NOON)
    legacy_alone.close(load_id=load_id, lines=surveyed.lines, at=NOON)

    with only_reading(database_url, 0.5):
        tally = command._all_parts(path, surveyed, load_id=load_id, at=NOON, processes=1)

    assert tally.taken == 59
    assert closing.closed() is None


def test_a_round_waits_while_the_database_only_reads(wanted, database_url):  # noqa: F811
    with only_reading(database_url, 0.5):
        the_round(patience_seconds=30)

    ends_right(wanted)


@pytest.fixture
def desk(monkeypatch) -> Desk:
    providers = {"one": Provider("one"), "two": Provider("two")}
    providers["one"].once_per_key = True
    providers["two"].once_per_key = False
    found = Desk(NOON, providers)
    monkeypatch.setattr(wiring, "clock", lambda: _Clock(found))
    monkeypatch.setattr(wiring, "sms_providers", lambda: found.providers)
    return found


def due(number: int, *, days: int = 90) -> list[int]:
    """Write so many messages to as many persons; return their numbers by deadline."""
    rows = [
        NewMessage(
            person_id=a_person(phone=f"139{n:08d}"),
            occasion=Occasion.DAYS_30,
            subject="P",
            values={"valid_through": "2026-12-24"},
            due_on=TODAY,
            deadline=TODAY + timedelta(days=n * 7919 % days),
        )
        for n in range(number)
    ]
    services.write_many(rows, at=NOON)
    return list(Message.objects.order_by("deadline", "pk").values_list("pk", flat=True))


def key_of(number: int) -> str:
    return f"message-{number}"


@pytest.mark.parametrize("carrier", ["one", "two"])
@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=SOAK) for n in range(2, 30))])
def test_no_message_goes_twice_when_connections_are_cut(
    desk, monkeypatch, database_url, carrier, seed
):
    monkeypatch.setattr(messages, "BATCH", 5)
    provider = desk.providers.pop("two" if carrier == "one" else "one") and desk.providers[carrier]
    numbers = due(30)

    with cut(database_url, random.Random(seed), one_in=8) as cuts:
        for _ in range(20):
            with suppress(OperationalError):
                messages.pump(seconds=30)
            close_old_connections()  # as the worker does around each job
            desk.now += timedelta(seconds=20)
    desk.now += sending.LEASE
    messages.pump()

    assert next(cuts) > 2
    delivered = [sms.key for sms in provider.phones]
    assert len(delivered) == len(set(delivered))
    states = set(Message.objects.values_list("delivery", flat=True))
    if provider.once_per_key:
        assert sorted(delivered) == sorted(map(key_of, numbers))
        assert states == {Delivery.HANDED_OVER}
    else:  # what a cut claim may have sent is asked about, never sent again
        assert states <= {Delivery.HANDED_OVER, Delivery.HELD}
        held = Message.objects.filter(delivery=Delivery.HELD).values_list("pk", flat=True)
        assert set(map(key_of, set(numbers) - set(held))) <= set(delivered)


def test_four_workers_keep_the_order_of_deadlines_and_send_everything_once(desk, monkeypatch):
    monkeypatch.setattr(messages, "BATCH", 10)
    numbers = due(200)
    rank = {key_of(number): place for place, number in enumerate(numbers)}
    portions = []
    hand_over = wiring.sms_hand_over
    monkeypatch.setattr(
        wiring,
        "sms_hand_over",
        lambda who, what: portions.append(len(what)) or hand_over(who, what),
    )

    def worker() -> None:
        try:
            messages.pump()
        finally:
            connection.close()

    workers = [threading.Thread(target=worker) for _ in range(4)]
    for it in workers:
        it.start()
    for it in workers:
        it.join()

    assert len(desk.one.order) == len(set(desk.one.order)) == 200
    assert max(portions) <= 10
    for place, key in enumerate(desk.one.order):
        assert rank[key] <= place + 4 * 10, "more urgent ones were still waiting"


def test_a_run_ends_in_time_and_whoever_waits_at_a_screen_goes_first_in_the_next(desk, monkeypatch):
    monkeypatch.setattr(messages, "BATCH", 10)
    numbers = due(40)

    assert messages.pump(seconds=0) == 10
    waiting = NewMessage(
        person_id=a_person(phone="13700000000"),
        occasion=Occasion.DAYS_7,
        subject="S",
        values={"valid_through": "2026-12-24"},
        due_on=TODAY,
        deadline=TODAY + timedelta(days=900),
    )
    services.write_many([waiting], at=NOON)
    Message.objects.filter(subject="S").update(at_screen=True)
    assert messages.pump(seconds=0) == 10

    sent = desk.one.order
    assert set(sent[:10]) == set(map(key_of, numbers[:10]))
    assert key_of(Message.objects.get(subject="S").pk) in sent[10:20]
    assert messages.pump() == 21


def test_while_a_provider_takes_nothing_the_others_stay_in_their_order(desk, monkeypatch):
    monkeypatch.setattr(messages, "BATCH", 10)
    due(40)
    desk.one.trouble = lambda sms: SmsNotTakenError("closed")

    assert messages.pump() == 10
    assert Message.objects.filter(delivery=Delivery.QUEUED, attempts=0).count() == 30

    desk.one.trouble = lambda sms: None
    desk.now += timedelta(minutes=1)
    assert messages.pump() == 40


def test_one_process_gives_one_place_to_the_pump(desk):
    due(1)
    with tasks._pumping:
        tasks.pump_messages(timestamp=0)
    assert desk.one.order == []
    tasks.pump_messages(timestamp=0)
    assert len(desk.one.order) == 1


def test_what_a_dead_worker_may_have_sent_is_asked_about_once_it_is_needless(desk):
    number = a_permit_in_its_window(person := a_person())
    message = write(person, permit_number=number)
    [claimed] = sending.claim(provider="one", at=NOON, limit=1)
    # The worker hands it over and dies.
    desk.one.fates[claimed.key] = Fate.DELIVERED
    permits.act(
        permit_id=permit_queries.milestones_of([number])[number].permit_id,
        kind=ActionKind.ENDORSED,
        on=NOON.date(),
        at=NOON,
        occasion="QZ1",
    )

    desk.pump(later=3 * MINUTE)
    assert delivery_of(message) == Delivery.HELD
    desk.ask()

    assert delivery_of(message) == Delivery.DELIVERED
    assert desk.one.order == []


def test_a_dead_workers_message_stays_with_the_provider_that_may_have_it(desk):
    write()
    sending.claim(provider="one", at=NOON, limit=1)  # and the worker dies after handing it over
    desk.one.trouble = not_taken
    desk.pump(later=3 * MINUTE)
    Carrier.objects.create(at=NOON, provider="two", before="one", messages=0, slow=0)

    desk.pump(later=HOUR)

    assert desk.two.order == []
    desk.one.trouble = lambda sms: None
    desk.pump(later=HOUR)
    assert len(desk.one.phones) == 1
