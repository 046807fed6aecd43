"""Letters by SMTP (RFC 5321): `juzhu.ports.mail.Mail` for the bureau's own mail server."""

import smtplib
import ssl
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Final
from urllib.parse import unquote, urlsplit

from juzhu.ports.mail import Letter, MailRejectedError, MailUnavailableError

LIMIT_SECONDS: Final = 15.0
_PORTS: Final = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
_FINAL: Final = range(500, 600)


class SmtpMail:
    """Sends by one server, a connection per letter: there are few.

    Args:
        url: `smtps://` (TLS from the start), `smtp://` (STARTTLS, and nothing without it), or
            `smtp+plain://` for a relay on the same machine; with user and password where wanted.
        sender: the address letters come from.
        trust: whose certificates are believed; left out: those the machine believes.

    """

    def __init__(self, url: str, *, sender: str, trust: ssl.SSLContext | None = None) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._trust = trust or ssl.create_default_context()

    def send(self, letter: Letter) -> None:
        """Hand a letter over; see the port."""
        try:
            message = self._message(letter)
        except (ValueError, HeaderParseError) as error:
            raise MailRejectedError(f"no letter can be made for it: {error}") from error
        try:
            with self._connected() as server:
                server.send_message(message, self._sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            ((code, said),) = error.recipients.values()
            raise _answered(code, said) from error
        except smtplib.SMTPDataError as error:
            raise _answered(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailableError(f"{type(error).__name__}: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        scheme, host = self._url.scheme, self._url.hostname or ""
        port = self._url.port or _PORTS[scheme]
        if scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=LIMIT_SECONDS, context=self._trust
            )
        else:
            server = smtplib.SMTP(host, port, timeout=LIMIT_SECONDS)
        try:
            if scheme == "smtp":
                server.starttls(context=self._trust)
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(SMTP)
        message["From"] = self._sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{letter.key}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
        message.set_content(letter.text)
        return message


def _answered(code: int, said: bytes | str) -> Exception:
    words = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"[:120]
    return MailRejectedError(words) if code in _FINAL else MailUnavailableError(words)
