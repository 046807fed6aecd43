"""A mail server that takes letters, or says why not."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.api.running import free_port


class Server(Controller):
    """What came, and what is answered instead of taking it."""

    def __init__(self, **options: Any) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refusal = ""
        self.users: list[bytes] = []
        super().__init__(self, hostname="127.0.0.1", port=free_port(), **options)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:  # noqa: N802
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.letters.append(parsed)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        self.users.append(data.login)
        return AuthResult(success=data.password == b"s@cret", handled=False)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


class TlsServer(Server):
    """One that speaks TLS from the first byte."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(ssl_context=context)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()
