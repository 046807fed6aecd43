"""What the city acknowledged survives anything; two cities never share a folder."""

import asyncio
import os
import threading

import pytest

from juzhu.city.events import ClockMoved
from juzhu.city.journal import CityLockedError, CorruptJournalError, Journal, JournalBrokenError
from juzhu.city.process import CityProcess, CityStartError


def test_a_killed_city_loses_nothing_it_acknowledged(own_city, tmp_path):
    call = own_city(seed="kept")
    call.post_json("/control/clock", {"days": 40})
    call.switch("talent", "error500", latency_ms=7)
    before = call.get("/control.json").json
    acknowledged = []

    def send_until_it_breaks():
        for n in range(10_000):
            message = {"key": f"k{n}", "phone": "13800000001", "text": f"第{n}条"}
            try:
                heard = call.signed("/sms/send", message)
            except OSError:
                return
            acknowledged.append((message["key"], heard.json["number"]))

    senders = threading.Thread(target=send_until_it_breaks)
    senders.start()
    while len(acknowledged) < 30:
        pass
    call.city.kill()
    senders.join()
    with (tmp_path / "own" / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"event":"delivered","number":"SM00')  # a torn last line

    call = own_city()
    after = call.get("/control.json").json
    kept = [(m["key"], m["number"]) for m in call.get("/phones/13800000001.json").json]

    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) <= len(acknowledged) + 1
    assert after["services"] == before["services"]
    assert after["clock"]["offset_seconds"] == before["clock"]["offset_seconds"]
    # And it goes on: the torn line is gone and the same key is still the same message.
    again = {"key": "k0", "phone": "13800000001", "text": "第0条"}
    assert call.signed("/sms/send", again).json["number"] == acknowledged[0][1]


@pytest.mark.parametrize("change", ["clock", "switch", "message"])
def test_a_change_survives_a_kill_right_after_it(own_city, change):
    call = own_city()
    if change == "clock":
        call.post_json("/control/clock", {"days": 3})
    elif change == "switch":
        call.switch("face", "silent")
    else:
        call.signed("/sms/send", {"key": "k", "phone": "13800000001", "text": "您好"})
    call.city.kill()

    call = own_city()
    if change == "clock":
        assert call.get("/clock").json["offset_seconds"] == 3 * 86_400
    elif change == "switch":
        assert call.get("/control.json").json["services"]["face"]["mode"] == "silent"
    else:
        assert len(call.get("/phones/13800000001.json").json) == 1


def test_the_city_ends_when_its_starter_is_gone(tmp_path):
    city = CityProcess(tmp_path).start()
    city._child.stdin.close()  # what the system does to a starter that was killed

    assert city._child.wait(5) == 0
    city.stop()


def test_a_second_city_in_the_same_folder_is_refused(own_city, tmp_path):
    own_city()

    with pytest.raises(CityStartError, match="another city already uses"):
        CityProcess(tmp_path / "own").start()


def test_a_city_cannot_be_turned_into_another(own_city, tmp_path):
    own_city(seed="one").city.stop()

    with pytest.raises(CityStartError, match="has seed=one, not two"):
        CityProcess(tmp_path / "own", seed="two").start()


def test_a_city_without_a_secret_does_not_start(tmp_path, monkeypatch, capsys):
    from juzhu.city.main import main

    monkeypatch.delenv("JUZHU_GATEWAY_SECRET", raising=False)
    assert main(["--data-dir", str(tmp_path)]) == 1
    assert "JUZHU_GATEWAY_SECRET is not set" in capsys.readouterr().err


def replayed(folder):
    journal = Journal(folder)
    try:
        return list(journal.replay())
    finally:
        journal.close()


def written(folder, *offsets):
    journal = Journal(folder)
    for offset in offsets:
        journal.write_now(ClockMoved(offset))
    journal.close()
    return folder / "journal.jsonl"


def test_wherever_the_last_line_is_torn_the_lines_before_it_stay(tmp_path):
    path = written(tmp_path, 1, 2, 3)
    whole = path.read_bytes()
    two = whole.index(b"\n", whole.index(b"\n") + 1) + 1

    for cut in range(two, len(whole)):
        path.write_bytes(whole[:cut])
        assert replayed(tmp_path) == [ClockMoved(1), ClockMoved(2)]
        assert path.read_bytes() == whole[:two]


def test_damage_before_the_last_line_is_not_passed_over(tmp_path):
    path = written(tmp_path, 1, 2, 3)
    path.write_bytes(path.read_bytes().replace(b'"offset_seconds":2', b'"offset_sec'))

    with pytest.raises(CorruptJournalError):
        replayed(tmp_path)


def test_the_lock_is_given_up_on_close(tmp_path):
    first = Journal(tmp_path)
    with pytest.raises(CityLockedError):
        Journal(tmp_path)
    first.close()
    Journal(tmp_path).close()


def test_waiting_callers_share_a_sync_and_all_are_on_disk(tmp_path, monkeypatch):
    journal = Journal(tmp_path)
    synced = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), sync(handle)))

    async def one(n):
        journal.append(ClockMoved(n))
        await journal.durable()

    async def many():
        await asyncio.gather(*(one(n) for n in range(50)))

    asyncio.run(many())
    journal.close()

    assert 1 <= len(synced) <= 5
    assert replayed(tmp_path) == [ClockMoved(n) for n in range(50)]


def test_after_a_failed_write_nothing_more_is_acknowledged(tmp_path, monkeypatch):
    journal = Journal(tmp_path)

    def full(handle):
        raise OSError("disk full")

    async def attempt():
        journal.append(ClockMoved(1))
        await journal.durable()

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalBrokenError):
        asyncio.run(attempt())
    monkeypatch.undo()
    with pytest.raises(JournalBrokenError):
        asyncio.run(attempt())
    journal.close()
