"""Sign users in by OpenID Connect, and out when the provider ends their session."""

from __future__ import annotations

import asyncio
import hmac
import shlex
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from copydesk.desk.sign_in._visitor import (
    AttemptKeys,
    Door,
    SecretCookie,
    SignInPages,
    Visitor,
    own_page,
    read_form,
    visitor_of,
)
from copydesk.desk.sign_in._ways_in import WaysIn
from copydesk.desk_store import DeskStore
from copydesk.desk_store.accounts import Account
from copydesk.errors import FetchError
from copydesk.newsroom import accounts, identity

_LIFETIME = timedelta(minutes=10)
_MOST_CHECKS = 1_000


@dataclass(frozen=True, slots=True)
class _Question:
    """A sign-in under way at an OpenID provider: the wanted page, and the attempt's keys."""

    check: identity.IdentityCheck
    wanted: str
    keys: AttemptKeys
    uptime_seconds: float


class ProviderSignIn:
    """The routes of sign-in by OpenID Connect: to the provider, back, and the provider's sign-out.

    Sign-ins under way are kept in memory. The provider's issuer and subject must belong to an
    account; signing in makes one only if the rule of the settings fits.
    """

    def __init__(self, store: DeskStore, door: Door, pages: SignInPages, ways: WaysIn) -> None:
        self._store = store
        self._door = door
        self._pages = pages
        self._ways = ways
        self._checks: OrderedDict[str, _Question] = OrderedDict()
        self._logouts = identity.LogoutCheck(door.provider) if door.provider else None

    async def leave(self, request: Request) -> Response:
        """Redirect to the OpenID provider; a cookie proves later that the same browser returns."""
        visitor, provider = visitor_of(request), self._door.provider
        if provider is None:
            return Response(status_code=404)
        if request.headers.get("Sec-Fetch-Dest", "document") != "document":
            return Response(status_code=403)  # pictures of a strange page would use up the attempts
        limits = self._ways.limits
        keys = await asyncio.to_thread(limits.find_keys, request, "provider")
        if wait := await asyncio.to_thread(limits.count, keys):
            return self._ways.ask_to_wait(visitor, request.query_params, wait)
        back = f"{visitor.admission.origin}{self._door.root}sign-in/provider/back"
        try:
            check = await identity.begin_identity_check(provider, back)
        except FetchError as error:
            return self._fail(error)
        wanted = own_page(request.query_params.get("next", ""), self._door.root)
        seconds = self._door.read_clocks().uptime_seconds
        self._checks[check.state] = _Question(check, wanted, keys, seconds)
        while len(self._checks) > _MOST_CHECKS:
            self._checks.popitem(last=False)
        response = RedirectResponse(check.address, 303)
        self._cookie(visitor).set(response, check.state, _LIFETIME)
        return response

    async def come_back(self, request: Request) -> Response:
        """Begin a session for the account that the OpenID provider names, if there is one."""
        visitor, provider = visitor_of(request), self._door.provider
        state, code = (request.query_params.get(name, "") for name in ("state", "code"))
        issuer = request.query_params.get("iss", "")
        known = self._take(state, self._cookie(visitor).read(request.headers))
        if provider is None or known is None or not _is_of(provider, issuer) or not code:
            if wait := await self._ways.refuse(visitor, "provider"):
                return self._ways.ask_to_wait(visitor, {}, wait)
            problem = self._pages.say("sign_in_over_about")
            return self._pages.answer("link_over.html", "sign_in_over", 400, problem)
        now = self._door.read_clocks().now
        try:
            user = await identity.finish_identity_check(provider, known.check, code, now)
        except FetchError as error:
            await self._ways.note("sign-in-refused", visitor, about="provider")
            return self._fail(error)
        account, why = await asyncio.to_thread(self._find_account, provider, user, visitor)
        if account is None or why:
            about = ", ".join(filter(None, ("provider", user.subject, why)))
            await self._ways.note("sign-in-refused", visitor, about=about)
            return self._pages.answer(
                "unknown_identity.html",
                "account_closed" if account else "unknown_identity",
                403,
                issuer=provider.issuer,
                subject=user.subject,
                quoted=shlex.quote(user.subject),
                closed=account.name if account else "",
            )
        await asyncio.to_thread(self._ways.limits.forgive, known.keys)
        response = RedirectResponse(known.wanted, 303)
        self._cookie(visitor).clear(response)
        return await self._ways.begin_session(
            request, account.name, response, "provider", user.session
        )

    def _find_account(
        self, provider: identity.IdentityProvider, user: identity.Identity, visitor: Visitor
    ) -> tuple[Account | None, str]:
        """Return a user's account, and why nobody may sign in to it, "" if they may.

        The rule makes an account for a user without one. Those that it made are closed when it no
        longer fits; those that an owner connected are not its business.
        """
        why = identity.find_refusal(provider, user)
        with self._store.at_once():
            account = self._store.accounts.find_by_subject(user.issuer, user.subject)
            changes = accounts.AccountChanges(
                self._store, self._door.read_clocks(), provider.issuer, visitor.address
            )
            if account is None:
                account = None if why else changes.admit(user)
                return account, why or "the account was removed" * (account is None)
            if not (account.by_rule and provider.has_rule and why):
                return account, ""
            changes.suspend(account.name)
            return account, why

    async def log_out(self, request: Request) -> Response:
        """End the sessions that the provider's logout token names (Back-Channel Logout 1.0 §2.5).

        No browser sends it: the token's signature is the proof.
        """
        visitor, form = visitor_of(request), await read_form(request)
        if self._logouts is None:
            return Response(status_code=404)
        moment = self._door.read_clocks()
        try:
            user = await self._logouts.verify(
                form.get("logout_token", ""), moment.now, moment.uptime_seconds
            )
        except FetchError as error:
            return Response(f"{error}\n", 400, media_type="text/plain")
        ended = await asyncio.to_thread(
            self._store.sessions.end_of_provider, user.issuer, user.subject, user.session
        )
        for name in sorted(set(ended)):
            await self._ways.note("sessions-ended", visitor, about=name, who=user.issuer)
        return Response()

    def _cookie(self, visitor: Visitor) -> SecretCookie:
        return SecretCookie(visitor.admission, self._door.root, "provider")

    def _take(self, state: str, brought: str) -> _Question | None:
        """Return the browser's own sign-in under way, None if another browser began it."""
        if not hmac.compare_digest(state.encode(), brought.encode()):
            return None
        question = self._checks.pop(state, None)
        if question is None:
            return None
        age = self._door.read_clocks().uptime_seconds - question.uptime_seconds
        return question if 0 <= age <= _LIFETIME.total_seconds() else None

    def _fail(self, error: FetchError) -> Response:
        """Return a page that says that the OpenID provider failed."""
        return self._pages.answer("link_over.html", "provider_failed", 502, str(error))


def _is_of(provider: identity.IdentityProvider, issuer: str) -> bool:
    """Return whether an OpenID answer is from this provider, if it names one (RFC 9207)."""
    return not issuer or issuer.rstrip("/") == provider.issuer.rstrip("/")
