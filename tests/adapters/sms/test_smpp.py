"""The adapter for carriers' lines against a message centre in a process of its own."""

import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from juzhu.adapters import sms_bulk, sms_smpp
from juzhu.adapters.background import background
from juzhu.adapters.sms_file import SmsFileError, read_providers
from juzhu.adapters.sms_smpp import SmppSettings, SmppSms
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.sms import Fate, NotTaken, Receipt, Rejected, Sms, Taken, Unsure

SMSC = Path(__file__).with_name("smsc.py")
TEXT = "【深圳居住证】您的居住证可以签注了，请在2026年12月31日前（含当天）办理。"
LONG = "长" * 66 + "𠮷" + "文" * 90  # a character of two units on the seam of the first part


class Line:
    """A message centre and one adapter that speaks to it."""

    def __init__(self, port: int, control: socket.socket, **settings) -> None:
        self._control = control.makefile("rw")
        limit = settings.pop("limit_seconds", 2.0)
        values = {"system_id": "juzhu", "password": "secret", "source": "10690000"} | settings
        self.gateway = SmppSms(
            SmppSettings(host="localhost", port=port, **values),
            limit_seconds=limit,
            wait_seconds=0.1,
        )

    def tell(self, **wish):
        self._control.write(json.dumps(wish) + "\n")
        self._control.flush()
        return json.loads(self._control.readline())

    def set(self, **switches):
        return self.tell(set=switches)

    def seen(self):
        return self.tell()

    def send(self, text=TEXT, phones=("13800006021",)):
        messages = [Sms(f"message-{n}", phone, text) for n, phone in enumerate(phones, 1)]
        return sms_bulk.hand_over(self.gateway, messages)

    def hear(self, count, within=5.0):
        until = time.monotonic() + within
        found = [*sms_bulk.arrived(self.gateway)]
        while len(found) < count and time.monotonic() < until:
            found += sms_bulk.arrived(self.gateway)
        return found

    def close(self):
        background().run(self.gateway.close())


@contextmanager
def centre(certificate="", **settings):
    process = subprocess.Popen(
        [sys.executable, str(SMSC), *([certificate] if certificate else [])],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port, control = json.loads(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", control)) as wire:
            line = Line(port, wire, **settings)
            yield line
            line.close()
            line._control.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def line():
    with centre() as found:
        yield found


def test_a_text_arrives_as_written_and_its_receipt_comes_back_by_number(line):
    line.set(prefix="AB")
    assert line.send() == [Taken("AB0000000001")]
    message = line.seen()["messages"][0]
    assert (message["text"], message["to"], message["from"]) == (TEXT, "8613800006021", "10690000")
    assert (message["kind"], message["receipt"]) == ([1, 1], True)

    assert line.hear(0) == []  # from now on it receives
    line.tell(report=["AB0000000001", "DELIVRD", "000"])
    line.tell(say="退订")

    done = datetime(2026, 11, 24, 12, 1, tzinfo=SHENZHEN)
    assert line.hear(1) == [Receipt(Fate.DELIVERED, "AB0000000001", at=done)]
    seen = line.seen()
    assert seen["binds"] == ["transmitter", "transceiver"]
    assert [status for _, status in seen["acks"]] == [0, 0]  # the phone's own message, too


STATES = {
    ("UNDELIV", "027"): Fate.UNREACHABLE,
    ("UNDELIV", "MK:0001"): Fate.NO_SUBSCRIBER,
    ("EXPIRED", "000"): Fate.UNREACHABLE,
    ("ACCEPTD", "000"): Fate.PENDING,
}


def test_states_of_receipts_are_understood():
    with centre(nobodys=["MK:0001"]) as line:
        line.hear(0)
        [taken] = line.send()
        for state, error in STATES:
            line.tell(report=[taken.number, state, error])
        assert [receipt.fate for receipt in line.hear(4)] == [*STATES.values()]


def test_a_long_text_travels_in_parts_and_is_whole_again(line):
    [taken] = line.send(LONG)

    parts = line.seen()["messages"]
    assert "".join(part["text"] for part in parts) == LONG
    assert [part["head"][-4:] for part in parts] == ["0301", "0302", "0303"]
    assert len({part["head"][:8] for part in parts}) == 1
    assert [part["receipt"] for part in parts] == [False, False, True]
    assert taken == Taken(parts[-1]["number"])


def test_a_long_text_may_travel_as_payload():
    with centre(long="payload") as line:
        line.send(LONG)
        [message] = line.seen()["messages"]
        assert (message["text"], message["payload"]) == (LONG, True)


def test_without_an_answer_nothing_is_sent_twice_and_a_late_one_is_told():
    with centre(limit_seconds=0.5) as line:
        line.hear(0)
        line.set(answer_after=0.8)
        assert isinstance(line.send()[0], Unsure)

        assert line.hear(1) == [Receipt(Fate.PENDING, "0000000001", key="message-1")]
        assert len(line.seen()["messages"]) == 1


def test_a_cut_line_leaves_what_was_written_unsure_and_comes_up_again(line):
    line.set(hang_up_after=1)
    assert isinstance(line.send()[0], Unsure)
    assert isinstance(line.send()[0], Taken)
    assert len(line.seen()["messages"]) == 2

    line.tell(unbind=True)
    time.sleep(0.2)
    assert isinstance(line.send()[0], Taken)
    assert len(line.seen()["binds"]) == 3


def test_no_connection_and_a_refused_bind_take_nothing(line):
    line.set(bind_status=0x0D)
    assert isinstance(line.send()[0], NotTaken)
    line.set(bind_status=0)
    assert isinstance(line.send()[0], NotTaken)  # it rests for a second
    time.sleep(1.1)
    assert isinstance(line.send()[0], Taken)


def test_refusals_are_told_apart(line):
    line.set(status=0x0B)
    assert isinstance(line.send()[0], Rejected)
    line.set(status=0x0401)  # a vendor's own
    assert isinstance(line.send()[0], NotTaken)


def test_a_centre_that_asks_for_less_haste_gets_it(line, monkeypatch):
    monkeypatch.setattr(sms_smpp, "AFTER_THROTTLE_SECONDS", 0.2)
    line.set(throttle=3)
    begun = time.monotonic()

    assert all(isinstance(r, Taken) for r in line.send(phones=["13800006021", "13800006022"]))
    assert time.monotonic() - begun >= 0.2
    line.set(throttle=99)
    assert isinstance(line.send()[0], NotTaken)


def test_no_more_leave_in_a_second_than_agreed():
    with centre(per_second=20) as line:
        begun = time.monotonic()
        line.send(phones=[f"138{n:08}" for n in range(11)])
        assert time.monotonic() - begun >= 0.5


def test_a_silent_line_is_asked_for_a_sign_of_life_and_given_up_without():
    with centre(enquire_seconds=0.2, limit_seconds=0.5) as line:
        line.send()
        time.sleep(0.7)
        assert line.seen()["enquiries"] >= 2
        line.set(deaf=True)
        time.sleep(1.2)
        line.set(deaf=False)
        line.send()
        assert len(line.seen()["binds"]) == 2


def test_the_line_may_be_encrypted(tmp_path):
    certificate = _certificate(tmp_path)
    with centre(certificate, tls=True, ca_file=certificate) as line:
        assert isinstance(line.send()[0], Taken)
    with centre(certificate, tls=True) as line:  # signed by nobody we trust
        assert isinstance(line.send()[0], NotTaken)


def test_the_file_of_providers_names_a_carrier(tmp_path):
    path = tmp_path / "providers.json"
    good = {
        "type": "smpp",
        "host": "smpp.example",
        "system_id": "s",
        "password": "p",
        "source": "1",
    }
    path.write_text(json.dumps([good]))
    path.chmod(0o600)
    assert list(read_providers(path)) == ["smpp"]
    path.write_text(json.dumps([good | {"password": "nine char"}]))
    with pytest.raises(SmsFileError, match="8 of password"):
        read_providers(path)


def _certificate(folder: Path) -> str:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.fromtimestamp(time.time(), UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / "smsc.pem"
    path.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return str(path)
