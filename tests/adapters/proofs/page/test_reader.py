"""The reader in the browser agrees with the one in Python, and what was vendored is what it is."""

import hashlib
import json
import random
import re
from datetime import date, datetime, timedelta

import cbor2
import pytest

from juzhu.adapters.proof_cbor import decode
from juzhu.ports.proofs import ProofError
from tests.adapters.proofs.page.server import STATIC
from tests.adapters.proofs.test_cbor import REFUSED

FOLDER = STATIC / "rp" / "verify"


@pytest.mark.browser
def test_the_browser_reads_the_documented_vectors(visit, vectors):
    checker = visit()

    for vector in vectors["tokens"]:
        found = checker.page.evaluate(
            "([token, keys]) => sheetProof.readToken(token, sheetProof.readKeys(keys))",
            [vector["token"], json.dumps(vectors["public_keys"])],
        )
        said = vector["claims"]
        day = date(1970, 1, 1) + timedelta(days=found["validThrough"])
        assert found["name"] == said["name"]
        assert found["mask"] == said["id_mask"]
        assert found["code"] == said["check_code"]
        assert found["standing"] == said["standing"]
        assert day.isoformat() == said["valid_through"]
        assert found["purpose"] == said["purpose"]
        assert found["photo"] == said["photo_digest"]
        assert found["trial"] == (said["issuer"] == "TEST")
        assert (found["uri"], found["index"]) == (said["status_uri"], said["status_index"])
        assert found["madeAt"] == int(datetime.fromisoformat(said["made_at"]).timestamp())


@pytest.mark.browser
def test_the_browser_believes_no_changed_digit_either(visit, vectors):
    token = vectors["tokens"][0]["token"]
    changed = [
        token[:place] + str((int(token[place]) + step) % 10) + token[place + 1 :]
        for place in range(len(token))
        for step in (1, 7)
    ]
    changed += [token[:length] for length in range(0, len(token), 9)] + [token + "0", f"0{token}"]

    kinds = visit().page.evaluate(
        """async ([tokens, text]) => {
          const keys = sheetProof.readKeys(text), kinds = new Set();
          for (const token of tokens) await sheetProof.readToken(token, keys)
            .then(() => kinds.add('believed'), e => kinds.add(e.kind || String(e)));
          return [...kinds].sort();
        }""",
        [changed, json.dumps(vectors["public_keys"])],
    )

    assert kinds == ["damaged"]


@pytest.mark.browser
def test_both_readers_accept_the_same_messages(visit):
    dice = random.Random(20_261_124)
    values = [{1: "a", 7: b"\xff" * 30, -3: [0, 2**40, -5, "陈", {}]}, [[[]]], 2**53 - 1, "x" * 300]
    samples = [cbor2.dumps(value, canonical=True) for value in values]
    for sample in [*samples, *(dice.randbytes(dice.randrange(12)) for _ in range(600))]:
        for _ in range(60):
            spoiled = bytearray(sample)
            for _ in range(dice.randrange(3)):
                if spoiled:
                    spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
            samples.append(bytes(spoiled))

    samples += [bytes.fromhex(data) for data, _ in REFUSED]

    accepted = visit().page.evaluate(
        """samples => samples.map(text => {
          const bytes = Uint8Array.from(text.match(/../g) || [], pair => parseInt(pair, 16));
          try { sheetProof.decode(bytes); return true; }
          catch (error) { return error instanceof sheetProof.ProofError ? false : String(error); }
        })""",
        [sample.hex() for sample in samples],
    )

    assert accepted == [accepts(sample) for sample in samples]
    assert 500 < sum(accepted) < len(accepted) - 500


def accepts(sample: bytes) -> bool:
    try:
        decode(sample)
    except ProofError:
        return False
    return True


def test_the_vendored_file_is_the_one_that_was_audited():
    table = dict(
        re.findall(r"\| (\S+).*? \| ([0-9a-f]{64}) \|", (FOLDER / "VENDORED.md").read_text())
    )
    whole = (FOLDER / "noble-ed25519.js").read_bytes()
    inner = whole.split(b"\n", 1)[1].rpartition(b"\n}, found")[0] + b"\n"

    assert hashlib.sha256(whole).hexdigest() == table["noble-ed25519.js"]
    assert hashlib.sha256(inner).hexdigest() == table["lib/index.js"]
