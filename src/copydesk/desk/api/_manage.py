"""Who may use the desk, by an owner's token; and whom a token is of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from copydesk import engine
from copydesk.desk._desk import Desk
from copydesk.desk.api._endpoint import Call, Nothing
from copydesk.desk.sign_in import Visitor, read_clocks
from copydesk.desk_store.accounts import Role


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a token acts for, what it is good for, and until when."""

    name: str
    role: str
    label: str
    scopes: list[str]
    expires: datetime


class ApiPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may use the desk."""

    name: str
    role: str
    made: datetime
    sessions: int
    tokens: int


class PeopleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who may use the desk."""

    people: list[ApiPerson]


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is to use the desk."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    role: Role = "editor"


class NewRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody is to do from now on."""

    role: Role


class PersonLink(msgspec.Struct, frozen=True, kw_only=True):
    """The address that lets somebody in, good once, for a quarter of an hour."""

    name: str
    link: str


async def read_token(_desk: Desk, call: Call[Nothing, Nothing]) -> TokenAnswer:
    """Return whom this token acts for."""
    token = call.token
    return TokenAnswer(
        name=token.name,
        role=token.role,
        label=token.label,
        scopes=[scope for scope in token.scopes if token.may(scope)],
        expires=token.expires,
    )


async def list_people(desk: Desk, _call: Call[Nothing, Nothing]) -> PeopleAnswer:
    """Return everybody who may use the desk."""

    def read() -> PeopleAnswer:
        now, store = read_clocks().now, desk.store
        return PeopleAnswer(
            people=[
                ApiPerson(
                    name=account.name,
                    role=account.role,
                    made=account.made,
                    sessions=len(store.sessions.of(account.name, now)),
                    tokens=len(store.tokens.of(account.name, now)),
                )
                for account in store.accounts.list()
            ]
        )

    return await asyncio.to_thread(read)


async def add_person(desk: Desk, call: Call[Nothing, NewPerson]) -> PersonLink:
    """Let somebody use the desk; the answer has their link in."""
    name, role = call.body.name, call.body.role
    secret = await _change(desk, call.visitor, lambda changes: changes.add(name, role))
    return _make_link(desk, call.visitor, name, secret)


async def set_role(desk: Desk, call: Call[Nothing, NewRole]) -> Nothing:
    """Let somebody do more or less; the only owner stays one."""
    name, role = call.path["name"], call.body.role

    def change(changes: engine.AccountChanges) -> None:
        if role != "owner":
            changes.check_owner_stays(name)
        changes.set_role(name, role)

    await _change(desk, call.visitor, change)
    return Nothing()


async def reset_person(desk: Desk, call: Call[Nothing, Nothing]) -> PersonLink:
    """Take somebody's proofs, tokens and sessions away; the answer has their new link in."""
    name = call.path["name"]
    secret = await _change(desk, call.visitor, lambda changes: changes.reset(name))
    return _make_link(desk, call.visitor, name, secret)


async def end_sessions(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Sign somebody out everywhere."""
    await _change(desk, call.visitor, lambda changes: changes.end_sessions(call.path["name"]))
    return Nothing()


async def remove_person(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Let somebody use the desk no more; the only owner stays."""
    name = call.path["name"]

    def change(changes: engine.AccountChanges) -> None:
        changes.check_owner_stays(name)
        changes.remove(name)

    await _change(desk, call.visitor, change)
    return Nothing()


async def _change(
    desk: Desk, visitor: Visitor, change: Callable[[engine.AccountChanges], object]
) -> str:
    """Make a change to accounts, and return the secret of the link that it made, if any."""
    changes = engine.AccountChanges(desk.store, read_clocks(), visitor.name, visitor.address)

    def make() -> object:
        with desk.store.at_once():
            return change(changes)

    made = await asyncio.to_thread(make)
    return made if isinstance(made, str) else ""


def _make_link(desk: Desk, visitor: Visitor, name: str, secret: str) -> PersonLink:
    return PersonLink(name=name, link=f"{visitor.admission.origin}{desk.path}enter/{secret}")
