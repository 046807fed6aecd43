"""A small client of the Juzhu exchange. Copy this file; it needs httpx and cryptography.

Every answer's receipt is checked before you see it. Tokens are fetched when needed; 429 and 503 are
repeated after the time the exchange asks for; whatever else it refuses is raised as `Refused`.
"""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TRIES = 5


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

    receipt: str
    raw: bytes
    request: bytes


class Exchange:
    """The exchange under your own code and key (a private Ed25519 JWK, as a dict)."""

    def __init__(self, url: str, code: str, key: dict[str, Any], *, dpop: bool = False) -> None:
        self.url, self.code, self.kid = url.rstrip("/"), code, str(key["kid"])
        self.http = httpx.Client(base_url=self.url, timeout=30)
        self._key = Ed25519PrivateKey.from_private_bytes(_unb64(key["d"]))
        self._dpop = Ed25519PrivateKey.generate() if dpop else None
        self._token, self._token_ends = "", 0.0
        self._keys: dict[str, Ed25519PublicKey] = {}

    def verify(self, *, purpose: str, **who: Any) -> Answer:
        """Ask about one person: `id_number` and `name`, or `share_code` and `birth_date`."""
        return self._proved("/api/v1/verifications", {"purpose": purpose, **who})

    def verify_many(self, *, purpose: str, people: list[dict[str, Any]]) -> Answer:
        """Ask about up to 1,000 people; `results` are in their order."""
        return self._proved("/api/v1/verification-batches", {"purpose": purpose, "people": people})

    def events(self, after: str = "", limit: int = 100) -> Iterator[tuple[list[Any], str]]:
        """Yield page after page up to the present, each with the cursor to keep once it is done."""
        more = True
        while more:
            query = {"limit": str(limit)} | ({"after": after} if after else {})
            page = self.call("GET", "/api/v1/events", params=query).json()
            after, more = page["next"], page["more"]
            yield page["events"], after

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Send one request; a POST carries an idempotency key, so it may be repeated."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
            more["content"] = json.dumps(body, ensure_ascii=False).encode()
        for attempt in range(_TRIES):
            allowed = headers | self._authorization(method, path)
            response = self.http.request(method, path, headers=allowed, **more)
            if response.status_code in (429, 503) and attempt < _TRIES - 1:
                time.sleep(float(response.headers.get("Retry-After", "1")))
            elif response.status_code == 401 and attempt == 0:
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
            kid = json.loads(_unb64(header))["kid"]
            if kid not in self._keys:  # new to us: the keys were rotated
                published = self.http.get("/.well-known/jwks.json").json()["keys"]
                raws = {key["kid"]: _unb64(key["x"]) for key in published}
                self._keys = {k: Ed25519PublicKey.from_public_bytes(x) for k, x in raws.items()}
            self._keys[kid].verify(_unb64(signature), f"{header}.{_b64(payload)}".encode())
        except (ValueError, KeyError, InvalidSignature) as error:
            raise ReceiptError("no receipt of the exchange for this answer") from error

    def _proved(self, path: str, body: dict[str, Any]) -> Answer:
        response = self.call("POST", path, body)
        answer = Answer(response.json())
        answer.receipt = response.headers.get("Juzhu-Receipt", "")
        answer.raw, answer.request = response.content, response.request.content
        self.check_receipt(answer.receipt, answer.raw, answer.request)
        return answer

    def _authorization(self, method: str, path: str) -> dict[str, str]:
        if time.time() > self._token_ends - 30:
            now, where = int(time.time()), f"{self.url}/oauth/token"
            claims = {"iss": self.code, "sub": self.code, "aud": where, "iat": now, "exp": now + 60}
            assertion = _signed(self._key, {"kid": self.kid}, claims)
            form = {"grant_type": "client_credentials", "client_assertion_type": _ASSERTION}
            form["client_assertion"], self._token = assertion, ""
            response = self.http.post(where, data=form, headers=self._proof("POST", "/oauth/token"))
            if response.is_error:
                raise Refused(response)
            self._token, self._token_ends = response.json()["access_token"], now + 300
        scheme = "DPoP" if self._dpop else "Bearer"
        return {"Authorization": f"{scheme} {self._token}", **self._proof(method, path)}

    def _proof(self, method: str, path: str) -> dict[str, str]:
        if self._dpop is None:
            return {}
        public = _b64(self._dpop.public_key().public_bytes_raw())
        claims = {"htm": method, "htu": f"{self.url}{path}", "iat": int(time.time())}
        if self._token:
            claims["ath"] = _b64(hashlib.sha256(self._token.encode()).digest())
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": public}
        return {"DPoP": _signed(self._dpop, {"typ": "dpop+jwt", "jwk": jwk}, claims)}


def _signed(key: Ed25519PrivateKey, header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = ({"alg": "EdDSA", **header}, {"jti": uuid.uuid4().hex, **claims})
    text = ".".join(_b64(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_b64(key.sign(text.encode()))}"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
