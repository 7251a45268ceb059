"""API endpoints for user accounts, and each account's saved views, drafts and stashes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from copydesk.desk import _query
from copydesk.desk._desk import Desk, now
from copydesk.desk._http import SentDraft, find_draft, make_drafts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk.api._endpoint import ApiProblem, Call, Nothing, make_answer
from copydesk.desk.sign_in import Visitor, read_clocks
from copydesk.desk_store.accounts import Role
from copydesk.desk_store.drafts import SavedView, Stash
from copydesk.editing import applying
from copydesk.editing.queue import story_page
from copydesk.newsroom import accounts


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The account that an API token acts for, the token's scopes, and when it expires."""

    name: str
    role: str
    label: str
    scopes: list[str]
    expires: datetime


class ApiPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A user account of the editors' web interface."""

    name: str
    role: str
    made: datetime
    sessions: int
    tokens: int


class PeopleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All user accounts of the editors' web interface."""

    people: list[ApiPerson]


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user account to create."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    role: Role = "editor"


class NewRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new role of a user account."""

    role: Role


class PersonLink(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in link for an account. It works once, within 15 minutes."""

    name: str
    link: str


async def read_token(_desk: Desk, call: Call[Nothing, Nothing]) -> TokenAnswer:
    """Return the account that the API token acts for."""
    token = call.token
    scopes = [scope for scope in token.scopes if token.may(scope)]
    return make_answer(TokenAnswer, token, scopes=scopes)


async def list_people(desk: Desk, _call: Call[Nothing, Nothing]) -> PeopleAnswer:
    """Return all user accounts of the editors' web interface."""

    def read() -> PeopleAnswer:
        now, store = read_clocks().now, desk.store
        return PeopleAnswer(
            people=[
                make_answer(
                    ApiPerson,
                    account,
                    sessions=len(store.sessions.of(account.name, now)),
                    tokens=len(store.tokens.of(account.name, now)),
                )
                for account in store.accounts.list()
            ]
        )

    return await asyncio.to_thread(read)


async def add_person(desk: Desk, call: Call[Nothing, NewPerson]) -> PersonLink:
    """Create a user account. The answer has its sign-in link."""
    name, role = call.body.name, call.body.role
    secret = await _change(desk, call.visitor, lambda changes: changes.add(name, role))
    return _make_link(desk, call.visitor, name, secret)


async def set_role(desk: Desk, call: Call[Nothing, NewRole]) -> Nothing:
    """Change the role of a user account. The only owner must stay an owner."""
    name, role = call.path["name"], call.body.role
    await _change(desk, call.visitor, lambda changes: changes.set_role(name, role))
    return Nothing()


async def reset_person(desk: Desk, call: Call[Nothing, Nothing]) -> PersonLink:
    """Delete an account's password, passkeys, tokens and sessions; return a new sign-in link."""
    name = call.path["name"]
    secret = await _change(desk, call.visitor, lambda changes: changes.reset(name))
    return _make_link(desk, call.visitor, name, secret)


async def end_sessions(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """End all sessions of a user account."""
    await _change(desk, call.visitor, lambda changes: changes.end_sessions(call.path["name"]))
    return Nothing()


async def remove_person(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Delete a user account. The account of the only owner cannot be deleted."""
    name = call.path["name"]
    await _change(desk, call.visitor, lambda changes: changes.remove_unless_only_owner(name))
    return Nothing()


async def _change(
    desk: Desk, visitor: Visitor, change: Callable[[accounts.AccountChanges], object]
) -> str:
    """Change user accounts; return the secret of a new sign-in link, "" if none was created."""
    is_local = await desk.thread.ask(lambda opened: not opened.newsroom.settings.desk.oidc.only)
    changes = accounts.AccountChanges(
        desk.store, read_clocks(), visitor.name, visitor.address, allows_links=is_local
    )

    def make() -> object:
        with desk.store.at_once():
            return change(changes)

    made = await asyncio.to_thread(make)
    return made if isinstance(made, str) else ""


def _make_link(desk: Desk, visitor: Visitor, name: str, secret: str) -> PersonLink:
    return PersonLink(name=name, link=f"{visitor.admission.origin}{desk.path}enter/{secret}")


Name = Annotated[str, Meta(min_length=1, max_length=300)]


class SentView(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The filters of a saved queue view, as a URL query: `view=missed&topic=Tides`."""

    query: Annotated[str, Meta(max_length=4_000)]


class NewStash(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stash (a collection of stories) to create, for one editor or for all editors."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    shared: bool = False


class StashChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stories to add to a stash (a collection) and to remove from it, and its new order."""

    add: Annotated[list[Name], Meta(max_length=1_000)] = []
    take_out: Annotated[list[Name], Meta(max_length=1_000)] = []
    order: Annotated[list[Name], Meta(max_length=1_000)] = []


class ApiStash(msgspec.Struct, frozen=True, kw_only=True):
    """A stash (an editor's collection of stories), in its order."""

    id: int
    name: str
    is_shared: bool
    stories: list[str]


class StashesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The stashes (collections of stories) that an account may see."""

    stashes: list[ApiStash]


class DraftQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The story whose unsaved texts are requested, "" for a new story."""

    story: Annotated[str, Meta(max_length=300)] = ""


class DraftAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The unsaved texts that an editor typed into a story's form, by field."""

    story: str
    fields: dict[str, str]


class UploadAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The URL of an uploaded picture, for an action that sets a story's picture."""

    address: str


class PreviewAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The URL of a web page to preview."""

    url: Annotated[str, Meta(min_length=1, max_length=2_000)]


class PreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The story that would be made of a web page.

    `problem` says why the page gives no story, `obstacle` which editor's rule blocks it, and
    `filed` names the story that has this page already; each is "" if there is none.
    """

    url: str
    title: str
    excerpt: str
    source: str
    published_at: str
    web_url: str = ""
    problem: str = ""
    obstacle: str = ""
    filed: str = ""


class ApiList(msgspec.Struct, frozen=True, kw_only=True):
    """A reading list of the site; `version` must be sent back with a change."""

    id: str
    title: str
    description: str
    stories: list[str]
    words: list[str]
    version: str


class ListsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The site's reading lists."""

    lists: list[ApiList]


async def put_view(desk: Desk, call: Call[Nothing, SentView]) -> Nothing:
    """Save filters of the story queue under a name."""
    asked = _query.first_page(_query.read_question(dict(parse_qsl(call.body.query))))
    view = SavedView(name=call.path["name"].strip(), query=_query.write_question(asked))
    await asyncio.to_thread(desk.store.saved_views.keep, call.visitor.name, view)
    return Nothing()


async def drop_view(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Delete a saved view of the story queue."""
    await asyncio.to_thread(desk.store.saved_views.drop, call.visitor.name, call.path["name"])
    return Nothing()


async def list_stashes(desk: Desk, call: Call[Nothing, Nothing]) -> StashesAnswer:
    """Return the stashes (collections of stories) of the account, and the shared ones."""
    found = await asyncio.to_thread(desk.store.stashes.of, call.visitor.name)
    return StashesAnswer(stashes=[make_answer(ApiStash, stash) for stash in found])


async def make_stash(desk: Desk, call: Call[Nothing, NewStash]) -> ApiStash:
    """Create an empty stash (a collection of stories)."""
    editor, sent = call.visitor.name, call.body

    def make() -> Stash:
        made = desk.store.stashes.make(editor, sent.name, shared=sent.shared)
        return desk.store.stashes.find(editor, made)

    return make_answer(ApiStash, await asyncio.to_thread(make))


async def change_stash(desk: Desk, call: Call[Nothing, StashChange]) -> ApiStash:
    """Add stories to a stash, remove some, and order them."""
    editor, stash_id, sent = call.visitor.name, _read_number(call.path["id"]), call.body

    def change() -> Stash:
        stashes = desk.store.stashes
        with desk.store.at_once():
            stashes.add(editor, stash_id, sent.add)
            stashes.take_out(editor, stash_id, sent.take_out)
            stashes.order(editor, stash_id, sent.order)
            return stashes.find(editor, stash_id)

    return make_answer(ApiStash, await asyncio.to_thread(change))


async def drop_stash(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Delete a stash. Its stories stay."""
    stash_id = _read_number(call.path["id"])
    await asyncio.to_thread(desk.store.stashes.remove, call.visitor.name, stash_id)
    return Nothing()


async def read_draft(desk: Desk, call: Call[DraftQuery, Nothing]) -> DraftAnswer:
    """Return the unsaved texts that the account typed into a story's form."""
    story = call.query.story
    found = await asyncio.to_thread(desk.store.drafts.of_story, call.visitor.name, story)
    return DraftAnswer(story=story, fields=dict(find_draft(found).fields))


async def put_draft(desk: Desk, call: Call[Nothing, SentDraft]) -> Nothing:
    """Store the unsaved texts that the account typed into a story's form."""
    drafts = make_drafts(call.body, now())

    def keep() -> None:
        with desk.store.at_once():
            for draft in drafts:
                desk.store.drafts.keep(call.visitor.name, draft)

    await asyncio.to_thread(keep)
    return Nothing()


async def drop_draft(desk: Desk, call: Call[DraftQuery, Nothing]) -> Nothing:
    """Delete the unsaved texts of a story's form."""
    await asyncio.to_thread(desk.store.drafts.drop, call.visitor.name, call.query.story)
    return Nothing()


async def put_picture(desk: Desk, call: Call[Nothing, bytes]) -> UploadAnswer:
    """Store an uploaded picture, sent as the request body."""
    return UploadAnswer(address=await desk.keep_upload(call.body))


async def preview_page(desk: Desk, call: Call[Nothing, PreviewAddress]) -> PreviewAnswer:
    """Fetch a web page and return the story that it would become; nothing is stored."""
    preview = await desk.look_at(call.body.url.strip())

    def answer(opened: OpenNewsroom) -> PreviewAnswer:
        obstacle = "" if preview.problem else story_page.find_obstacle(opened.newsroom, preview)
        filed = story_page.find_filed_record(opened.queue, preview)
        return make_answer(PreviewAnswer, preview, obstacle=obstacle, filed=filed)

    return await desk.thread.ask(answer)


async def read_lists(desk: Desk, _call: Call[Nothing, Nothing]) -> ListsAnswer:
    """Return the site's reading lists."""

    def answer(opened: OpenNewsroom) -> ListsAnswer:
        lists, _ = applying.find_lists(opened.newsroom)
        return ListsAnswer(lists=[_make_list(filed) for filed in lists])

    return await desk.thread.ask(answer)


def _make_list(filed: applying.FiledList) -> ApiList:
    listed = filed.listed
    return make_answer(
        ApiList,
        listed,
        stories=[chosen.name for chosen in listed.stories],
        words=[chosen.words for chosen in listed.stories],
        version=filed.version,
    )


def _read_number(named: str) -> int:
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        raise ApiProblem(404, "no stash has this id")
    return int(named)
