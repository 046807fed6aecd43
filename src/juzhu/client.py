"""A small client of the Juzhu exchange. Copy this file; it needs httpx and cryptography.

Receipts are checked before you see an answer; 429 and 503 are repeated; the rest is `Refused`."""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Refused(Exception):  # noqa: N818  # reads better where it is caught
    """The exchange said no; `problem` holds type, title, detail, errors and trace_id."""

    def __init__(self, response: httpx.Response) -> None:
        is_problem = response.headers.get("Content-Type", "") == "application/problem+json"
        self.status, self.problem = response.status_code, response.json() if is_problem else {}
        super().__init__(f"{self.status} {self.problem}")


class ReceiptError(Exception):
    """The receipt does not prove the answer: do not use it, and call the operator."""


class Answer(dict[str, Any]):
    """An answer with its proof: keep `receipt`, `raw` (its bytes) and `request` (your bytes)."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.json())
        self.receipt = response.headers.get("Juzhu-Receipt", "")
        self.raw, self.request = response.content, response.request.content


class Exchange:
    """The exchange under your own code and key (a private Ed25519 JWK, as a dict)."""

    def __init__(self, url: str, code: str, key: dict[str, Any], *, dpop: bool = False) -> None:
        self.url, self.code, self.kid = url.rstrip("/"), code, str(key["kid"])
        self.http = httpx.Client(base_url=self.url, timeout=30)
        self._key = Ed25519PrivateKey.from_private_bytes(_unb64(key["d"]))
        self._dpop = Ed25519PrivateKey.generate() if dpop else None
        self._token, self._token_ends, self._keys = "", 0.0, dict[str, bytes]()

    def verify(self, *, purpose: str, **who: Any) -> Answer:
        """Ask about one person: `id_number` and `name`, or `share_code` and `birth_date`."""
        return self._proved("/api/v1/verifications", {"purpose": purpose, **who})

    def verify_many(self, *, purpose: str, people: list[dict[str, Any]]) -> Answer:
        """Ask about up to 1,000 people; `results` are in their order."""
        return self._proved("/api/v1/verification-batches", {"purpose": purpose, "people": people})

    def verify_file(self, *, purpose: str, people: Iterable[dict[str, Any]]) -> list[Any]:
        """Ask about up to 100,000 people in the background; return the answers in their order."""
        jobs, query = "/api/v1/verification-jobs", {"purpose": purpose}
        lines = b"".join(json.dumps(who).encode() + b"\n" for who in people)
        job = self.call("POST", jobs, lines, params=query).json()
        while (found := self.call("GET", f"{jobs}/{job['id']}/result")).status_code == 202:
            time.sleep(float(found.headers["Retry-After"]))
        self.check_receipt(found.headers.get("Juzhu-Receipt", ""), found.content, lines)
        return [json.loads(line) for line in found.content.splitlines()]

    def events(self, after: str = "", limit: int = 100) -> Iterator[tuple[list[Any], str]]:
        """Yield page after page up to the present, each with the cursor to keep once it is done."""
        page: dict[str, Any] = {"more": True}
        while page["more"]:
            query = {"limit": str(limit)} | ({"after": after} if after else {})
            page = self.call("GET", "/api/v1/events", params=query).json()
            yield page["events"], (after := page["next"])

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Send one request, bytes as NDJSON; a POST has an idempotency key: it may be repeated."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        if body is not None:
            lines = isinstance(body, bytes)
            headers["Content-Type"] = "application/x-ndjson" if lines else "application/json"
            more["content"] = body if lines else json.dumps(body, ensure_ascii=False).encode()
        for left in (4, 3, 2, 1, 0):
            allowed = headers | self._authorization(method, path)
            response = self.http.request(method, path, headers=allowed, **more)
            if response.status_code in (429, 503) and left:
                time.sleep(float(response.headers.get("Retry-After", "1")))
            elif response.status_code == 401 and left == 4:
                self._token_ends = 0.0  # the exchange withdrew a key, or a clock jumped
            else:
                break
        if response.is_error:
            raise Refused(response)
        return response

    def check_receipt(self, receipt: str, raw: bytes, request: bytes) -> None:
        """Raise ReceiptError unless the exchange signed just this answer to just this request."""
        answered, asked = (hashlib.sha256(part).hexdigest() for part in (raw, request))
        payload = f'{{"answer":"{answered}","request":"{asked}"}}'.encode()
        try:
            header, _, signature = receipt.split(".")
            kid, text = json.loads(_unb64(header))["kid"], f"{header}.{_b64(payload)}".encode()
            if kid not in self._keys:  # new to us: the keys were rotated
                published = self.http.get("/.well-known/jwks.json").json()["keys"]
                self._keys = {key["kid"]: _unb64(key["x"]) for key in published}
            Ed25519PublicKey.from_public_bytes(self._keys[kid]).verify(_unb64(signature), text)
        except (ValueError, KeyError, InvalidSignature) as error:
            raise ReceiptError("no receipt of the exchange for this answer") from error

    def _proved(self, path: str, body: dict[str, Any]) -> Answer:
        answer = Answer(self.call("POST", path, body))
        self.check_receipt(answer.receipt, answer.raw, answer.request)
        return answer

    def _authorization(self, method: str, path: str) -> dict[str, str]:
        if time.time() > self._token_ends - 30:
            now, where, self._token = int(time.time()), f"{self.url}/oauth/token", ""
            claims = {"iss": self.code, "sub": self.code, "aud": where, "iat": now, "exp": now + 60}
            form = {"grant_type": "client_credentials", "client_assertion_type": _ASSERTION}
            form["client_assertion"] = _signed(self._key, {"kid": self.kid}, claims)
            response = self.http.post(where, data=form, headers=self._proof("POST", "/oauth/token"))
            if response.is_error:
                raise Refused(response)
            self._token, self._token_ends = response.json()["access_token"], now + 300
        scheme = "DPoP" if self._dpop else "Bearer"
        return {"Authorization": f"{scheme} {self._token}", **self._proof(method, path)}

    def _proof(self, method: str, path: str) -> dict[str, str]:
        if (key := self._dpop) is None:
            return {}
        claims = {"htm": method, "htu": f"{self.url}{path}", "iat": int(time.time())}
        ath = {"ath": _b64(hashlib.sha256(self._token.encode()).digest())} if self._token else {}
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": _b64(key.public_key().public_bytes_raw())}
        return {"DPoP": _signed(key, {"typ": "dpop+jwt", "jwk": jwk}, claims | ath)}


def _signed(key: Ed25519PrivateKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = ({"alg": "EdDSA", **header}, {"jti": uuid.uuid4().hex, **claims})
    text = ".".join(_b64(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_b64(key.sign(text.encode()))}"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
