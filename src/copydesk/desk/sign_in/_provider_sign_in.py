"""Sign-in by an OpenID provider: the browser is sent there, and comes back with its word."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from copydesk import engine
from copydesk.desk.sign_in._attempts import AttemptKeys
from copydesk.desk.sign_in._cookies import SecretCookie
from copydesk.desk.sign_in._door import Door
from copydesk.desk.sign_in._requests import own_page
from copydesk.desk.sign_in._sign_in_pages import SignInPages
from copydesk.desk.sign_in._visitor import Visitor, visitor_of
from copydesk.desk.sign_in._ways_in import WaysIn
from copydesk.desk_store import DeskStore
from copydesk.errors import FetchError

_LIFETIME = timedelta(minutes=10)
_MOST_CHECKS = 1_000


@dataclass(frozen=True, slots=True)
class _Question:
    """A question that is under way: where its browser wants to go, and by what it was counted."""

    check: engine.IdentityCheck
    wanted: str
    keys: AttemptKeys
    uptime_seconds: float


class ProviderSignIn:
    """The two routes; questions that are under way are in memory, each good once.

    Nobody comes into being here: the provider's word lets in who has an account that is bound to
    its issuer and subject.
    """

    def __init__(self, store: DeskStore, door: Door, pages: SignInPages, ways: WaysIn) -> None:
        self._store = store
        self._door = door
        self._pages = pages
        self._ways = ways
        self._checks: OrderedDict[str, _Question] = OrderedDict()

    async def leave(self, request: Request) -> Response:
        """Send the browser to the provider; a cookie proves that the same one comes back."""
        visitor, provider = visitor_of(request), self._door.provider
        if provider is None:
            return Response(status_code=404)
        limits = self._ways.limits
        keys = await asyncio.to_thread(limits.find_keys, request, "provider")
        if wait := await asyncio.to_thread(limits.count, keys):
            return self._ways.ask_to_wait(visitor, request.query_params, wait)
        back = f"{visitor.admission.origin}{self._door.root}sign-in/provider/back"
        try:
            check = await engine.begin_identity_check(provider, back)
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
        """Begin a session for whom the provider names, if they have an account."""
        visitor, provider = visitor_of(request), self._door.provider
        state, code = (request.query_params.get(name, "") for name in ("state", "code"))
        issuer = request.query_params.get("iss", "")
        known = self._take(state, self._cookie(visitor).read(request.headers))
        if provider is None or known is None or not _is_of(provider, issuer) or not code:
            if wait := await self._ways.refuse(visitor, "provider"):
                return self._ways.ask_to_wait(visitor, {}, wait)
            return self._pages.answer("link_over.html", "link_over", 400)
        now = self._door.read_clocks().now
        try:
            subject = await engine.finish_identity_check(provider, known.check, code, now)
        except FetchError as error:
            await self._ways.note("sign-in-refused", visitor, about="provider")
            return self._fail(error)
        account = await asyncio.to_thread(
            self._store.accounts.find_by_subject, provider.issuer, subject
        )
        if account is None:
            await self._ways.note("sign-in-refused", visitor, about=f"provider, {subject}")
            return self._pages.answer(
                "unknown_identity.html",
                "unknown_identity",
                403,
                issuer=provider.issuer,
                subject=subject,
            )
        await asyncio.to_thread(self._ways.limits.forgive, known.keys)
        response = RedirectResponse(known.wanted, 303)
        self._cookie(visitor).clear(response)
        return await self._ways.begin_session(request, account.name, response, "provider")

    def _cookie(self, visitor: Visitor) -> SecretCookie:
        return SecretCookie(visitor.admission, self._door.root, "provider")

    def _take(self, state: str, brought: str) -> _Question | None:
        """Return a browser's own question, None for another's."""
        if not hmac.compare_digest(state.encode(), brought.encode()):
            return None
        question = self._checks.pop(state, None)
        if question is None:
            return None
        age = self._door.read_clocks().uptime_seconds - question.uptime_seconds
        return question if 0 <= age <= _LIFETIME.total_seconds() else None

    def _fail(self, error: FetchError) -> Response:
        """Return a page that says that the provider does not do its part."""
        return self._pages.answer("link_over.html", "provider_failed", 502, str(error))


def _is_of(provider: engine.IdentityProvider, issuer: str) -> bool:
    """Decide whether an answer comes from this provider, where it says so (RFC 9207)."""
    return not issuer or issuer.rstrip("/") == provider.issuer.rstrip("/")
