"""When a session ends, and what is said then."""

from juzhu.web import sessions


def test_fifteen_idle_minutes_sign_out_with_a_sentence_and_a_way_back(resident, real_time):
    real_time(sessions.IDLE_END_SECONDS)

    response = resident.client.get("/progress/")

    assert response.headers["Location"] == "/sign-in/?next=%2Fprogress%2F&over=1"
    page = resident.client.get(response.headers["Location"]).content.decode()
    assert "您 15 分钟没有操作" in page
    assert 'name="next" value="/progress/"' in page


def test_activity_keeps_the_session(resident, real_time):
    for _ in range(5):
        real_time(sessions.IDLE_END_SECONDS - 60)
        assert resident.client.get("/progress/").status_code == 200


def test_a_poll_is_no_activity(resident, real_time):
    real_time(sessions.IDLE_END_SECONDS - 60)
    resident.client.get("/progress/", headers={"x-poll": "1"})
    real_time(61)

    assert resident.client.get("/progress/").status_code == 302


def test_eight_hours_are_the_longest(resident, real_time):
    for _ in range(8 * 6):
        real_time(600)
        response = resident.client.get("/progress/")

    assert response.status_code == 302


def test_the_warning_page_is_no_activity_and_continuing_is(resident, real_time):
    real_time(sessions.IDLE_WARNING_SECONDS)
    assert "您有 10 分钟没有操作" in resident.client.get("/idle/?next=/apply/").content.decode()
    response = resident.client.post("/stay/", {"here": "/apply/"})
    real_time(sessions.IDLE_END_SECONDS - 60)

    assert response.headers["Location"] == "/apply/"
    assert resident.client.get("/progress/").status_code == 200


def test_the_banner_continues_without_leaving_the_page(resident):
    assert resident.client.post("/stay/", headers={"x-poll": "1"}).status_code == 204


def test_pages_warn_before_the_end_with_and_without_scripts(resident):
    page = resident.client.get("/progress/").content.decode()

    assert 'content="600;url=/idle/?next=%2Fprogress%2F"' in page
    assert 'data-after="600" data-end="900"' in page


def test_a_visitor_is_not_warned(visitor):
    assert "idle" not in visitor.get("/help/").content.decode()


def test_the_cookie_lives_as_long_as_the_session(resident):
    assert resident.client.cookies["sessionid"]["max-age"] == sessions.LONGEST_SECONDS
