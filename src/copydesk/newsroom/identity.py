"""Sign in to the editors' web interface with OpenID Connect, at the provider set by the owner.

    begin_identity_check ──> the provider's page ──> a code ──> finish_identity_check ──> Identity
    the provider ends a session ──> LogoutCheck

OpenID Connect Core 1.0 §3.1, with PKCE (RFC 7636), and Back-Channel Logout 1.0. The issuer's host
may be in a private network and is asked without robots.txt. Any other host that the issuer names is
fetched like a stranger's.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus, urlencode

from copydesk import fetch
from copydesk.config import Settings
from copydesk.errors import FetchError
from copydesk.fetch.web import Web
from copydesk.kit import urls
from copydesk.kit.options import fill
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions

if TYPE_CHECKING:
    from joserfc.jwt import JWTClaimsRegistry

_ANSWER_BYTES = 1_000_000
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # asymmetric only
_CLOCK_ERROR_SECONDS = 60
_ASK_AGAIN_SECONDS = 60.0
_LOGOUT_SECONDS = 300  # how old a message of the provider may be
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# no letter of theirs looks like one of another script
_BESIDE_OTHERS = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """An OpenID provider, with the client ID and secret of the editors' web interface.

    `groups`, `groups_claim` and `mail_domains` are the rule for new accounts, and `only` tells that
    nobody may sign in another way (see OpenIdOptions).
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    groups: tuple[str, ...] = ()
    groups_claim: str = "groups"
    mail_domains: tuple[str, ...] = ()
    only: bool = False
    fetch: FetchOptions = field(default_factory=FetchOptions, repr=False)

    @property
    def has_rule(self) -> bool:
        """Return whether a first sign-in may make an account."""
        return bool(self.groups or self.mail_domains)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A user of an OpenID provider: the permanent `subject`, the `session` there, the claims."""

    issuer: str
    subject: str
    session: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


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
    userinfo_endpoint: str = ""
    scopes_supported: tuple[str, ...] = ()
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TokenAnswer:
    """The part of the OpenID token response that identifies the user."""

    id_token: str
    access_token: str = ""


def identity_provider(settings: Settings) -> IdentityProvider | None:
    """Return the OpenID provider of the settings, None if none is set."""
    oidc = settings.desk.oidc
    return fill(IdentityProvider, oidc, fetch=settings.fetch) if oidc.issuer else None


def find_refusal(provider: IdentityProvider, identity: Identity) -> str:
    """Return why the rule for new accounts does not fit a user, "" if it does."""
    if not provider.has_rule:
        return "no rule for new accounts"
    found = _find_claim(identity.claims, provider.groups_claim)
    groups = found if isinstance(found, list) else [found]
    if provider.groups and not any(group in groups for group in provider.groups):
        return "in no group of the rule"
    address = identity.claims.get("email")
    domain = address.rpartition("@")[2].casefold() if isinstance(address, str) else ""
    if provider.mail_domains and domain not in provider.mail_domains:
        return "no mail address in a domain of the rule"
    if provider.mail_domains and identity.claims.get("email_verified") is not True:
        return "the mail address is not verified"
    return ""


def list_names(identity: Identity) -> tuple[str, ...]:
    """Return the names of a user for a new account, the best first.

    People choose them themselves. A name that could be drawn like another person's is left out.
    """
    claims = (identity.claims.get(name) for name in ("name", "preferred_username", "nickname"))
    return tuple(name for name in claims if isinstance(name, str) and _is_of_one_script(name))


def _is_of_one_script(name: str) -> bool:
    """Return whether a name mixes no scripts, and has no symbols and marks that nobody sees.

    Scripts share shapes: a Cyrillic letter makes another name look Latin (Unicode UTS 39 §5.1).
    """
    scripts = {
        unicodedata.name(letter, "").partition(" ")[0]
        for letter in unicodedata.normalize("NFKC", name)
        if unicodedata.category(letter)[0] in "LMS"
    }
    return len(scripts - _BESIDE_OTHERS) <= 1


def _find_claim(claims: Mapping[str, Any], path: str) -> object:
    """Return the claim of a name; a path such as `realm_access.roles` leads into objects."""
    if path in claims:
        return claims[path]
    first, _, rest = path.partition(".")
    inner = claims.get(first)
    return _find_claim(inner, rest) if rest and isinstance(inner, dict) else None


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
        "scope": " ".join(_list_scopes(provider, discovery)),
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
) -> Identity:
    """Exchange an OpenID sign-in's code for the user's identity.

    The claims are those of the token and, with a rule, of the provider's UserInfo (§5.3).
    Raises FetchError if the provider does not answer, or its token is not valid for this sign-in.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": check.back,
        "code_verifier": check.verifier,
    }
    async with _open_web(provider) as web:
        discovery = await _discover(web, provider)
        proof, headers = _prove_client(provider, discovery)
        answer = await web.post(discovery.token_endpoint, {**form, **proof}, headers)
        told = _read_answer(provider, answer, _TokenAnswer)
        keys = await _get(web, provider, discovery.jwks_uri, dict[str, Any])
        must = {"essential": True}
        nonce = {**must, "value": check.nonce}
        rules = _claim_rules(discovery.issuer, provider, now, nonce=nonce, exp=must, sub=must)
        claims = _verify_token(provider, told.id_token, keys, rules)
        if provider.has_rule and discovery.userinfo_endpoint and told.access_token:
            asked = Request(
                url=discovery.userinfo_endpoint,
                headers={"Authorization": f"Bearer {told.access_token}"},
            )
            more = _read_answer(provider, await web.fetch(asked), dict[str, Any])
            if more.get("sub") != claims["sub"]:
                raise _refusal(provider, "described another user", str(more.get("sub")))
            if "email" in claims and more.get("email") != claims["email"]:
                more.pop("email_verified", None)  # that is said of another address
            claims = {**more, **claims}
    return Identity(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        session=str(claims.get("sid", "")),
        claims=claims,
    )


def _prove_client(
    provider: IdentityProvider, discovery: _Discovery
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the form fields and headers that prove to the provider who asks (RFC 6749 §2.3.1).

    The secret is sent in the form where the provider says that it takes it there.
    """
    named = {"client_id": provider.client_id}
    if not provider.client_secret:
        return named, {}
    if "client_secret_post" in discovery.token_endpoint_auth_methods_supported:
        return {**named, "client_secret": provider.client_secret}, {}
    pair = ":".join(map(quote_plus, (provider.client_id, provider.client_secret)))
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _list_scopes(provider: IdentityProvider, discovery: _Discovery) -> list[str]:
    """Return the scopes to ask for: with a rule, those with names, mail address and groups.

    Some providers refuse a scope that they do not name, though they should ignore it.
    """
    wanted = ("profile", "email", provider.groups_claim) if provider.has_rule else ()
    known = discovery.scopes_supported or ("profile", "email")
    return ["openid", *(scope for scope in wanted if scope in known)]


class LogoutCheck:
    """Verifies the messages by which an OpenID provider ends sessions (logout tokens).

    Anybody can send one. The provider is asked for its keys once a minute at most.
    """

    def __init__(self, provider: IdentityProvider) -> None:
        self._provider = provider
        self._lock = asyncio.Lock()
        self._keys: Mapping[str, Any] = {}
        self._issuer = ""
        self._asked: float | None = None

    async def verify(self, token: str, now: datetime, uptime_seconds: float) -> Identity:
        """Return whose session has ended: `session` is "" for all, `subject` is "" for anybody's.

        Raises FetchError if the token is not valid, or if the provider cannot be asked.
        """
        async with self._lock:
            if self._asked is None or uptime_seconds - self._asked >= _ASK_AGAIN_SECONDS:
                self._asked = uptime_seconds
                async with _open_web(self._provider) as web:
                    discovery = await _discover(web, self._provider)
                    keys = await _get(web, self._provider, discovery.jwks_uri, dict[str, Any])
                self._keys, self._issuer = keys, discovery.issuer
        rules = _claim_rules(self._issuer, self._provider, now, iat={"essential": True})
        claims = _verify_token(self._provider, token, self._keys, rules)
        if not _is_logout(claims, now):
            raise _refusal(self._provider, "sent an invalid logout token", "see its claims")
        subject, session = (claims.get(name, "") for name in ("sub", "sid"))
        return Identity(issuer=self._provider.issuer, subject=subject, session=session)


def _is_logout(claims: Mapping[str, Any], now: datetime) -> bool:
    """Return whether a token's claims end a session, and are fresh (§2.6)."""
    events, who = claims.get("events"), [claims.get(name, "") for name in ("sub", "sid")]
    is_fresh = now.timestamp() - float(claims["iat"]) <= _LOGOUT_SECONDS
    names_somebody = any(who) and all(isinstance(value, str) for value in who)
    is_event = isinstance(events, dict) and _LOGOUT_EVENT in events
    return is_fresh and names_somebody and is_event and "nonce" not in claims


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
    named = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    for endpoint in (*named, found.userinfo_endpoint):
        if endpoint and not endpoint.startswith(("https://", f"{scheme}://")):
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
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise _refusal(provider, "sent an invalid response", str(error)) from error


def _claim_rules(
    issuer: str, provider: IdentityProvider, now: datetime, **more: Any
) -> JWTClaimsRegistry:
    """Return the rules for a token's claims: issuer, client and age must fit, and `more`."""
    from joserfc.jwt import JWTClaimsRegistry

    return JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_CLOCK_ERROR_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": provider.client_id},
        **more,
    )


def _verify_token(
    provider: IdentityProvider, token: str, keys: Mapping[str, Any], rules: JWTClaimsRegistry
) -> dict[str, Any]:
    """Return the claims of an OpenID token, checked by the provider's keys and the claim rules."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type] # it looks at them itself
        claims = jwt.decode(token, key_set, algorithms=_ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refusal(provider, "sent an invalid token", str(error)) from error
    client = claims.get("azp", claims["aud"])  # §3.1.3.7: with several clients, azp names one
    if client not in (provider.client_id, [provider.client_id]):
        raise _refusal(provider, "sent a token for another client", str(client))
    return claims


def _refusal(provider: IdentityProvider, what: str, why: str) -> FetchError:
    return FetchError(
        f"the sign-in provider {what} ({why[:200]})",
        subject=provider.issuer,
        hint="sign in another way, and check [desk.oidc] in beat.toml and the provider's settings",
    )
