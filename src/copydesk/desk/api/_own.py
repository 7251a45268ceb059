"""What an account keeps at the desk: views, stashes, drafts, uploads; and a look at a page."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from copydesk import engine
from copydesk.desk import _query
from copydesk.desk._desk import Desk, now
from copydesk.desk._draft_fields import SentDraft, find_draft, make_drafts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk.api._endpoint import Call, Nothing
from copydesk.desk.api._problems import ApiProblem
from copydesk.desk_store import SavedView, Stash

Name = Annotated[str, Meta(min_length=1, max_length=300)]


class SentView(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question as the query of an address: `view=missed&topic=Tides`."""

    query: Annotated[str, Meta(max_length=4_000)]


class NewStash(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stash to be made, one's own or everybody's."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    shared: bool = False


class StashChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stories are put at the end of a stash, taken out, and its order after that."""

    add: Annotated[list[Name], Meta(max_length=1_000)] = []
    take_out: Annotated[list[Name], Meta(max_length=1_000)] = []
    order: Annotated[list[Name], Meta(max_length=1_000)] = []


class ApiStash(msgspec.Struct, frozen=True, kw_only=True):
    """A stash with its stories in order."""

    id: int
    name: str
    is_shared: bool
    stories: list[str]


class StashesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The stashes that an account may see."""

    stashes: list[ApiStash]


class DraftQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which story, "" for one that is not filed yet."""

    story: Annotated[str, Meta(max_length=300)] = ""


class DraftAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed into the form of a story and is not filed, by field."""

    story: str
    fields: dict[str, str]


class UploadAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The address of a picture, for the action `rule` `set` with `picture`."""

    address: str


class SentAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The address of a page of the web."""

    url: Annotated[str, Meta(min_length=1, max_length=2_000)]


class PreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a round would read at an address.

    `problem` says why it gives no story, `obstacle` which word of an editor's keeps it from being
    filed, `filed` is the name of the story that has it already; "" where there is none.
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
    """A reading list; `version` is what the action `list` has to have seen."""

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
    """Keep a question under a name."""
    asked = _query.first_page(_query.read_question(dict(parse_qsl(call.body.query))))
    view = SavedView(name=call.path["name"].strip(), query=_query.write_question(asked))
    await asyncio.to_thread(desk.store.saved_views.keep, call.visitor.name, view)
    return Nothing()


async def drop_view(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Forget a view."""
    await asyncio.to_thread(desk.store.saved_views.drop, call.visitor.name, call.path["name"])
    return Nothing()


async def list_stashes(desk: Desk, call: Call[Nothing, Nothing]) -> StashesAnswer:
    """Return the account's stashes and the shared ones."""
    found = await asyncio.to_thread(desk.store.stashes.of, call.visitor.name)
    return StashesAnswer(stashes=[_make_stash(stash) for stash in found])


async def make_stash(desk: Desk, call: Call[Nothing, NewStash]) -> ApiStash:
    """Make an empty stash."""
    editor, sent = call.visitor.name, call.body

    def make() -> Stash:
        made = desk.store.stashes.make(editor, sent.name, shared=sent.shared)
        return desk.store.stashes.find(editor, made)

    return _make_stash(await asyncio.to_thread(make))


async def change_stash(desk: Desk, call: Call[Nothing, StashChange]) -> ApiStash:
    """Put stories into a stash, take some out, order them."""
    editor, stash_id, sent = call.visitor.name, _read_number(call.path["id"]), call.body

    def change() -> Stash:
        stashes = desk.store.stashes
        with desk.store.at_once():
            stashes.add(editor, stash_id, sent.add)
            stashes.take_out(editor, stash_id, sent.take_out)
            stashes.order(editor, stash_id, sent.order)
            return stashes.find(editor, stash_id)

    return _make_stash(await asyncio.to_thread(change))


async def drop_stash(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Remove a stash; its stories stay."""
    stash_id = _read_number(call.path["id"])
    await asyncio.to_thread(desk.store.stashes.remove, call.visitor.name, stash_id)
    return Nothing()


async def read_draft(desk: Desk, call: Call[DraftQuery, Nothing]) -> DraftAnswer:
    """Return what the account typed into a form and did not file."""
    story = call.query.story
    found = await asyncio.to_thread(desk.store.drafts.of_story, call.visitor.name, story)
    return DraftAnswer(story=story, fields=dict(find_draft(found).fields))


async def put_draft(desk: Desk, call: Call[Nothing, SentDraft]) -> Nothing:
    """Keep fields of a form."""
    drafts = make_drafts(call.body, now())

    def keep() -> None:
        with desk.store.at_once():
            for draft in drafts:
                desk.store.drafts.keep(call.visitor.name, draft)

    await asyncio.to_thread(keep)
    return Nothing()


async def drop_draft(desk: Desk, call: Call[DraftQuery, Nothing]) -> Nothing:
    """Forget what was typed into a form."""
    await asyncio.to_thread(desk.store.drafts.drop, call.visitor.name, call.query.story)
    return Nothing()


async def put_picture(desk: Desk, call: Call[Nothing, bytes]) -> UploadAnswer:
    """Keep a picture that is sent as its bytes."""
    return UploadAnswer(address=await desk.keep_upload(call.body))


async def preview_page(desk: Desk, call: Call[Nothing, SentAddress]) -> PreviewAnswer:
    """Look at a page as a round would; nothing is filed."""
    preview = await desk.look_at(call.body.url.strip())

    def answer(opened: OpenNewsroom) -> PreviewAnswer:
        obstacle = "" if preview.problem else engine.find_obstacle(opened.newsroom, preview)
        return PreviewAnswer(
            url=preview.url,
            title=preview.title,
            excerpt=preview.excerpt,
            source=preview.source,
            published_at=preview.published_at,
            web_url=preview.web_url,
            problem=preview.problem,
            obstacle=obstacle,
            filed=engine.find_filed_record(opened.queue, preview),
        )

    return await desk.thread.ask(answer)


async def read_lists(desk: Desk, _call: Call[Nothing, Nothing]) -> ListsAnswer:
    """Return the site's reading lists."""

    def answer(opened: OpenNewsroom) -> ListsAnswer:
        lists, _ = engine.find_lists(opened.newsroom)
        return ListsAnswer(lists=[_make_list(filed) for filed in lists])

    return await desk.thread.ask(answer)


def _make_list(filed: engine.FiledList) -> ApiList:
    listed = filed.listed
    return ApiList(
        id=listed.id,
        title=listed.title,
        description=listed.description,
        stories=[chosen.name for chosen in listed.stories],
        words=[chosen.words for chosen in listed.stories],
        version=filed.version,
    )


def _make_stash(stash: Stash) -> ApiStash:
    return ApiStash(
        id=stash.id, name=stash.name, is_shared=stash.is_shared, stories=list(stash.stories)
    )


def _read_number(named: str) -> int:
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        raise ApiProblem(404, "no such stash")
    return int(named)
