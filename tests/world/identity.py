"""An OpenID provider on 127.0.0.1 that says what a test wants it to."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from world.served_desk import NOON, serve_app

CLIENT, SECRET = "desk", "a secret between two"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """The provider; what it says can be changed: `discovery`, `claims`, `key`, `answer`.

    `user` is what it tells beside the token, to who brings the access token (UserInfo).
    """

    issuer: str = ""
    discovery: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    user: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    answer: Response | None = None
    asked: list[Mapping[str, str]] = field(default_factory=list)
    _questions: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def consent(self, address: str) -> str:
        """Let somebody sign in at the address to which the desk sent them; return the code."""
        assert address.startswith(f"{self.issuer}/authorize?")
        question = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self._questions)}"
        self._questions[code] = question
        return code

    async def discover(self, _request: Request) -> Response:
        """Say where what is."""
        known = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return JSONResponse({**known, **self.discovery})

    async def keys(self, _request: Request) -> Response:
        """Say with which key words are signed."""
        return JSONResponse(KeySet([KEY]).as_dict(private=False))

    async def token(self, request: Request) -> Response:
        """Give a token for a code, once, to who asked the question."""
        form = dict(parse_qsl((await request.body()).decode()))
        self.asked.append({**form, "authorization": request.headers.get("authorization", "")})
        question = self._questions.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if self.answer is not None:
            return self.answer
        if question is None or question["code_challenge"] != challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "4711",
            "nonce": question["nonce"],
            "exp": int(NOON.timestamp()) + 60,
            **self.claims,
        }
        signed = sign(claims, self.key, self.algorithm)
        return JSONResponse({"id_token": signed, "access_token": "let me in"})

    async def describe(self, request: Request) -> Response:
        """Describe the user to who brings the access token."""
        if request.headers.get("authorization") != "Bearer let me in":
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse({"sub": self.claims.get("sub", "4711"), **self.user})

    def end(self, **claims: Any) -> str:
        """Return the message by which the provider ends a session; `claims` change it."""
        known = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": int(NOON.timestamp()),
            "jti": "1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        kept = {key: value for key, value in {**known, **claims}.items() if value is not None}
        return sign(kept, self.key, self.algorithm)


def sign(claims: dict[str, Any], key: Any, algorithm: str) -> str:
    """Return a token; forgers sign with "none", or with the public key as a shared secret."""
    if isinstance(key, RSAKey):
        return jwt.encode({"alg": algorithm, "kid": "one"}, claims, key)
    header = json.dumps({"alg": algorithm, "kid": "one"}).encode()
    signed = ".".join(map(_write, (header, json.dumps(claims).encode())))
    secret = KEY.as_pem(private=False)
    digest = hmac.digest(secret, signed.encode(), "sha256") if algorithm == "HS256" else b""
    return f"{signed}.{_write(digest)}"


def _write(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


@contextlib.contextmanager
def serve_provider() -> Iterator[Provider]:
    """Serve a provider over loopback for the block."""
    provider = Provider()
    routes = [
        Route("/.well-known/openid-configuration", provider.discover),
        Route("/keys", provider.keys),
        Route("/token", provider.token, methods=["POST"]),
        Route("/userinfo", provider.describe),
    ]
    with serve_app(Starlette(routes=routes)) as port:
        provider.issuer = f"http://127.0.0.1:{port}"
        yield provider
