"""The seal's settings: complete or refused, and nothing of the trial's in production."""

from pathlib import Path

import pytest

from juzhu.config.env import Env
from juzhu.config.parse import EnvError, SealKind
from tests.config.test_env import PRODUCTION

OF_TOKEN = {"JUZHU_SEAL_LIBRARY", "JUZHU_SEAL_TOKEN", "JUZHU_SEAL_KEY_LABEL", "JUZHU_SEAL_PIN"}
NO_KEY = {name: value for name, value in PRODUCTION.items() if name not in OF_TOKEN}


def test_a_sandbox_has_the_trials_seal(tmp_path):
    env = Env.load({"JUZHU_DATA_DIR": str(tmp_path)})

    assert (env.seal, env.seal_certificate, env.seal_roots) == (SealKind.TRIAL, None, ())


def test_lists_of_files_are_separated_by_commas():
    assert Env.load(PRODUCTION).seal_roots == (
        Path("/etc/juzhu/root.crt"),
        Path("/etc/juzhu/time-root.crt"),
    )


def test_the_seal_service_answers_at_the_gateway_unless_said_otherwise():
    service = NO_KEY | {"JUZHU_SEAL": "service"}

    assert Env.load(service).seal_url == "https://gateway.internal"
    elsewhere = Env.load(service | {"JUZHU_SEAL_URL": "https://seals.internal/"})
    assert elsewhere.seal_url == "https://seals.internal"


def test_a_key_in_a_file_must_be_named():
    with pytest.raises(EnvError, match=r"JUZHU_SEAL is file.*JUZHU_SEAL_KEY_FILE"):
        Env.load(NO_KEY | {"JUZHU_SEAL": "file"})


@pytest.mark.parametrize("name", ["JUZHU_SEAL_CERTIFICATE", "JUZHU_SEAL_ROOTS"])
def test_a_real_seal_needs_its_certificates_in_a_sandbox_too(tmp_path, name):
    named = {k: v for k, v in PRODUCTION.items() if k.startswith("JUZHU_SEAL") and k != name}

    with pytest.raises(EnvError, match=name):
        Env.load({"JUZHU_DATA_DIR": str(tmp_path)} | named)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("JUZHU_SEAL", "trial", "file, token, service"),
        ("JUZHU_SEAL", "hsm", "trial, file, token, service"),
        ("JUZHU_SEAL_ROOTS", "/etc/root.crt,root.crt", "absolute"),
        ("JUZHU_SEAL_TIME_URL", "tsa.internal", "http"),
        ("JUZHU_SEAL_CRLS", "/etc/juzhu/crls", "JUZHU_SEAL_TIME_URL"),
        ("JUZHU_SHEET_ISSUER", "TEST", "must not be TEST"),
        ("JUZHU_SHEET_ISSUER", "szga", "capitals"),
    ],
)
def test_a_wrong_value_is_refused_in_production(name, value, says):
    with pytest.raises(EnvError, match=f"{name}.*{says}"):
        Env.load(PRODUCTION | {name: value})
