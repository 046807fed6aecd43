"""`juzhu partner`: an operator lets a department in, changes its key, shuts it out."""

import json
import subprocess
import sys
from contextlib import nullcontext
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey, OKPKey
from typer.testing import CliRunner

from juzhu import wiring
from juzhu.cli import partner, running
from juzhu.modules.partners import queries
from juzhu.modules.partners.contracts import AnswerField, Scope
from juzhu.modules.partners.models import PartnerChange
from tests.api.conftest import FixedClock
from tests.api.running import environment


@pytest.fixture
def juzhu(db, monkeypatch, tmp_path):
    """Return a way to run the command on the test's database, in this process."""
    monkeypatch.setattr(wiring, "clock", FixedClock)
    monkeypatch.setattr(running, "database", lambda env: nullcontext())
    monkeypatch.setattr(running, "start_django", lambda: None)
    monkeypatch.setenv("JUZHU_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(partner.app, [str(one) for one in arguments])
        return done.exit_code, done.output

    return run


def registered(juzhu) -> None:
    assert juzhu("add", "education", "--name", "市教育局", "--contact", "a@b.invalid")[0] == 0


def test_a_partner_is_registered_granted_given_a_key_and_listed(juzhu, tmp_path):
    registered(juzhu)
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    (tmp_path / "key.jwk").write_text(json.dumps(key.as_dict(private=False)))
    terms = ("--basis", "《条例》第九条", "--fields", "held_periods", "--until", "2030-01-01")

    assert juzhu("grant", "education", "verify:school-enrolment", *terms)[0] == 0
    assert juzhu("key", "add", "education", tmp_path / "key.jwk")[0] == 0

    found = queries.partner("education")
    assert [one.kid for one in found.keys] == [key.kid]
    granted = found.grants[Scope.SCHOOL_ENROLMENT]
    assert (granted.legal_basis, granted.fields) == ("《条例》第九条", (AnswerField.HELD_PERIODS,))
    (one,) = json.loads(juzhu("list", "--json")[1])
    assert (one["code"], one["suspended"]) == ("education", False)
    shown = juzhu("list")[1]
    assert "市教育局" in shown
    assert "verify:school-enrolment until 2030-01-01" in shown
    assert key.kid in shown


def test_every_act_is_kept_with_who_did_it(juzhu):
    registered(juzhu)
    juzhu("suspend", "education", "--why", "密钥泄露")
    assert queries.partner("education").suspended
    juzhu("resume", "education")
    assert not queries.partner("education").suspended

    acts = PartnerChange.objects.order_by("pk")
    assert [act.what for act in acts] == ["registered", "suspended", "resumed"]
    assert all(act.actor.startswith("operator:") for act in acts)
    assert acts[1].detail == {"why": "密钥泄露"}


def test_a_key_ends(juzhu, tmp_path):
    registered(juzhu)
    key = ECKey.generate_key("P-256")
    (tmp_path / "key.pem").write_bytes(key.as_pem(private=False))
    juzhu("key", "add", "education", tmp_path / "key.pem", "--kid", "k1")

    code, said = juzhu("key", "end", "education", "k1")

    assert (code, said) == (0, "key k1 of education has ended\n")
    (kept,) = queries.partner("education").keys
    assert kept.ends_at is not None


REFUSED = {
    "unknown partner": (("suspend", "nobody", "--why", "x"), "no partner nobody"),
    "taken code": (("add", "education", "--name", "x", "--contact", "x"), "already"),
    "bad code": (("add", "Education!", "--name", "x", "--contact", "x"), "lower-case"),
    "unknown scope": (("grant", "education", "verify:all", "--basis", "x"), "not one of"),
    "unknown field": (
        ("grant", "education", "events:read", "--basis", "x", "--fields", "phone"),
        "not one of",
    ),
    "ends before it starts": (
        ("grant", "education", "events:read", "--basis", "x", "--until", "2001-01-01"),
        "before the first",
    ),
    "unknown key": (("key", "end", "education", "k9"), "no key k9"),
    "no file": (("key", "add", "education", "/nowhere"), "cannot be read"),
}


@pytest.mark.parametrize(("arguments", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_one_sentence(juzhu, arguments, says):
    registered(juzhu)

    code, said = juzhu(*arguments)

    assert code == 2
    assert says in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("form", ["jwk", "pem"])
def test_a_private_key_is_refused_with_what_to_do(juzhu, tmp_path, form):
    registered(juzhu)
    key = OKPKey.generate_key("Ed25519")
    pem = key.as_pem(private=True).decode()
    text = json.dumps(key.as_dict(private=True)) if form == "jwk" else pem
    (tmp_path / "key").write_text(text)

    code, said = juzhu("key", "add", "education", tmp_path / "key")

    assert code == 2
    assert "destroy it" in said
    assert queries.partner("education").keys == ()


def test_the_doctor_warns_of_a_missing_key_and_a_grant_about_to_end(juzhu):
    from juzhu.cli import checks

    assert checks._partners().level is checks.Level.OK
    registered(juzhu)
    soon = FixedClock.now_is.date() + timedelta(days=30)
    juzhu("grant", "education", "events:read", "--basis", "x", "--until", soon)
    later = soon + timedelta(days=1)
    juzhu("grant", "education", "sheets:read", "--basis", "x", "--until", later)

    found = checks._partners()

    assert found.level is checks.Level.WARN
    assert found.found == f"education has no key; education: events:read ends on {soon}"


def test_the_exchanges_key_is_rotated(juzhu):
    before = wiring.exchange_keys().current().kid
    wiring.exchange_keys.cache_clear()

    code, said = juzhu("rotate")

    assert code == 0
    assert before not in said


def test_the_command_itself_runs(transactional_db, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "juzhu.cli.main", "partner", "list", "--json"],
        env=environment(tmp_path, 1),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
