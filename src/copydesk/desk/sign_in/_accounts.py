"""Serve the page of an editor's own account: password, passkeys, sessions and tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from copydesk.desk.sign_in import _visitor, _ways_in
from copydesk.desk.sign_in._visitor import (
    Door,
    PasswordCheck,
    SignInLimits,
    SignInPages,
    Visitor,
    read_body,
    read_form,
    require_role,
    visitor_of,
)
from copydesk.desk_store import OTHER_NETWORKS, AuditEntry, AuditKind, DeskStore
from copydesk.desk_store.accounts import ROLES, Passkey, Role
from copydesk.desk_store.sessions import ApiToken, Session
from copydesk.errors import UsageError
from copydesk.newsroom import accounts

_FRESH = timedelta(minutes=15)


class OwnAccount:
    """The routes below `account/`, on which users manage their own account."""

    def __init__(self, store: DeskStore, door: Door, pages: SignInPages) -> None:
        self._store = store
        self._door = door
        self._pages = pages
        self._passwords = PasswordCheck(store, SignInLimits(store, door))
        self._challenges = _ways_in.Challenges()

    async def show(self, request: Request) -> Response:
        """Answer with the page of the user's own account."""
        return await self._show(require_role(request, "viewer"))

    async def set_password(self, request: Request) -> Response:
        """Set the user's new password, after checking the old one; other sessions end."""
        visitor, form = require_role(request, "viewer"), await read_form(request)
        new = form.get("new", "")
        if refusal := await self._refuse_wrong_password(request, form.get("old", "")):
            return refusal
        if fault := _visitor.find_fault(new, visitor.name):
            return await self._show(visitor, 400, self._pages.say(fault))
        hashed = await self._passwords.hash(new)

        def keep() -> None:
            with self._store.at_once():
                self._store.accounts.set_password(visitor.name, hashed)
                self._end_others(visitor)
                self._note("password-changed", visitor)

        return await self._do(keep)

    async def ask_passkey(self, request: Request) -> Response:
        """Answer with the WebAuthn options for adding a passkey, as JSON."""
        visitor = require_role(request, "viewer")
        if not visitor.admission.passkey_host:
            return JSONResponse({"problem": self._pages.say("no_passkey_here")}, 400)

        if not self._is_fresh(visitor):
            return JSONResponse({"problem": self._pages.say("sign_in_again")}, 403)

        def ask() -> str:
            account = self._store.accounts.get(visitor.name)
            uptime_seconds = self._door.read_clocks().uptime_seconds
            challenge = self._challenges.make(f"add {account.name}", uptime_seconds)
            known = self._store.accounts.passkeys(account.name)
            title = self._pages.title
            return _ways_in.ask_to_register(visitor.admission, challenge, account, known, title)

        return Response(await asyncio.to_thread(ask), media_type="application/json")

    async def add_passkey(self, request: Request) -> Response:
        """Store the passkey (WebAuthn credential) that a device created for the user."""
        visitor, body = require_role(request, "viewer"), await read_body(request)
        label = describe_agent(request.headers.get("User-Agent", ""))
        try:
            await asyncio.to_thread(self._add_passkey, visitor, body, label)
        except UsageError:
            return JSONResponse({"problem": self._pages.say("passkey_unfit")}, 400)
        return JSONResponse({"next": f"{self._door.root}account/"})

    async def remove_passkey(self, request: Request) -> Response:
        """Delete one of the user's own passkeys."""
        visitor, form = require_role(request, "viewer"), await read_form(request)
        passkey_id = _read_hex(form)

        def remove() -> None:
            self._store.accounts.remove_passkey(visitor.name, passkey_id)
            self._note("passkey-removed", visitor)

        return await self._do(remove)

    async def end_session(self, request: Request) -> Response:
        """End one of the user's own sessions."""
        visitor, form = require_role(request, "viewer"), await read_form(request)

        def end() -> None:
            self._store.sessions.end(visitor.name, form.get("session", ""))
            self._note("session-ended", visitor)

        return await self._do(end)

    async def end_token(self, request: Request) -> Response:
        """End one of the user's own API tokens."""
        visitor, form = require_role(request, "viewer"), await read_form(request)
        changes = accounts.AccountChanges(
            self._store, self._door.read_clocks(), visitor.name, visitor.address
        )
        return await self._do(lambda: changes.end_token(visitor.name, form.get("token", "")))

    async def end_others(self, request: Request) -> Response:
        """End all of the user's sessions except for the present one."""
        visitor = require_role(request, "viewer")

        def end() -> None:
            self._end_others(visitor)
            self._note("sessions-ended", visitor)

        return await self._do(end)

    async def _refuse_wrong_password(self, request: Request, old: str) -> Response | None:
        """Return the answer to a wrong old password, None if it is right or none is set."""
        visitor = visitor_of(request)
        account = await asyncio.to_thread(self._store.accounts.get, visitor.name)
        if not account.password and self._is_fresh(visitor):
            return None
        if not account.password:
            return await self._show(visitor, 403, self._pages.say("sign_in_again"))
        wait = await self._passwords.count(request, visitor.name)
        if wait is not None:
            return await self._show(visitor, 429, self._pages.say_wait(wait))
        if await self._passwords.find(request, visitor.name, old) is None:
            return await self._show(visitor, 401, self._pages.say("password_wrong"))
        return None

    def _is_fresh(self, visitor: Visitor) -> bool:
        """Return whether the session is new enough to add a passkey or password.

        Otherwise whoever finds a signed-in browser could keep access for ever. A web server in
        front signs in with each request.
        """
        since = visitor.since
        return since is None or self._door.read_clocks().now - since <= _FRESH

    async def _do(self, change: Callable[[], None]) -> Response:
        """Make a change of the account, and redirect to the account's page."""
        await asyncio.to_thread(change)
        return RedirectResponse(f"{self._door.root}account/", 303)

    def _add_passkey(self, visitor: Visitor, body: bytes, label: str) -> None:
        answer, moment = _ways_in.read_answer(body), self._door.read_clocks()
        self._challenges.use(answer.challenge, f"add {visitor.name}", moment.uptime_seconds)
        passkey = _ways_in.verify_registration(answer, visitor.admission, label, moment.now)
        self._store.accounts.add_passkey(visitor.name, passkey)
        self._note("passkey-added", visitor)

    def _end_others(self, visitor: Visitor) -> None:
        for session in self._store.sessions.of(visitor.name, self._door.read_clocks().now):
            if session.id != visitor.session:
                self._store.sessions.end(visitor.name, session.id)

    async def _show(self, visitor: Visitor, status: int = 200, problem: str = "") -> Response:
        def read() -> tuple[bool, tuple[Passkey, ...], tuple[Session, ...], tuple[ApiToken, ...]]:
            account = self._store.accounts.get(visitor.name)
            now = self._door.read_clocks().now
            sessions = self._store.sessions.of(account.name, now)
            passkeys = self._store.accounts.passkeys(account.name)
            tokens = self._store.tokens.of(account.name, now)
            return bool(account.password), passkeys, sessions, tokens

        has_password, passkeys, sessions, tokens = await asyncio.to_thread(read)
        return self._pages.answer(
            "account.html",
            "account",
            status,
            problem,
            visitor={"name": visitor.name, "role": visitor.role, "session": visitor.session},
            has_password=has_password,
            has_passkeys=bool(visitor.admission.passkey_host),
            passkeys=[_view_passkey(passkey) for passkey in passkeys],
            sessions=[_view_session(session) for session in sessions],
            tokens=[_view_token(token) for token in tokens],
            least=_visitor.LEAST_CHARACTERS,
        )

    def _note(self, what: AuditKind, visitor: Visitor) -> None:
        at = self._door.read_clocks().now
        self._store.audit.add(
            AuditEntry(at=at, who=visitor.name, what=what, address=visitor.address)
        )


def describe_agent(agent: str) -> str:
    """Return the names of browser and system in a User-Agent header, "" if unknown.

    Most agents name several browsers; the first that fits is meant.
    """
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    browser = next((name for name in browsers if name in agent), "")
    system = next((name for name in systems if name in agent), "")
    return ", ".join(filter(None, (browser, system)))


def _view_passkey(passkey: Passkey) -> Mapping[str, str]:
    return {
        "id": passkey.id.hex(),
        "label": passkey.label or "?",
        "made": f"{passkey.made:%Y-%m-%d}",
    }


def _view_session(session: Session) -> Mapping[str, str]:
    return {
        "id": session.id,
        "agent": describe_agent(session.agent) or "?",
        "address": session.address,
        "seen": f"{session.seen:%Y-%m-%d %H:%M} UTC",
    }


def _view_token(token: ApiToken) -> Mapping[str, str]:
    return {
        "id": token.id,
        "label": token.label,
        "scopes": ", ".join(token.scopes),
        "expires": f"{token.expires:%Y-%m-%d}",
    }


def _read_hex(form: Mapping[str, str]) -> bytes:
    try:
        return bytes.fromhex(form.get("passkey", ""))
    except ValueError:
        return b""


# Serve the page on which owners manage accounts and read the audit log.

_AUDIT_ENTRIES = 100

Change = Callable[[accounts.AccountChanges, str, Mapping[str, str]], object]
"""What an owner wants done; the secret of a link in, where it makes one."""


class People:
    """The routes below `people/`, on which owners manage all accounts."""

    def __init__(self, store: DeskStore, door: Door, pages: SignInPages) -> None:
        self._store = store
        self._door = door
        self._pages = pages

    async def show(self, request: Request) -> Response:
        """Answer with all user accounts, and the latest entries of the audit log."""
        return await self._show(require_role(request, "owner"))

    async def add(self, request: Request) -> Response:
        """Create an account, and show its sign-in link, which is shown only this once."""
        return await self._change(request, lambda to, name, form: to.add(name, _read_role(form)))

    async def reset(self, request: Request) -> Response:
        """Delete an account's password and passkeys, and show its new sign-in link."""
        return await self._change(request, lambda to, name, _: to.reset(name))

    async def set_role(self, request: Request) -> Response:
        """Change an account's role; the last owner stays an owner."""
        return await self._change(
            request, lambda to, name, form: to.set_role(name, _read_role(form))
        )

    async def end(self, request: Request) -> Response:
        """End all sessions of an account."""
        return await self._change(request, lambda to, name, _: to.end_sessions(name))

    async def remove(self, request: Request) -> Response:
        """Delete an account; the last owner's cannot be deleted."""
        return await self._change(request, lambda to, name, _: to.remove_unless_only_owner(name))

    async def _change(self, request: Request, change: Change) -> Response:
        """Make a change of accounts, then show its sign-in link or redirect to the page.

        `change` gets what makes changes, the name in the form, and the form.
        """
        visitor, form = require_role(request, "owner"), await read_form(request)
        name = form.get("name", "")
        moment = self._door.read_clocks()
        changes = accounts.AccountChanges(self._store, moment, visitor.name, visitor.address)

        def make() -> object:
            with self._store.at_once():
                return change(changes, name, form)

        try:
            secret = await asyncio.to_thread(make)
        except UsageError as error:
            return await self._show(visitor, 400, f"{error}. {error.hint}".strip())
        if not isinstance(secret, str):
            return RedirectResponse(f"{self._door.root}people/", 303)
        link = f"{visitor.admission.origin}{self._door.root}enter/{secret}"
        return await self._show(visitor, link={"name": name, "address": link})

    async def _show(
        self,
        visitor: Visitor,
        status: int = 200,
        problem: str = "",
        link: Mapping[str, str] | None = None,
    ) -> Response:
        def read() -> Mapping[str, object]:
            now = self._door.read_clocks().now
            people: list[Mapping[str, object]] = [
                {
                    "name": account.name,
                    "role": account.role,
                    "sessions": len(self._store.sessions.of(account.name, now)),
                }
                for account in self._store.accounts.list()
            ]
            audit = self._store.audit
            refusals, count = audit.latest_refusals(_AUDIT_ENTRIES), audit.count_refusals()
            return {
                "people": people,
                "entries": [*map(self._view_entry, audit.latest_but_refusals(_AUDIT_ENTRIES))],
                "refusals": [*map(self._view_entry, refusals)],
                "refused": self._pages.say("audit_refused", count=count) if count else "",
            }

        shown = await asyncio.to_thread(read)
        return self._pages.answer(
            "people.html",
            "people",
            status,
            problem,
            roles=ROLES,
            link=link,
            own_name=visitor.name,
            **shown,
        )

    def _view_entry(self, entry: AuditEntry) -> Mapping[str, str]:
        is_many = entry.address == OTHER_NETWORKS
        first, last = (f"{at:%Y-%m-%d %H:%M}" for at in (entry.at, entry.last or entry.at))
        return {
            "at": first,
            "last": last if last != first else "",
            "times": self._pages.say("audit_times", count=entry.count) if entry.count > 1 else "",
            "who": entry.who or "?",
            "what": entry.what.replace("-", "_"),
            "about": entry.about,
            "address": self._pages.say("audit_other_networks") if is_many else entry.address,
        }


def _read_role(form: Mapping[str, str]) -> Role:
    """Return the role in a form, `viewer` if there is none."""
    return next((role for role in ROLES if role == form.get("role")), "viewer")
