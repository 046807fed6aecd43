"""Services of others, as small local servers: a time-stamp authority and a seal service."""

import base64
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from juzhu.ports import gateway

Answer = Callable[[str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]


class Server(ThreadingHTTPServer):
    """Says nothing when a client has gone away meanwhile."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), BrokenPipeError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Yield the address of a server that answers each post with `answer(path, headers, body)`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, content = answer(self.path, headers, body)
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class SealService:
    """Signs digests as the real one would, over the gateway's signed HTTP; keeps what it saw.

    `twist` changes the answer before it is signed, `delay` holds it back.
    """

    def __init__(self, secret: str, key: ec.EllipticCurvePrivateKey, name: str) -> None:
        self._secret = secret.encode()
        self._key = key
        self._name = name
        self.seen: list[bytes] = []
        self.twist: Callable[[bytes], bytes] = lambda body: body
        self.status = 200
        self.delay = 0.0
        self.secret_of_answers = self._secret

    def __call__(
        self, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body."""
        self.seen.append(body)
        time.sleep(self.delay)
        expected = gateway.sign_request(
            self._secret,
            method="POST",
            path=path,
            timestamp=headers[gateway.TIMESTAMP],
            nonce=headers[gateway.NONCE],
            body=body,
        )
        assert gateway.same_signature(expected, headers[gateway.SIGNATURE])
        assert abs(time.time() - int(headers[gateway.TIMESTAMP])) < gateway.SKEW_SECONDS
        asked = json.loads(body)
        assert path == "/seal/sign"
        assert (asked["certificate"], asked["algorithm"]) == (self._name, "ES256")
        digest = base64.b64decode(asked["digest"], validate=True)
        signature = self._key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        answer = self.twist(
            json.dumps({"signature": base64.b64encode(signature).decode()}).encode()
        )
        signed = gateway.sign_answer(
            self.secret_of_answers,
            nonce=headers[gateway.NONCE],
            status=self.status,
            body=answer,
        )
        return self.status, {gateway.SIGNATURE: signed}, answer
