"""Progress, messages and looks, full and empty."""

from juzhu.domain.vocabulary import Source


def read(resident, path: str) -> str:
    return resident.client.get(path).content.decode()


def test_lists_say_what_will_be_there_when_they_are_empty(resident):
    assert "还没有办过业务" in read(resident, "/progress/")
    assert "还没有消息" in read(resident, "/messages/")
    assert "还没有人查看过" in read(resident, "/looks/")


def test_progress_shows_what_is_under_way_and_what_is_done(world, resident):
    world.insured_months = 3
    done = resident.apply()
    world.silent, world.insured_months = {Source.INSURANCE}, 16
    live = resident.apply()

    page = read(resident, "/progress/")

    assert page.index(live) < page.index("办完的") < page.index(done)
    assert "等部门系统恢复" in page
    assert "没有通过" in page


def test_messages_are_those_of_the_sms_without_the_signature(holder):
    page = read(holder, "/messages/")

    assert "申请通过，居住证" in page
    assert "【" not in page


def test_messages_are_english_on_english_pages(holder):
    holder.client.post("/display/", {"here": "/messages/", "lang": "en"})

    page = read(holder, "/messages/")

    assert "Granted. Your residence permit" in page
    assert "您的" not in page


def test_looks_say_who_why_and_what(holder):
    page = read(holder, "/looks/")

    assert "居住证系统" in page
    assert "办理您的申请" in page
    assert "身份信息、户籍、居住登记、社保、人才、学籍" in page
    assert "2026年11月" in page


def test_nothing_of_a_neighbour_shows(holder, neighbour):
    for path in ("/progress/", "/messages/", "/looks/"):
        assert "SL2026" not in read(neighbour, path)
