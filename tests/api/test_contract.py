"""The contract with departments: written down, kept, and never broken in passing."""

import json
from copy import deepcopy

import pytest
from tools.exchange import contract
from tools.exchange.breaks import breaks

from juzhu.api import pages
from juzhu.api.problems import PATH, Kind
from tests.api.conftest import ask, problem

OLD = json.loads(contract.FILE.read_text())


def test_the_file_is_what_the_code_says():
    assert contract.FILE.read_text() == contract.generated(), "run `make openapi`"


def test_nothing_that_departments_rely_on_is_gone():
    assert list(breaks(OLD, json.loads(contract.generated()))) == []


def without_path(new):
    del new["paths"]["/api/v1/me"]


def without_method(new):
    new["paths"]["/api/v1/me"]["put"] = new["paths"]["/api/v1/me"].pop("get")


def new_parameter(new):
    new["paths"]["/api/v1/me"]["get"]["parameters"] = [
        {"in": "query", "name": "why", "required": True, "schema": {"type": "string"}}
    ]


def parameter_gone(new):
    new["paths"]["/api/v1/me/usage"]["get"]["parameters"].pop()


def member_required(new):
    new["components"]["schemas"]["KeyEnd"]["required"] = ["ends_at"]


def member_refused(new):
    del new["components"]["schemas"]["NewKey"]["properties"]["jwk"]
    new["components"]["schemas"]["NewKey"]["required"] = []


def member_of_another_type(new):
    new["components"]["schemas"]["UsageLine"]["properties"]["calls"]["type"] = "string"


def member_gone(new):
    del new["components"]["schemas"]["Me"]["properties"]["contact"]


def member_optional(new):
    new["components"]["schemas"]["Me"]["required"].remove("contact")


def value_gone_from_what_is_sent(new):
    token = new["paths"]["/oauth/token"]["post"]
    form = token["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    form["properties"]["scope"]["enum"] = ["events:read"]


def new_value_in_an_answer(new):
    new["components"]["schemas"]["Scope"]["enum"].append("verify:anything")


def status_gone(new):
    responses = new["paths"]["/api/v1/me/keys"]["post"]["responses"]
    responses["200"] = responses.pop("201")


CHANGES = [
    without_path,
    without_method,
    new_parameter,
    parameter_gone,
    member_required,
    member_refused,
    member_of_another_type,
    member_gone,
    member_optional,
    value_gone_from_what_is_sent,
    new_value_in_an_answer,
    status_gone,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_breaking_change_is_found(change):
    new = deepcopy(OLD)
    change(new)

    assert list(breaks(OLD, new)) != []


def test_what_only_adds_breaks_nothing():
    new = deepcopy(OLD)
    new["paths"]["/api/v1/more"] = deepcopy(new["paths"]["/api/v1/me"])
    new["components"]["schemas"]["Me"]["properties"]["motto"] = {"type": "string"}
    new["paths"]["/api/v1/me"]["get"]["parameters"] = [
        {"in": "query", "name": "why", "required": False, "schema": {"type": "string"}}
    ]

    assert list(breaks(OLD, new)) == []


def test_every_kind_of_problem_has_its_page():
    written = {path.name: path.read_text() for path in contract.PROBLEMS.glob("*.md")}

    assert written == {f"{kind.value.slug}.md": pages.markdown(kind) for kind in Kind}
    for kind in Kind:
        answer = ask("GET", f"{PATH}{kind.value.slug}")
        assert answer.status_code == 200
        assert kind.value.title in answer.text.replace("&#x27;", "'")


def test_the_served_file_is_the_written_one():
    assert ask("GET", "/api/v1/openapi.json").json() == OLD


def test_the_reference_names_every_address_and_takes_nothing_from_outside():
    page = ask("GET", "/api/v1/docs")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    for path in OLD["paths"]:
        assert path in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "//" not in page.text.replace("https://", "").replace("http://", "")
    assert "http" not in page.text.replace("HTTP", "")
    assert ask("GET", "/api/v1/docs.css").headers["content-type"].startswith("text/css")


def test_an_unknown_problem_and_a_wrong_method_are_problems_themselves():
    assert problem(ask("GET", f"{PATH}nothing"))["slug"] == "not-found"
    wrong = ask("POST", "/api/v1/docs")
    assert problem(wrong)["slug"] == "method-not-allowed"
    assert wrong.headers["allow"] == "GET, HEAD"


def test_head_has_headers_and_no_body():
    answer = ask("HEAD", "/api/v1/docs")

    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 1000
    assert answer.content == b""


def test_numbers_are_for_this_machine_only():
    answer = ask("GET", "/metrics")

    assert "juzhu_exchange_requests_total" in answer.text
    assert ask("GET", "/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 404
