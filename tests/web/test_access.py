"""Who may open what."""

import pytest
from django.urls import URLPattern, reverse

from juzhu.web import errors, urls
from juzhu.web.access import PUBLIC, RESIDENT

RESIDENT_VIEWS = {
    "agent",
    "agent-done",
    "apply",
    "cancel",
    "cancelled",
    "copy",
    "copy-file",
    "hearing",
    "mine",
    "wrong",
    "not-asked",
    "helpers",
    "helper-new",
    "helper-end",
    "for",
    "for-ask",
    "for-begin",
    "for-code",
    "for-end",
    "for-leave",
    "sheet-glance",
    "phone",
    "phone-code",
    "phone-done",
    "card",
    "card-new",
    "pay",
    "pay-check",
    "pay-native",
    "pay-code",
    "pay-receipt",
    "pay-who",
    "wechat",
    "wechat-bound",
    "wechat-confirm",
    "moved-here",
    "moving",
    "moving-code",
    "pay-receipt-file",
    "calendar",
    "calendar-close",
    "calendar-file",
    "endorse",
    "case",
    "case-again",
    "case-withdraw",
    "case-review",
    "case-remind",
    "case-undo",
    "consent",
    "outlook",
    "progress",
    "messages",
    "dispute",
    "looks",
    "look-object",
    "share",
    "share-new",
    "share-revoke",
    "shares",
    "sheet",
    "sheet-file",
    "sheet-native",
    "sheet-new",
    "sheet-picture",
    "sheet-withdraw",
    "sheets",
}


def address(pattern: URLPattern) -> str:
    where = str(pattern.pattern)
    number = 1 if "<int:number>" in where else "SL20261124000001"
    kwargs = {"number": number} if ":number>" in where else {}
    if ":ground>" in where:
        kwargs["ground"] = "lost"
    if ":form>" in where:
        kwargs["form"] = "pdf"
    return reverse(f"web:{pattern.name}", kwargs=kwargs)


def test_every_view_says_who_may_open_it():
    marks = {pattern.name: pattern.callback.access for pattern in urls.urlpatterns}

    assert {name for name, mark in marks.items() if mark == RESIDENT} == RESIDENT_VIEWS
    assert set(marks.values()) == {PUBLIC, RESIDENT}


def test_the_error_pages_are_public():
    pages = (errors.not_found, errors.server_error, errors.csrf_failure, errors.unavailable)

    assert {page.access for page in pages} == {PUBLIC}


@pytest.mark.parametrize("name", sorted(RESIDENT_VIEWS))
def test_a_visitor_is_led_to_sign_in_and_back(visitor, name):
    pattern = next(p for p in urls.urlpatterns if p.name == name)
    method = (
        visitor.post
        if name in {"calendar-close", "case-again", "case-remind", "for-begin", "for-leave"}
        else visitor.get
    )

    response = method(address(pattern))

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in/")


def test_after_signing_in_the_wanted_page_opens(visitor, resident):
    wanted = visitor.get("/apply/").headers["Location"]

    assert wanted == "/sign-in/?next=%2Fapply%2F"
    response = visitor.post(
        "/sign-in/",
        {
            "name": resident.name,
            "id_number": resident.id_number,
            "consent": "on",
            "next": "/apply/",
        },
    )
    assert response.headers["Location"] == "/apply/"


@pytest.mark.parametrize("next_", ["https://example.org/", "//example.org", "javascript:x", "x"])
def test_the_way_back_never_leaves_this_service(visitor, resident, next_):
    typed = {"name": resident.name, "id_number": resident.id_number, "consent": "on"}

    response = visitor.post("/sign-in/", typed | {"next": next_})

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("action", ["", "again/", "withdraw/", "review/", "remind/"])
def test_the_case_of_somebody_else_looks_absent(resident, neighbour, action):
    case = resident.apply()
    method = neighbour.client.get if action == "" else neighbour.client.post

    assert method(case + action).status_code == 404
    assert resident.client.get(case).status_code == 200


def test_pages_that_only_do_something_refuse_to_be_read(resident):
    case = resident.apply()

    for path in (f"{case}again/", f"{case}remind/", "/sign-out/", "/stay/", "/display/"):
        assert resident.client.get(path).status_code == 405


def test_a_form_from_elsewhere_is_refused_with_a_page_that_says_what_to_do(world):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/sign-in/", {"name": "陈小明"})

    assert response.status_code == 403
    assert "这个页面放太久了" in response.content.decode()


def test_sending_from_behind_the_sign_in_leads_back_to_the_form(visitor):
    response = visitor.post("/apply/", {"here": "/apply/", "phone": "13800006021"})

    assert response.headers["Location"] == "/sign-in/?next=%2Fapply%2F"
