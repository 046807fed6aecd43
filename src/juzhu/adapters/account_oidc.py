"""OpenID Connect with authorization code and PKCE: `juzhu.ports.account.AccountProvider`.

OpenID Connect Core 1.0, Discovery 1.0, RFC 7636 (S256). The `acr` of the token says how the person
has shown who they are; which of its values is which trust level is the platform's to say, and a
setting here. A value that is not named there opens nothing.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from juzhu.ports.account import Account, AccountRefusedError, AccountUnavailableError, Errand

LIMIT_SECONDS: Final = 5.0
ALGORITHMS: Final = ["RS256", "PS256", "ES256"]
NUMBER_CLAIM: Final = "id_number"
FRESH_SECONDS: Final = 120
"""How long ago a person sent anew may have shown who they are: the time of the way back."""
_LEEWAY_SECONDS: Final = 60
_SCOPE: Final = "openid profile"


class _Addresses(msgspec.Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct):
    id_token: str


class _Problem(msgspec.Struct):
    error: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """What the platform knows this service by."""

    issuer: str
    id: str
    secret: str


class OidcAccounts:
    """One provider. `levels` maps values of `acr` to trust levels; others open nothing."""

    def __init__(
        self, client: Client, levels: Mapping[str, int], *, limit_seconds: float = LIMIT_SECONDS
    ) -> None:
        self._client = client
        self._levels = levels
        self._http = httpx.Client(timeout=limit_seconds)
        self._known: _Addresses | None = None
        self._keys: KeySet | None = None

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def send(self, *, back: str, fresh: bool) -> Errand:
        """Return where to send the browser; see the port."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": back,
            "scope": _SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "acr_values": " ".join(sorted(self._levels, key=lambda it: -self._levels[it])),
        }
        if fresh:
            query |= {"prompt": "login", "max_age": "0"}
        address = f"{self._addresses().authorization_endpoint}?{urlencode(query)}"
        return Errand(address, state, nonce, verifier, fresh)

    def fetch(self, errand: Errand, *, code: str, back: str, at: datetime) -> Account:
        """Redeem the code; see the port."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": errand.verifier,
        }
        tokens = _read(
            self._ask(
                "POST",
                self._addresses().token_endpoint,
                data=form,
                auth=httpx.BasicAuth(self._client.id, self._client.secret),
            ),
            _Tokens,
        )
        return self._account(self._claims(tokens.id_token), errand, at)

    def _account(self, claims: Mapping[str, Any], errand: Errand, at: datetime) -> Account:
        now = at.timestamp()
        shown = _number(claims, "auth_time") or _number(claims, "iat")
        good = (
            claims.get("iss") == self._addresses().issuer
            and _is_for(claims, self._client.id)
            and secrets.compare_digest(str(claims.get("nonce", "")), errand.nonce)
            and now < _number(claims, "exp") + _LEEWAY_SECONDS
            and _number(claims, "iat") < now + _LEEWAY_SECONDS
            and (not errand.fresh or now - shown < FRESH_SECONDS)
        )
        if not good:
            raise AccountRefusedError("the token is not for this sign-in")
        return Account(
            id_number=str(claims.get(NUMBER_CLAIM, "")),
            name=str(claims.get("name", "")),
            level=self._levels.get(str(claims.get("acr", "")), 0),
            shown_at=datetime.fromtimestamp(shown, UTC),
        )

    def _claims(self, token: str) -> Mapping[str, Any]:
        """Return the token's claims; keys that the platform has changed are fetched once more."""
        for keys in (self._keys, None):
            try:
                return jwt.decode(token, keys or self._fresh_keys(), algorithms=ALGORITHMS).claims
            except (JoseError, ValueError) as error:
                if keys is None:
                    raise AccountRefusedError(f"token: {type(error).__name__}") from error
        raise AssertionError("one of the two has returned or raised")

    def _fresh_keys(self) -> KeySet:
        body = self._ask("GET", self._addresses().jwks_uri)
        try:
            self._keys = KeySet.import_key_set(msgspec.json.decode(body))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise AccountUnavailableError(f"keys: {error}") from error
        return self._keys

    def _addresses(self) -> _Addresses:
        if self._known is None:
            where = f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = _read(self._ask("GET", where), _Addresses)
            if found.issuer.rstrip("/") != self._client.issuer.rstrip("/"):
                raise AccountUnavailableError("the platform calls itself by another name")
            self._known = found
        return self._known

    def _ask(self, method: str, address: str, **more: Any) -> bytes:
        try:
            answer = self._http.request(method, address, **more)
        except httpx.HTTPError as error:
            raise AccountUnavailableError(f"{type(error).__name__}: {error}") from error
        if answer.status_code == 400:
            problem = _read(answer.content, _Problem).error
            if problem == "invalid_grant":
                raise AccountRefusedError("the code is not good (any more)")
            raise AccountUnavailableError(f"refused: {problem}")
        if answer.status_code != 200:
            raise AccountUnavailableError(f"status {answer.status_code}")
        return answer.content


def _read(body: bytes, kind: Any) -> Any:  # Any: the struct that is asked for
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise AccountUnavailableError(f"not understood: {error}") from error


def _is_for(claims: Mapping[str, Any], client_id: str) -> bool:
    """Say whether the token is for us, and for us alone (Core 3.1.3.7)."""
    audience = claims.get("aud")
    parties = audience if isinstance(audience, list) else [audience]
    return parties == [client_id] and claims.get("azp", client_id) == client_id


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
