"""The pages of the city and the files it hands out."""

import csv
import io
import re
from datetime import date

import pytest

PAGES = ["/people", "/phones", "/phones/13800000001", "/reader", "/control"]
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", PAGES)
def test_pages_carry_no_script_and_no_inline_style(call, path):
    heard = call.get(path)
    page = heard.body.decode()

    assert heard.status == 200
    policy = heard.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in page
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert page.startswith('<!doctype html><html lang="zh-CN">')
    assert page.count("<h1>") == 1


def test_the_stylesheet_is_there(call):
    heard = call.get("/city.css")
    assert heard.headers["content-type"].startswith("text/css")
    assert b"--brand" in heard.body


def test_the_first_page_leads_to_the_people(call):
    heard = call.get("/")
    assert (heard.status, heard.headers["location"]) == (303, "/people")


def test_the_control_form_switches_a_service_and_shows_it(call):
    body = b"mode=error500&latency_ms=120"
    heard = call("POST", "/control/services/talent", body, FORM)

    assert (heard.status, heard.headers["location"]) == (303, "/control")
    assert call.get("/control.json").json["services"]["talent"] == {
        "mode": "error500",
        "latency_ms": 120,
    }
    assert "报错 500" in call.get("/control").body.decode()


@pytest.mark.parametrize(
    ("service", "wish"),
    [
        ("nobody", {"mode": "ok"}),
        ("talent", {"mode": "sleepy"}),
        ("sms", {"mode": "another_person"}),
        ("talent", {"mode": "ok", "latency_ms": -1}),
        ("talent", {"mode": "ok", "latency_ms": 10**9}),
        ("talent", {"mode": "ok", "latency_ms": "soon"}),
    ],
)
def test_a_switch_that_makes_no_sense_is_refused(call, service, wish):
    assert call.post_json(f"/control/services/{service}", wish).status == 422


def test_another_sites_form_is_refused(call):
    headers = FORM | {"sec-fetch-site": "cross-site"}
    assert call("POST", "/control/services/talent", b"mode=silent", headers).status == 422
    assert call.get("/control.json").json["services"]["talent"]["mode"] == "ok"


def test_legacy_permits_come_as_csv_with_as_many_others_as_asked_for(call):
    text = call.get("/legacy/permits.csv?generated=40").body.decode()
    rows = list(csv.DictReader(io.StringIO(text)))

    assert list(rows[0]) == ["id_number", "name", "phone", "issued_on", "endorsed_on"]
    named = [row["name"] for row in rows[:-40]]
    settled = ["王小芳", "李小𬱖", "赵小刚", "周小兰", "吴小龙", "高小深"]
    assert named == [*settled, "马小深", "谢小安", "韩小重"]
    for row in rows:
        issued = date.fromisoformat(row["issued_on"])
        endorsed = [date.fromisoformat(day) for day in row["endorsed_on"].split(";") if day]
        assert [issued, *endorsed] == sorted({issued, *endorsed})


def test_generated_people_are_those_the_departments_know(call):
    listed = call.get("/people.json?generated=5&first=7").json

    assert len(listed) == 5
    for person in listed:
        asked = {"id_number": person["id_number"], "name": person["name"]}
        content = call.signed("/departments/population/query", asked).json["content"]
        assert content["name"] == person["name"]


def test_people_beyond_the_population_are_not_on_record(own_city):
    call = own_city(population=10)

    assert len(call.get("/people.json?generated=100").json) == 10
    nobody = call.get("/people.json?generated=5&first=10").json
    assert nobody == []


def test_counts_that_are_none_are_refused(call):
    assert call.get("/people.json?generated=-1").status == 422
    assert call.get("/legacy/permits.csv?generated=many").status == 422
