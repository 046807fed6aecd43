"""Letters by SMTP, against a real server."""

import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from juzhu.adapters.mail_smtp import SmtpMail
from juzhu.ports.mail import Letter, MailRejectedError, MailUnavailableError
from tests.adapters.mail_server import Server, TlsServer, running
from tests.api.running import free_port

LETTER = Letter("warning-1", "li@edu.sz.gov.cn", "居住证数据交换提醒", "贵单位的授权快到期了。\n")


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server shows, and what a client believes."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.fromtimestamp(time.time(), UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    (folder / "mail.pem").write_bytes(made.public_bytes(pem))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "mail.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "mail.pem"))


def test_a_letter_arrives_as_it_was_written():
    with running(Server()) as server:
        SmtpMail(f"smtp+plain://{server.address}", sender="juzhu@sz.gov.cn").send(LETTER)

    (letter,) = server.letters
    assert (letter["Subject"], letter["To"]) == (LETTER.subject, LETTER.to)
    assert letter["Message-ID"] == "<warning-1@sz.gov.cn>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text
    assert server.envelopes == [("juzhu@sz.gov.cn", [LETTER.to])]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_it_goes_encrypted_and_with_the_password(tls, scheme):
    shown, believed = tls
    options = {"require_starttls": True, "tls_context": shown, "auth_required": True}
    server = TlsServer(shown) if scheme == "smtps" else Server(**options)
    if scheme == "smtp":
        server.SMTP_kwargs["authenticator"] = server.authenticate
    user = "juzhu:s%40cret@" if scheme == "smtp" else ""

    with running(server):
        url = f"{scheme}://{user}{server.address}"
        SmtpMail(url, sender="juzhu@sz.gov.cn", trust=believed).send(LETTER)
        with pytest.raises(MailUnavailableError):
            SmtpMail(url, sender="juzhu@sz.gov.cn").send(LETTER)  # an unknown certificate
        if user:
            wrong = SmtpMail(url.replace("s%40", "x"), sender="juzhu@sz.gov.cn", trust=believed)
            with pytest.raises(MailUnavailableError):
                wrong.send(LETTER)

    assert len(server.letters) == 1


def test_without_starttls_nothing_is_said():
    with running(Server()) as server, pytest.raises(MailUnavailableError):
        SmtpMail(f"smtp://{server.address}", sender="juzhu@sz.gov.cn").send(LETTER)

    assert server.letters == []


@pytest.mark.parametrize(
    ("refusal", "raised"),
    [("550 no such mailbox", MailRejectedError), ("451 come again", MailUnavailableError)],
)
def test_a_refusal_is_final_or_for_now(refusal, raised):
    with running(Server()) as server:
        server.refusal = refusal
        with pytest.raises(raised, match=refusal[:3]):
            SmtpMail(f"smtp+plain://{server.address}", sender="juzhu@sz.gov.cn").send(LETTER)


def test_an_address_with_a_second_line_is_no_address():
    wrong = Letter("k", "li@sz.gov.cn\nBcc: all@sz.gov.cn", "x", "x")

    with pytest.raises(MailRejectedError):
        SmtpMail("smtp+plain://127.0.0.1:9", sender="juzhu@sz.gov.cn").send(wrong)


def test_a_silent_server_is_asked_again_later():
    with pytest.raises(MailUnavailableError):
        SmtpMail(f"smtp+plain://127.0.0.1:{free_port()}", sender="a@b.cn").send(LETTER)
