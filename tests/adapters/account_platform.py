"""An identity platform for tests, in a process of its own: `python -m … PORT`.

OpenID Connect as a provider must speak it: discovery, authorization code, PKCE, one use of a code,
client authentication, a signed token. `/control` says who the person at the browser is, and how the
platform misbehaves.
"""

import asyncio
import base64
import hashlib
import os
import secrets
import sys
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from juzhu.face.main import run

CLIENT, SECRET = "juzhu", "a secret of the platform"


class Platform:
    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.person: dict[str, Any] = {}
        self.wrong: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.rotate()

    def rotate(self) -> None:
        kid = secrets.token_hex(4)
        self.key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "auth_time": now - (0 if asked.get("prompt") == "login" else 7200),
            **self.person,
            **self.wrong.get("claims", {}),
        }
        key = ECKey.generate_key("P-256") if self.wrong.get("forged") else self.key
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, key)


def _platform(request: Request) -> Platform:
    return request.app.state.platform


async def control(request: Request) -> Response:
    platform, wish = _platform(request), await request.json()
    platform.person, platform.wrong = wish["person"], wish.get("wrong", {})
    if wish.get("rotate"):
        platform.rotate()
    return PlainTextResponse("ok")


async def discovery(request: Request) -> Response:
    platform = _platform(request)
    if platform.wrong.get("silent"):
        return PlainTextResponse("busy", 503)
    return JSONResponse(
        {
            "issuer": platform.wrong.get("issuer", platform.issuer),
            "authorization_endpoint": f"{platform.issuer}/authorize",
            "token_endpoint": f"{platform.issuer}/token",
            "jwks_uri": f"{platform.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
    )


async def keys(request: Request) -> Response:
    return JSONResponse(KeySet([_platform(request).key]).as_dict(private=False))


async def authorize(request: Request) -> Response:
    query = dict(request.query_params)
    good = (
        query.get("client_id") == CLIENT
        and query.get("response_type") == "code"
        and "openid" in query.get("scope", "").split()
        and query.get("code_challenge_method") == "S256"
        and len(query.get("code_challenge", "")) == 43
        and query.get("nonce")
    )
    if not good:
        return PlainTextResponse("bad request", 400)
    platform = _platform(request)
    if platform.wrong.get("denied"):
        answer = {"error": "access_denied", "state": query["state"]}
    else:
        code = secrets.token_urlsafe(16)
        platform.codes[code] = query
        answer = {"code": code, "state": query["state"]}
    return RedirectResponse(f"{query['redirect_uri']}?{urlencode(answer)}", 302)


async def token(request: Request) -> Response:
    platform, form = _platform(request), dict(parse_qsl((await request.body()).decode()))
    basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    if request.headers.get("Authorization") != f"Basic {basic}":
        return JSONResponse({"error": "invalid_client"}, 401)
    asked = platform.codes.pop(str(form.get("code")), None)
    digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if (
        asked is None
        or asked["code_challenge"] != challenge
        or asked["redirect_uri"] != form.get("redirect_uri")
    ):
        return JSONResponse({"error": "invalid_grant"}, 400)
    answer = {"access_token": "x", "token_type": "Bearer", "id_token": platform.token(asked)}
    return JSONResponse(answer)


if __name__ == "__main__":
    app = Starlette(
        routes=[
            Route("/control", control, methods=["POST"]),
            Route("/.well-known/openid-configuration", discovery),
            Route("/keys", keys),
            Route("/authorize", authorize),
            Route("/token", token, methods=["POST"]),
        ]
    )
    app.state.platform = Platform(f"http://127.0.0.1:{sys.argv[1]}")
    asyncio.run(run(app, "127.0.0.1", int(sys.argv[1])))
    os._exit(0)
