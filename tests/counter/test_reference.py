"""Reference data: what an administrator does there, what it leaves behind, and who gets in."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from juzhu.counter.reference import site
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.partners import queries
from juzhu.modules.partners.contracts import AnswerField, Scope
from juzhu.modules.partners.models import PartnerChange
from juzhu.modules.staff.contracts import Role
from juzhu.modules.webhooks import services as webhooks
from juzhu.modules.webhooks.models import Delivery
from tests.api.conftest import new_key, register
from tests.counter.conftest import Staff, hire
from tests.factories import NOON, TODAY


@pytest.fixture
def administrator(desk, watch) -> Staff:
    return hire(watch, Role.ADMINISTRATOR)


@pytest.fixture
def partner(administrator) -> int:
    register("education", new_key())
    return queries.partner("education").id


LISTS = [f"/admin/{m._meta.app_label}/{m._meta.model_name}/" for m in site._registry]
ADDRESSES = ["/admin/", "/admin/texts/", "/admin/law/", "/admin/points/", "/admin/jsi18n/", *LISTS]
FORMS = [f"/admin/partners/{name}/add/" for name in ("partner", "partnergrant", "partnerkey")]
REGISTERED = {"code": "tax", "name": "市税务局", "contact": "tax@sz.gov.cn", "calls_per_minute": 60}


def acts(code: str) -> list[tuple[str, str]]:
    return list(PartnerChange.objects.filter(code=code).order_by("pk").values_list("what", "actor"))


def said(answer) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_administrator_alone_gets_in(desk, watch):
    for role in Role:
        client = hire(watch, role).client
        expected = 200 if role is Role.ADMINISTRATOR else 403

        found = {path: client.get(path).status_code for path in ADDRESSES + FORMS}
        posted = {path: client.post(path).status_code for path in FORMS}

        assert set(found.values()) == {expected}, (role, found)
        assert set(posted.values()) == {expected}, (role, posted)
    for path in ADDRESSES + FORMS:
        assert Client().get(path).headers["Location"].startswith("/sign-in/")


def test_pages_keep_to_the_strict_policy_and_there_are_no_accounts_of_djangos(
    administrator, partner
):
    pages = [*ADDRESSES, *FORMS, f"/admin/partners/partner/{partner}/change/"]
    for path in pages:
        answer = administrator.client.get(path)
        page = answer.content.decode()

        assert "'unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"].startswith(("no-store", "max-age=0"))
        assert re.findall(r"<script(?![^>]* src=)(?![^>]*application/json)[^>]*>", page) == [], path
        assert re.findall(r"\sstyle=|\son\w+=", page) == [], path
    for path in ("login/", "logout/", "password_change/", "r/1/1/", "autocomplete/"):
        assert administrator.client.get(f"/admin/{path}").status_code == 404
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    assert {name for name in tables if name.startswith(("auth_", "django_admin"))} == set()


def test_a_partner_is_registered_granted_a_purpose_and_given_a_key(administrator):
    post = administrator.client.post
    post("/admin/partners/partner/add/", REGISTERED)
    found = queries.partner("tax")
    granted = {
        "partner": found.id,
        "scope": "verify:housing",
        "legal_basis": "《税收征收管理法》第五十七条",
        "shown": ["held_periods"],
        "confidential_days": 0,
        "valid_from": "2026-11-24",
        "valid_to": "2027-11-23",
        "per_subject_per_day": 5,
    }
    post("/admin/partners/partnergrant/add/", granted)
    grant = queries.partner("tax").grants[Scope.HOUSING]
    key = new_key()
    text = key.as_pem(private=False).decode()
    post("/admin/partners/partnerkey/add/", {"partner": found.id, "text": text, "name": "k1"})

    after = queries.partner("tax")
    assert (after.name, after.contact, after.calls_per_minute) == ("市税务局", "tax@sz.gov.cn", 60)
    assert (grant.fields, grant.valid_from) == ((AnswerField.HELD_PERIODS,), TODAY)
    assert [held.kid for held in after.keys] == ["k1"]
    actor = f"officer:{administrator.username}"
    assert acts("tax") == [("registered", actor), ("granted", actor), ("key_added", actor)]
    assert "第五十七条" in said(administrator.client.get("/admin/partners/partnergrant/"))
    acts_page = said(administrator.client.get("/admin/partners/partnerchange/"))
    assert [it for it in (actor, "登记公钥", "第五十七条") if it not in acts_page] == []


def test_what_is_registered_changes_and_the_act_says_from_what(administrator, partner):
    path = f"/admin/partners/partner/{partner}/change/"
    changed = REGISTERED | {"name": "市教育局", "dpop": "on", "calls_per_minute": 6000}

    administrator.client.post(path, changed)
    administrator.client.post(path, changed)

    found = queries.partner("education")
    assert (found.contact, found.dpop, found.code) == ("tax@sz.gov.cn", True, "education")
    act = PartnerChange.objects.get(what="amended")
    assert act.detail == {
        "contact": "tax@sz.gov.cn",
        "dpop": True,
        "before": {"contact": "x@y.invalid", "dpop": False},
    }


def test_a_grant_ends_by_its_last_day_and_keeps_its_purpose(administrator, partner):
    row = queries.partner("education").grants[Scope.SCHOOL_ENROLMENT]
    number = PartnerGrantNumber.of("education", Scope.SCHOOL_ENROLMENT)
    fields = {
        "scope": "verify:exit-entry",
        "legal_basis": row.legal_basis,
        "confidential_days": 0,
        "valid_from": "2015-06-01",
        "valid_to": "2026-11-24",
        "per_subject_per_day": 20,
    }

    page = administrator.client.get(f"/admin/partners/partnergrant/{number}/change/")
    administrator.client.post(f"/admin/partners/partnergrant/{number}/change/", fields)

    assert 'value="held_periods"' in page.content.decode()
    after = queries.partner("education").grants
    assert after[Scope.SCHOOL_ENROLMENT].valid_to == TODAY
    assert after[Scope.SCHOOL_ENROLMENT].fields == ()
    assert Scope.EXIT_ENTRY not in after


class PartnerGrantNumber:
    @staticmethod
    def of(code: str, scope: Scope) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT g.id FROM partners_partnergrant g JOIN partners_partner p"
                " ON p.id = g.partner_id WHERE p.code = %s AND g.scope = %s",
                [code, scope.value],
            )
            return int(cursor.fetchone()[0])


def test_a_partner_is_shut_out_with_a_reason_and_let_in_again(administrator, partner):
    path, chosen = "/admin/partners/partner/", {"_selected_action": [partner]}
    post = administrator.client.post

    refused = post(path, chosen | {"action": "suspend"}, follow=True)
    assert not queries.partner("education").suspended
    assert "停用要填原因" in said(refused)
    post(path, chosen | {"action": "suspend", "why": "密钥泄露"})
    assert queries.partner("education").suspended
    post(path, chosen | {"action": "resume"})
    assert not queries.partner("education").suspended
    actor = f"officer:{administrator.username}"
    assert acts("education")[-2:] == [("suspended", actor), ("resumed", actor)]
    assert PartnerChange.objects.get(what="suspended").detail == {"why": "密钥泄露"}


def test_a_key_ends_at_once_or_tomorrow(administrator, partner, watch):
    (key,) = queries.partner("education").keys
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM partners_partnerkey")
        chosen = {"_selected_action": [cursor.fetchone()[0]]}

    administrator.client.post("/admin/partners/partnerkey/", chosen | {"action": "end_tomorrow"})
    (later,) = queries.partner("education").keys
    administrator.client.post("/admin/partners/partnerkey/", chosen | {"action": "end_now"})
    (now,) = queries.partner("education").keys

    assert key.ends_at is None
    assert later.ends_at - now.ends_at == timedelta(hours=24)
    assert queries.valid_keys(queries.partner("education"), now.ends_at) == ()


WRONG = [
    ("partner", REGISTERED | {"code": "Tax Office"}, "小写字母"),
    ("partner", REGISTERED | {"code": "education"}, "已存在"),
    ("partner", REGISTERED | {"calls_per_minute": 0}, "1"),
    ("partner", REGISTERED | {"jwks_uri": "javascript:alert(1)"}, "URL"),
    ("partnerkey", {"text": "-----BEGIN PRIVATE KEY-----"}, "private key"),
    ("partnerkey", {"text": "{}"}, "Ed25519"),
    ("partnergrant", {"legal_basis": "", "valid_from": "2026-02-30"}, "日期"),
    ("partnergrant", {"valid_from": "2026-02-02", "valid_to": "2026-02-01"}, "早于第一天"),
]


def test_what_cannot_be_is_said_and_leaves_nothing(administrator, partner):
    before = PartnerChange.objects.count()
    chosen = {"partner": partner, "scope": "verify:housing"}

    for form, typed, words in WRONG:
        answer = administrator.client.post(f"/admin/partners/{form}/add/", chosen | typed)

        assert answer.status_code == 200
        assert words in said(answer), typed
    assert PartnerChange.objects.count() == before


def test_hints_are_sent_again_under_their_ids(administrator, partner):
    webhooks.add(partner_id=partner, url="https://a.invalid/", head=1, body=b"{}", at=NOON)
    Delivery.objects.update(state="failed", next_try_at=None, tries=10)
    hint = Delivery.objects.get()

    answer = administrator.client.post(
        "/admin/webhooks/delivery/",
        {"_selected_action": [str(hint.pk)], "action": "replay"},
        follow=True,
    )

    again = Delivery.objects.get()
    assert (again.pk, again.state, again.tries) == (hint.pk, "pending", 0)
    assert "1 条提醒" in said(answer)
    assert acts("education")[-1] == ("hints_replayed", f"officer:{administrator.username}")


def test_texts_and_law_are_shown_whole(administrator):
    texts, law = (said(administrator.client.get(f"/admin/{name}/")) for name in ("texts", "law"))

    assert [it for it in Occasion if it.value not in texts] == []
    assert "【深圳居住证】" in texts
    assert "2026年12月31日" in texts
    assert "《深圳经济特区居住证条例》第二十三条" in law
    assert "60" in law
