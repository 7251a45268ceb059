"""Serve the page on which owners manage accounts and read the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from copydesk.desk.sign_in._attempts import SignInPages, read_form
from copydesk.desk.sign_in._visitor import Door, Visitor, require_role
from copydesk.desk_store import OTHER_NETWORKS, AuditEntry, DeskStore
from copydesk.desk_store.accounts import ROLES, Role
from copydesk.errors import UsageError
from copydesk.newsroom import accounts

_AUDIT_ENTRIES = 100

Change = Callable[[accounts.AccountChanges], str | None]
"""What an owner wants done; the secret of a link in, where it makes one."""


class People:
    """The routes below `people/`, on which owners manage all accounts."""

    def __init__(self, store: DeskStore, door: Door, pages: SignInPages) -> None:
        self._store = store
        self._door = door
        self._pages = pages

    async def show(self, request: Request) -> Response:
        """Answer with all accounts, and the latest entries of the audit log."""
        return await self._show(require_role(request, "owner"))

    async def add(self, request: Request) -> Response:
        """Create an account, and show its sign-in link once."""
        form = await read_form(request)
        name, role = form.get("name", ""), _read_role(form)
        return await self._change(request, name, lambda changes: changes.add(name, role))

    async def reset(self, request: Request) -> Response:
        """Delete an account's password and passkeys, and show its new sign-in link once."""
        name = (await read_form(request)).get("name", "")
        return await self._change(request, name, lambda changes: changes.reset(name))

    async def set_role(self, request: Request) -> Response:
        """Change an account's role; the last owner stays an owner."""
        form = await read_form(request)
        name, role = form.get("name", ""), _read_role(form)

        def change(changes: accounts.AccountChanges) -> None:
            if role != "owner":
                changes.check_owner_stays(name)
            changes.set_role(name, role)

        return await self._change(request, name, change)

    async def end(self, request: Request) -> Response:
        """End all sessions of an account."""
        name = (await read_form(request)).get("name", "")

        def change(changes: accounts.AccountChanges) -> None:
            changes.end_sessions(name)

        return await self._change(request, name, change)

    async def remove(self, request: Request) -> Response:
        """Delete an account; the last owner's stays."""
        name = (await read_form(request)).get("name", "")

        def change(changes: accounts.AccountChanges) -> None:
            changes.check_owner_stays(name)
            changes.remove(name)

        return await self._change(request, name, change)

    async def _change(self, request: Request, name: str, change: Change) -> Response:
        """Make a change of accounts, then show its sign-in link or redirect to the page."""
        visitor = require_role(request, "owner")
        moment = self._door.read_clocks()
        changes = accounts.AccountChanges(self._store, moment, visitor.name, visitor.address)

        def make() -> str | None:
            with self._store.at_once():
                return change(changes)

        try:
            secret = await asyncio.to_thread(make)
        except UsageError as error:
            return await self._show(visitor, 400, f"{error}. {error.hint}".strip())
        if secret is None:
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
