"""Signing in with password and code; lock-out; sessions that are bound, idle, stolen, ended."""

import pytest
from django.test import Client

from juzhu.counter.gate import TURN_COOKIE
from juzhu.modules.staff import codes, services
from juzhu.modules.staff.contracts import Role
from juzhu.modules.staff.models import Event, Session
from tests.counter.conftest import Staff, hire


@pytest.fixture
def newcomer(desk, watch) -> Staff:
    return hire(watch, Role.OFFICER, signed_in=False)


def events(username: str) -> list[str]:
    return list(
        Event.objects.filter(username=username).order_by("pk").values_list("what", flat=True)
    )


def is_in(staff: Staff) -> bool:
    return "/sign-in/" not in staff.client.get("/").headers.get("Location", "")


def test_password_and_code_together_open_the_door(newcomer):
    answer = newcomer.sign_in()

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_in(newcomer)
    assert events(newcomer.username) == ["added", "signed_in"]


@pytest.mark.parametrize(
    "typed", [{"password": "wrong"}, {"code": "000000"}, {"username": "nobody"}]
)
def test_whatever_is_wrong_the_answer_is_the_same(newcomer, typed):
    answer = newcomer.sign_in(**typed)

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "工号、密码或动态码不对。动态码用过一次就失效，请等下一个"
    ]
    assert not is_in(newcomer)


def test_a_code_is_good_once(newcomer):
    newcomer.sign_in()
    code = codes.code(newcomer.credentials.totp_secret, newcomer.watch.seconds)
    fields = {"username": newcomer.username, "password": newcomer.credentials.password}

    assert Client().post("/sign-in/", fields | {"code": code}).status_code == 422


def test_five_failures_lock_the_account_even_for_the_right_password(newcomer, watch):
    for _ in range(5):
        newcomer.sign_in(password="wrong")

    answer = newcomer.sign_in()

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    watch.forward(minutes=16)
    assert newcomer.sign_in().status_code == 302


def test_a_reset_opens_a_locked_account_with_new_secrets(newcomer):
    for _ in range(5):
        newcomer.sign_in(password="wrong")
    old = newcomer.credentials

    newcomer.credentials = services.reset(
        username=newcomer.username, by="operator:test", at=newcomer_now(newcomer)
    )

    assert newcomer.sign_in(password=old.password).status_code == 422
    assert newcomer.sign_in().status_code == 302


def newcomer_now(staff: Staff):
    from juzhu.counter.now import instant

    return instant()


def test_a_disabled_account_is_out_at_once(officer):
    assert is_in(officer)

    services.disable(username=officer.username, by="operator:test", at=newcomer_now(officer))

    assert not is_in(officer)
    assert officer.sign_in().status_code == 422


def test_half_an_hour_without_a_page_ends_the_session(officer, watch):
    watch.forward(minutes=31)

    answer = officer.client.get("/shift/end/")

    assert answer.headers["Location"] == "/sign-in/?over=1&next=%2Fshift%2Fend%2F"
    assert events(officer.username)[-1] == "ended_idle"


def test_a_copied_session_without_the_devices_token_is_ended_for_both(officer):
    thief = Client()
    thief.cookies["juzhu_staff"] = officer.client.cookies["juzhu_staff"].value

    assert "/sign-in/" in thief.get("/").headers["Location"]
    assert not is_in(officer)
    assert events(officer.username)[-1] == "ended_as_stolen"


def test_copied_cookies_are_found_out_when_the_token_has_turned(officer, watch):
    thief = Client()
    for name in ("juzhu_staff", TURN_COOKIE):
        thief.cookies[name] = officer.client.cookies[name].value
    watch.forward(minutes=6)
    officer.client.get("/shift/end/")  # the token turns
    watch.forward(minutes=1)

    assert "/sign-in/" in thief.get("/").headers["Location"]
    assert not is_in(officer)
    assert events(officer.username)[-1] == "ended_as_stolen"


def test_two_requests_at_the_moment_of_turning_both_hold(officer, watch):
    old = officer.client.cookies[TURN_COOKIE].value
    watch.forward(minutes=6)
    officer.client.get("/shift/end/")
    fresh = officer.client.cookies[TURN_COOKIE].value
    assert fresh != old

    officer.client.cookies[TURN_COOKIE] = old  # asked before the answer came

    assert is_in(officer)


def test_another_address_is_another_device(officer):
    answer = officer.client.get("/", REMOTE_ADDR="10.1.2.3")

    assert "/sign-in/" in answer.headers["Location"]
    assert events(officer.username)[-1] == "ended_as_stolen"


def test_a_supervisor_ends_the_session_of_another(officer, watch):
    supervisor = hire(watch, Role.SUPERVISOR)
    session = Session.objects.get(account__username=officer.username, ended_at=None)

    supervisor.client.post(f"/accounts/sessions/{session.pk}/end/")

    assert not is_in(officer)
    assert events(officer.username)[-1] == "ended_by_other"


def test_signing_out_leaves_nothing_to_come_back_with(officer):
    kept = {name: cookie.value for name, cookie in officer.client.cookies.items()}

    officer.client.post("/sign-out/")

    for name, value in kept.items():
        officer.client.cookies[name] = value
    assert not is_in(officer)


def test_a_citizens_session_opens_no_staff_page_and_the_reverse(officer, resident_session):
    officer.client.cookies["juzhu_staff"] = resident_session

    assert not is_in(officer)


@pytest.fixture
def resident_session(db) -> str:
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store.update({"person": 1, "level": 4, "began": 0, "seen": 0})
    store.save()
    return str(store.session_key)


def test_the_password_is_changed_only_with_the_old_one(officer):
    new = "correct horse battery"

    wrong = officer.client.post("/password/", {"old": "not it", "new": new})
    short = officer.client.post("/password/", {"old": officer.credentials.password, "new": "kurz"})
    officer.client.post("/password/", {"old": officer.credentials.password, "new": new})

    assert (wrong.status_code, short.status_code) == (422, 422)
    assert officer.sign_in().status_code in (422, 302)
    officer.client.post("/sign-out/")
    assert officer.sign_in(password=new).status_code == 302


def test_events_of_accounts_cannot_be_changed(officer):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.all().delete()
