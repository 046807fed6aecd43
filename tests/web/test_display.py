"""Language and 长辈版: the page stays, and so does what was typed."""

import pytest

from tests.web.conftest import ADDRESS


def test_the_choice_is_kept_in_a_cookie_of_a_year(visitor):
    response = visitor.post("/display/", {"here": "/help/", "lang": "en"})

    assert response.headers["Location"] == "/help/"
    cookie = response.cookies["django_language"]
    assert cookie["max-age"] == 365 * 24 * 3600
    assert cookie["httponly"]
    page = visitor.get("/help/").content.decode()
    assert '<html lang="en">' in page
    assert "<h1>Help</h1>" in page


def test_switching_on_a_page_without_a_form_makes_no_session(visitor):
    visitor.post("/display/", {"here": "/help/", "lang": "en"})

    assert "sessionid" not in visitor.cookies


def test_the_browsers_own_wish_does_not_change_the_language(visitor):
    page = visitor.get("/help/", headers={"accept-language": "en"}).content.decode()

    assert '<html lang="zh-Hans">' in page


@pytest.mark.parametrize("field", [{"lang": "xx"}, {"mode": "huge"}, {}])
def test_an_unknown_wish_changes_nothing(visitor, field):
    response = visitor.post("/display/", {"here": "/help/"} | field)

    assert response.status_code == 302
    assert not {"django_language", "juzhu_mode"} & set(response.cookies)


def test_what_was_typed_comes_along(resident):
    form = resident.client.get("/apply/").context["form"]
    typed = {"key": form["key"].value(), "phone": "1380000", "delivery": "point", "here": "/apply/"}

    resident.client.post("/display/", typed | {"lang": "en"})
    page = resident.client.get("/apply/")

    shown = page.context["form"]
    assert shown["phone"].value() == "1380000"
    assert shown["delivery"].value() == "point"
    assert shown["key"].value() == form["key"].value()
    assert not shown.is_bound
    assert "Check your details" in page.content.decode()


def test_mistakes_already_shown_are_shown_in_the_other_language(resident):
    key = resident.client.get("/apply/").context["form"]["key"].value()
    typed = {"key": key, "phone": "1380000602", "delivery": "none", "checked": "1"}

    resident.client.post("/display/", typed | {"here": "/apply/", "lang": "en"})

    page = resident.client.get("/apply/").content.decode()
    assert "A mobile number has 11 digits, this has 10" in page


def test_a_draft_is_shown_once_and_only_on_its_page(resident):
    typed = {"phone": "1380000", "delivery": "none", "here": "/apply/", "mode": "care"}
    resident.client.post("/display/", typed)

    assert resident.client.get("/apply/").context["form"]["phone"].value() == "1380000"
    assert not resident.client.get("/apply/").context["form"]["phone"].value()


def test_a_draft_is_not_readable_in_the_session(visitor):
    visitor.post("/display/", {"here": "/sign-in/", "name": "陈小明", "id_number": "430102"})

    assert "陈小明" not in str(dict(visitor.session))


def test_the_first_button_of_a_form_page_is_the_forms_own(visitor):
    """Enter in a field presses the first button in the document: never the language switch."""
    page = visitor.get("/sign-in/").content.decode()

    first = page[page.index("<button") :][:120]
    assert 'form="fill"' in first
    assert "formaction" not in first


def test_chinese_names_are_marked_on_english_pages(resident):
    resident.client.post("/display/", {"here": "/apply/", "lang": "en"})

    page = resident.client.get("/apply/").content.decode()

    assert '<span lang="zh-Hans">陈小明</span>' in page
    assert f'<span lang="zh-Hans">{ADDRESS}</span>' in page


def test_the_switch_never_leaves_this_service(visitor):
    response = visitor.post("/display/", {"here": "https://example.org/", "lang": "en"})

    assert response.headers["Location"] == "/"
