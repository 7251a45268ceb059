"""Sign in to the editors' web interface with OpenID Connect, at the provider set by the owner.

    begin_identity_check ──> the provider's page ──> a code ──> finish_identity_check ──> subject

OpenID Connect Core 1.0 §3.1, with PKCE (RFC 7636). The issuer's host may be in a private network
and is asked without robots.txt. Any other host that the issuer names is fetched like a stranger's.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from copydesk import fetch
from copydesk.config import Settings
from copydesk.errors import FetchError
from copydesk.fetch.web import Web
from copydesk.kit import urls
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions

if TYPE_CHECKING:
    from joserfc.jwt import JWTClaimsRegistry

_ANSWER_BYTES = 1_000_000
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # asymmetric only
_CLOCK_ERROR_SECONDS = 60
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """An OpenID provider, with the client ID and secret of the editors' web interface."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    fetch: FetchOptions = field(default_factory=FetchOptions, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCheck:
    """An OpenID sign-in under way: the URL to send the browser to, and the URL it comes back to.

    `state` proves that the same browser comes back, `nonce` that the token belongs to this sign-in,
    and `verifier` that this desk began it.
    """

    address: str
    back: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Discovery:
    """The OpenID provider's endpoints and issuer name (OpenID Connect Discovery 1.0 §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _TokenAnswer:
    """The part of the OpenID token response that identifies the user."""

    id_token: str


def identity_provider(settings: Settings) -> IdentityProvider | None:
    """Return the OpenID provider of the settings, None if none is set."""
    oidc = settings.desk.oidc
    if not oidc.issuer:
        return None
    return IdentityProvider(
        issuer=oidc.issuer,
        client_id=oidc.client_id,
        client_secret=oidc.client_secret,
        fetch=settings.fetch,
    )


async def begin_identity_check(provider: IdentityProvider, back: str) -> IdentityCheck:
    """Begin an OpenID sign-in, after which the browser returns to the URL `back`.

    Raises FetchError.
    """
    async with _open_web(provider) as web:
        discovery = await _discover(web, provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    mark = "&" if "?" in discovery.authorization_endpoint else "?"
    return IdentityCheck(
        address=f"{discovery.authorization_endpoint}{mark}{urlencode(query)}",
        back=back,
        state=state,
        nonce=nonce,
        verifier=verifier,
    )


async def finish_identity_check(
    provider: IdentityProvider, check: IdentityCheck, code: str, now: datetime
) -> str:
    """Exchange an OpenID sign-in's code for the user's permanent identifier (subject).

    Raises FetchError if the provider does not answer, or its token is not valid for this sign-in.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": check.back,
        "client_id": provider.client_id,
        "code_verifier": check.verifier,
    }
    if provider.client_secret:
        form["client_secret"] = provider.client_secret
    async with _open_web(provider) as web:
        discovery = await _discover(web, provider)
        answer = await web.post(discovery.token_endpoint, form)
        token = _read_answer(provider, answer, _TokenAnswer).id_token
        keys = await _get(web, provider, discovery.jwks_uri, dict[str, Any])
    rules = _claim_rules(discovery.issuer, provider.client_id, check.nonce, now)
    return _verify_token(provider, token, keys, rules)


def _open_web(provider: IdentityProvider) -> Web:
    host = urls.host(provider.issuer).strip("[]")
    options = replace(provider.fetch, allow_hosts=(host,), max_bytes=_ANSWER_BYTES)
    return Web(options, fetch.WallClock())


async def _discover(web: Web, provider: IdentityProvider) -> _Discovery:
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = await _get(web, provider, address, _Discovery)
    if found.issuer.rstrip("/") != provider.issuer.rstrip("/"):
        raise _refusal(provider, "stated another name", found.issuer)
    scheme = provider.issuer.partition(":")[0]
    for endpoint in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
        if not endpoint.startswith(("https://", f"{scheme}://")):
            raise _refusal(provider, "named a URL without https", endpoint)
    return found


async def _get(web: Web, provider: IdentityProvider, address: str, kind: type[_T]) -> _T:
    answer = await web.fetch(Request(url=address))
    return _read_answer(provider, answer, kind)


def _read_answer(
    provider: IdentityProvider, answer: Page | NotModified | Refused, kind: type[_T]
) -> _T:
    import msgspec

    if not isinstance(answer, Page):
        why = f"{answer.reason} {answer.detail}" if isinstance(answer, Refused) else "no content"
        raise _refusal(provider, "cannot be reached", why.strip())
    if answer.status != 200:
        raise _refusal(provider, "refused the request", f"status {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.DecodeError as error:
        raise _refusal(provider, "sent an invalid response", str(error)) from error


def _claim_rules(issuer: str, client: str, nonce: str, now: datetime) -> JWTClaimsRegistry:
    """Return the rules for an OpenID token's claims: issuer, client, nonce and age must fit."""
    from joserfc.jwt import JWTClaimsRegistry

    return JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_CLOCK_ERROR_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
        sub={"essential": True},
    )


def _verify_token(
    provider: IdentityProvider, token: str, keys: Mapping[str, Any], rules: JWTClaimsRegistry
) -> str:
    """Return the subject of an OpenID token, checked by the provider's keys and the claim rules."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type] # it looks at them itself
        claims = jwt.decode(token, key_set, algorithms=_ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refusal(provider, "sent an invalid token", str(error)) from error
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise _refusal(provider, "sent a token for another client", str(claims["azp"]))
    return str(claims["sub"])


def _refusal(provider: IdentityProvider, what: str, why: str) -> FetchError:
    return FetchError(
        f"the sign-in provider {what} ({why[:200]})",
        subject=provider.issuer,
        hint="sign in another way, and check [desk.oidc] in beat.toml and the provider's settings",
    )
