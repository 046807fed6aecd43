"""The city's clock: forward only, kept, and everything else follows it."""

from datetime import date, datetime, timedelta

import pytest

from juzhu.city.clock import CityClock, ClockOnlyForwardError, real_now


def today(call):
    return date.fromisoformat(call.get("/clock").json["now"][:10])


def test_it_moves_by_days_by_months_and_to_a_day(own_city):
    call = own_city()
    begun = today(call)

    call.post_json("/control/clock", {"days": 10})
    assert today(call) == begun + timedelta(days=10)
    target = date(begun.year + 2, 5, 31)
    call.post_json("/control/clock", {"to": target.isoformat()})
    assert today(call) == target
    call.post_json("/control/clock", {"months": 1})
    assert today(call) == date(target.year, 6, 30)
    assert call.get("/clock").json["born_on"] == begun.isoformat()


def test_it_never_moves_back(own_city):
    call = own_city()
    begun = call.get("/clock").json

    for wish in ({"days": -1}, {"days": 0}, {"months": -1}, {"to": "2020-01-01"}, {"days": 10**9}):
        heard = call.post_json("/control/clock", wish)
        assert heard.status == 409, wish
        assert heard.json["error"] == "only_forward"
    form = call(
        "POST",
        "/control/clock",
        b"to=2020-01-01",
        {"content-type": "application/x-www-form-urlencoded"},
    )

    assert form.status == 409
    assert "时钟只能往前拨" in form.body.decode()
    assert call.get("/clock").json["offset_seconds"] == begun["offset_seconds"] == 0


def test_the_departments_follow_it(own_city):
    call = own_city()
    lin = next(p for p in call.get("/people.json").json if p["name"] == "林小雨")
    question = {"id_number": lin["id_number"], "name": lin["name"]}

    def posted():
        content = call.signed("/departments/insurance/query", question).json["content"]
        return content["months"]["pension"][-1][1]

    before = posted()
    call.post_json("/control/clock", {"months": 3})

    first, then = date.fromisoformat(before + "-01"), date.fromisoformat(posted() + "-01")
    assert (then.year - first.year) * 12 + then.month - first.month == 3


@pytest.mark.parametrize("wish", [{"days": "x"}, {"to": "soon"}, {"to": 5}, {"months": []}])
def test_a_wish_that_makes_no_sense_is_refused(call, wish):
    assert call.post_json("/control/clock", wish).status == 422


def test_the_time_of_day_stays_on_a_move_to_a_day(monkeypatch):
    noon = real_now().replace(year=2026, month=11, day=24, hour=12, minute=0, second=0)
    monkeypatch.setattr("juzhu.city.clock.real_now", lambda: noon)
    clock = CityClock()

    clock.offset_seconds = clock.offset_after(to=date(2026, 12, 1))
    assert clock.now().isoformat()[:19] == "2026-12-01T12:00:00"
    clock.offset_seconds = clock.offset_after(to=datetime(2026, 12, 1, 23, 59, 59))  # noqa: DTZ001
    assert clock.now().isoformat()[:19] == "2026-12-01T23:59:59"
    with pytest.raises(ClockOnlyForwardError):
        clock.offset_after(to=datetime(2026, 12, 1, 23, 59, 58))  # noqa: DTZ001
    with pytest.raises(ClockOnlyForwardError, match="2099"):
        clock.offset_after(to=date(2100, 1, 1))
