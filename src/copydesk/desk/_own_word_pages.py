"""Render forms for editors: own stories, web pages to add, stashes (collections), reading lists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote
from uuid import uuid4

from starlette.responses import JSONResponse, RedirectResponse, Response

from copydesk import editing
from copydesk.desk import _http
from copydesk.desk._actions import read_digests
from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._story_pages import link_edit
from copydesk.desk._story_view import View
from copydesk.desk_store import DeskStore
from copydesk.desk_store.drafts import Stash
from copydesk.editing import applying
from copydesk.editing.queue import story_page
from copydesk.errors import UsageError
from copydesk.news import Beat, EditorAction
from copydesk.news.edition import ChosenStory, ReadingList
from copydesk.newsroom import Newsroom

_TYPED = ("title", "excerpt", "text", "other_picture", "alt", "credit", "why")


def render_write(pages: Pages, beat: Beat, draft: _http.FoundDraft) -> bytes:
    """Return the form in which an editor writes a story, filled with the unsaved draft."""
    return pages.page(
        "write.html",
        title=pages.strings.say("write_title"),
        id=str(uuid4()),
        topics=[topic for topic in pages.topic_choices(()) if topic["name"] != beat.topic],
        has_place=beat.scoring.traits.has_blocks,
        excerpt_characters=beat.excerpt.max_characters,
        draft=pages.describe_draft("", draft.at),
        story={name: draft.fields.get(name, "") for name in _TYPED},
    )


def read_write(
    beat: Beat, fields: Sequence[tuple[str, str]], by: str, at: datetime
) -> EditorAction:
    """Return the action that creates the story written in a form; UsageError for an invalid one."""
    form = {name: value.replace("\r\n", "\n") for name, value in fields}
    topics = [value for name, value in fields if name == "topic"]
    picture = form.get("other_picture", "").strip()
    values = (*(form.get(name, "") for name in ("title", "excerpt", "text")), *topics)
    if picture:
        shown = (picture, form.get("alt", ""), form.get("credit", ""))
        values = (*values[:3], *shown, *topics)
    said = applying.PICTURED if picture else ""
    applying.read_own_story(beat, said, values)
    return EditorAction(
        id=form.get("id") or str(uuid4()),
        kind="write",
        said=said,
        by=by,
        at=at,
        values=values,
        why=form.get("why", ""),
    )


def render_file(pages: Pages, preview: story_page.PagePreview | None = None) -> bytes:
    """Return the form for adding a web page by its URL, with a preview of its story."""
    obstacle = filed = ""
    if preview is not None:
        obstacle = preview.problem or story_page.find_obstacle(pages.opened.newsroom, preview)
        filed = story_page.find_filed_record(pages.opened.queue, preview)
    return pages.page(
        "file.html",
        title=pages.strings.say("file_title"),
        id=str(uuid4()),
        topics=pages.topic_choices(()),
        url=preview.url if preview else "",
        preview=preview,
        obstacle=obstacle,
        filed=pages.views.address(filed) if filed else "",
    )


def set_picture(form: Mapping[str, str], address: str, by: str, at: datetime) -> EditorAction:
    """Return the editor's action that makes an uploaded picture the picture of a form's story."""
    story = form["story"][:_NAME_CHARACTERS]
    return EditorAction(
        id=str(uuid4()),
        kind="rule",
        said="set",
        by=by,
        at=at,
        stories=(story,),
        values=("picture", address),
        base=read_digests(form.get("seen", ""), [story]),
    )


def read_file(newsroom: Newsroom, form: Mapping[str, str], by: str, at: datetime) -> EditorAction:
    """Return the action that adds a web page as a story; UsageError for an invalid URL."""
    url, topic, why = (form.get(name, "").strip() for name in ("url", "topic", "why"))
    tip = applying.new_tip(newsroom, url, topic=topic, why=why, by=by)
    return EditorAction(
        id=form.get("id") or str(uuid4()),
        kind="file",
        by=by,
        at=at,
        values=(tip.url, *filter(None, (tip.topic,))),
        why=why,
    )


_NAME_CHARACTERS = 300


def render_stashes(pages: Pages, stashes: Sequence[Stash]) -> bytes:
    """Return the page of the stashes (collections of stories) that an editor may see."""
    return pages.page(
        "stash.html",
        title=pages.strings.say("stash_title"),
        stashes=[_describe_stash(pages, stash) for stash in stashes],
        lists=[
            {"id": filed.listed.id, "title": filed.listed.title}
            for filed in applying.find_lists(pages.opened.newsroom)[0]
        ],
    )


def change_stash(
    store: DeskStore, editor: str, fields: Sequence[tuple[str, str]], default: str
) -> Stash | None:
    """Change a stash (a collection of stories) as a form says; return it, None if it was deleted.

    Stories for no named stash go into the editor's first own one, which is created as `default`
    where there is none. Raises UsageError for an invalid form.
    """
    form = dict(fields)
    stories = [value for name, value in fields if name == "story" and value]
    if max(map(len, stories), default=0) > _NAME_CHARACTERS:
        raise UsageError("no story has this name", subject=max(stories, key=len)[:80])
    stashes, do = store.stashes, form.get("do", "")
    if do == "make":
        stash_id = stashes.make(editor, form.get("name", ""), shared="shared" in form)
        return stashes.find(editor, stash_id)
    with store.at_once():
        stash_id = _find_stash(store, editor, form.get("stash", ""), default if do == "add" else "")
        if do == "add":
            stashes.add(editor, stash_id, stories)
        elif do == "take_out":
            stashes.take_out(editor, stash_id, stories)
        elif do == "remove":
            stashes.remove(editor, stash_id)
            return None
        else:
            raise UsageError("unknown action in the form", subject=do[:80])
        return stashes.find(editor, stash_id)


def read_stash_id(named: str) -> int:
    """Return the id of a stash (collection of stories) in a form; UsageError if invalid."""
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        raise UsageError("no stash has this id", subject=named[:80])
    return int(named)


def _find_stash(store: DeskStore, editor: str, named: str, default: str) -> int:
    if named or not default:
        return read_stash_id(named)
    own = [stash.id for stash in store.stashes.of(editor) if not stash.is_shared]
    return min(own) if own else store.stashes.make(editor, default)


def _describe_stash(pages: Pages, stash: Stash) -> View:
    return {
        "id": stash.id,
        "name": stash.name,
        "is_shared": stash.is_shared,
        "may_merge": len(stash.stories) > 1,
        "stories": [pages.name_story(name) for name in stash.stories],
    }


Fields = Sequence[tuple[str, str]]


def render_lists(pages: Pages) -> bytes:
    """Return the page of all reading lists, with errors for unreadable files."""
    lists, troubles = applying.find_lists(pages.opened.newsroom)
    return pages.page(
        "lists.html",
        title=pages.strings.say("lists_title"),
        lists=[_describe_list(pages, filed.listed) for filed in lists],
        troubles=[f"{error.subject}: {error.what}" for error in troubles],
    )


def _describe_list(pages: Pages, listed: ReadingList) -> View:
    return {
        "id": listed.id,
        "title": listed.title,
        "href": f"{pages.views.root}list/?id={quote(listed.id)}",
        "count": len(listed.stories),
        "by": listed.by,
        "time": pages.views.time(listed.updated_at) if listed.updated_at else "",
    }


def find_list(opened: OpenNewsroom, list_id: str) -> applying.FiledList:
    """Return a reading list by its id, an empty one for ""; UsageError for an unknown id."""
    if not list_id:
        return applying.FiledList(listed=ReadingList(id="", title=""))
    lists, _ = applying.find_lists(opened.newsroom)
    filed = next((filed for filed in lists if filed.listed.id == list_id), None)
    if filed is None:
        raise UsageError("no reading list has this id", subject=list_id[:80])
    return filed


def add_stash(filed: applying.FiledList, stash: Stash) -> applying.FiledList:
    """Return a reading list with the stories of a stash added; a new list gets the stash's name."""
    listed = filed.listed
    known = {story.name for story in listed.stories}
    more = (ChosenStory(name=name) for name in stash.stories if name not in known)
    stories = (*listed.stories, *more)
    return replace(filed, listed=replace(listed, title=listed.title or stash.name, stories=stories))


def take_up(opened: OpenNewsroom, action: EditorAction) -> applying.FiledList:
    """Return the reading list as a conflicting edit wanted it, with the present version."""
    wanted = applying.read_own_list(action)
    lists, _ = applying.find_lists(opened.newsroom)
    versions = {filed.listed.id: filed.version for filed in lists}
    return applying.FiledList(listed=wanted, version=versions.get(wanted.id, ""))


def render_list(pages: Pages, filed: applying.FiledList) -> bytes:
    """Return the edit form of a reading list."""
    listed = filed.listed
    return pages.page(
        "list.html",
        title=listed.title or pages.strings.say("list_new"),
        id=str(uuid4()),
        list_id=listed.id,
        name=listed.title,
        description=listed.description,
        version=filed.version,
        chosen=[
            {**pages.name_story(story.name), "place": place, "words": story.words}
            for place, story in enumerate(listed.stories, 1)
        ],
    )


def read_list_form(opened: OpenNewsroom, fields: Fields, by: str, at: datetime) -> EditorAction:
    """Return the action that saves or deletes a reading list as its form says.

    A new list without a name for its address takes its title. Raises UsageError for an invalid
    form.
    """
    form = dict(fields)
    version, title = form.get("seen", ""), form.get("title", "")
    list_id = form.get("list", "").strip() or applying.name_list(title)
    action = EditorAction(
        id=form.get("id") or str(uuid4()),
        kind="list",
        said="end" if form.get("do") == "end" else "set",
        by=by,
        at=at,
        values=(list_id,),
        why=form.get("why", ""),
        seen={applying.list_key(list_id): version},
    )
    if not editing.is_action_id(action.id):
        raise UsageError("invalid action id", subject=action.id[:80])
    return action if action.said == "end" else _with_stories(opened, action, fields, title)


def _with_stories(
    opened: OpenNewsroom, action: EditorAction, fields: Fields, title: str
) -> EditorAction:
    form, (list_id,) = dict(fields), action.values
    chosen = _order_stories(fields)
    description = form.get("description", "").replace("\r\n", "\n")
    whole = replace(
        action,
        stories=tuple(story.name for story in chosen),
        values=(list_id, title, description, *(story.words for story in chosen)),
    )
    applying.read_own_list(whole)
    lists, _ = applying.find_lists(opened.newsroom)
    if not form.get("seen") and any(filed.listed.id == list_id for filed in lists):
        raise UsageError("a reading list has this id", subject=list_id, hint="choose another id")
    return whole


def _order_stories(fields: Fields) -> list[ChosenStory]:
    """Return a form's stories in the order of their typed positions, without removed ones."""
    names, places, words = (
        [value for key, value in fields if key == name] for name in ("story", "place", "words")
    )
    if not len(names) == len(places) == len(words):
        raise UsageError("the form is incomplete", hint="reload the page")
    taken_out = {value for key, value in fields if key == "out"}
    rows = [
        (_read_place(place), ChosenStory(name=name, words=said.strip()))
        for name, place, said in zip(names, places, words, strict=True)
        if name not in taken_out
    ]
    return [story for _, story in sorted(rows, key=lambda row: row[0])]


def _read_place(place: str) -> float:
    """Return the position typed for a story; text that is no number means last."""
    return float(place) if place.isascii() and place.isdigit() and len(place) < 6 else 1e6


# Serve forms for editors: own stories, pictures, drafts, stashes (collections), reading lists.


async def show_write(visit: Visit) -> Response:
    """Answer with the form in which an editor writes a story."""
    draft = _http.find_draft(await visit.desk.list_drafts(visit.editor, ""))
    return await visit.draw(lambda pages: render_write(pages, pages.opened.newsroom.beat, draft))


async def put_story(visit: Visit) -> Response:
    """Store the story that an editor wrote, and redirect to the list of today's actions."""
    editor = visit.editor
    sent = await _http.read_upload(visit.request, _http.PICTURE_BYTES)
    fields = sent.fields
    if sent.file:
        fields.append(("other_picture", await visit.desk.keep_upload(sent.file)))
    action = await visit.desk.thread.ask(
        lambda opened: read_write(opened.newsroom.beat, fields, editor.name, now())
    )
    await visit.desk.put([action])
    await visit.desk.drop_drafts(editor, "")
    return visit.redirect("today/")


async def show_file(visit: Visit) -> Response:
    """Answer with the form for adding a web page by its URL."""
    return await visit.draw(render_file)


async def put_file(visit: Visit) -> Response:
    """Show a preview of the web page at a URL, or store the action that adds it as a story."""
    editor, form = visit.editor, await visit.read_form()
    if form.get("do") == "look":
        preview = await visit.desk.look_at(form.get("url", "").strip())
        return await visit.draw(render_file, preview)
    action = await visit.desk.thread.ask(
        lambda opened: read_file(opened.newsroom, form, editor.name, now())
    )
    await visit.desk.put([action])
    return visit.redirect("today/")


async def put_picture(visit: Visit) -> Response:
    """Store an uploaded picture, and set it as the picture of the story that the form names.

    Without a story the answer is the picture's URL, for a script.
    """
    if _http.is_multipart(visit.request):
        sent = await _http.read_upload(visit.request, _http.PICTURE_BYTES)
    else:
        body = await _http.read_body(visit.request, _http.PICTURE_BYTES)
        sent = _http.SentForm(fields=[], file=body)
    if sent.file is None:
        raise UsageError("the form contains no picture")
    address, form = await visit.desk.keep_upload(sent.file), dict(sent.fields)
    if not form.get("story"):
        return JSONResponse({"address": address}, 201, _http.NEVER_KEPT)
    action = set_picture(form, address, visit.editor.name, now())
    await visit.desk.put([action])
    return RedirectResponse(link_edit(visit.desk.path, action), 303)


async def show_stashes(visit: Visit) -> Response:
    """Answer with the page of the stashes (collections of stories) that an editor may see."""
    found = await asyncio.to_thread(visit.desk.store.stashes.of, visit.editor.name)
    return await visit.draw(render_stashes, found)


async def put_stash(visit: Visit) -> Response:
    """Change a stash (a collection of stories); a script gets its name and story count."""
    editor, fields = visit.editor, await _http.read_form(visit.request)
    default = await visit.desk.say("stash_default")
    stash = await asyncio.to_thread(change_stash, visit.desk.store, editor.name, fields, default)
    if "application/json" in visit.request.headers.get("accept", "") and stash is not None:
        told = {"name": stash.name, "count": len(stash.stories)}
        return JSONResponse(told, headers=_http.NEVER_KEPT)
    return RedirectResponse(visit.desk.own_page(dict(fields).get("return", ""), "stash/"), 303)


async def show_lists(visit: Visit) -> Response:
    """Answer with all reading lists, or with the edit form of one (`id`).

    `action` names a conflicting edit to resolve.
    """
    editor, asked = visit.editor, visit.request.query_params
    if not {"id", "stash", "action"} & asked.keys():
        return await visit.draw(render_lists)
    find = await _find_list(visit, editor, asked)
    return await visit.draw(lambda pages: render_list(pages, find(pages.opened)))


async def _find_list(
    visit: Visit, editor: Editor, asked: Mapping[str, str]
) -> Callable[[OpenNewsroom], applying.FiledList]:
    """Return a function that finds the reading list of a form in the newsroom's thread."""
    store, list_id = visit.desk.store, asked.get("id", "")
    if "action" in asked:
        known = await asyncio.to_thread(store.actions.state, [asked["action"]])
        done = known.get(asked["action"])
        if done is None or done.action.by != editor.name or done.action.said != "set":
            raise UsageError("no action of this account has this id", subject=asked["action"][:80])
        return lambda opened: take_up(opened, done.action)
    if "stash" not in asked:
        return lambda opened: find_list(opened, list_id)
    named = read_stash_id(asked["stash"])
    stash = await asyncio.to_thread(store.stashes.find, editor.name, named)
    return lambda opened: add_stash(find_list(opened, list_id), stash)


async def put_list(visit: Visit) -> Response:
    """Store an edit of a reading list, and redirect to the list of today's actions."""
    editor, fields = visit.editor, await _http.read_form(visit.request)
    action = await visit.desk.thread.ask(
        lambda opened: read_list_form(opened, fields, editor.name, now())
    )
    await visit.desk.put([action])
    return visit.redirect("today/")


async def keep_draft(visit: Visit) -> Response:
    """Store the texts that an editor has typed into a form so far."""
    drafts = _http.read_drafts(await _http.read_body(visit.request), now())
    await _http.keep_drafts(visit.desk.store, visit.editor.name, drafts)
    return Response(status_code=204)


async def drop_draft(visit: Visit) -> Response:
    """Delete the unsaved texts of a form, and redirect to the form."""
    story = (await visit.read_form()).get("story", "")
    await visit.desk.drop_drafts(visit.editor, story)
    form = f"story/{quote(story, safe='')}/edit/" if story else "write/"
    return visit.redirect(f"{form}")


OWN_WORD_PAGES: tuple[Page, ...] = (
    Page("GET", "/write/", show_write, "editor"),
    Page("POST", "/write/", put_story, "editor"),
    Page("GET", "/file/", show_file, "editor"),
    Page("POST", "/file/", put_file, "editor"),
    Page("GET", "/stash/", show_stashes, "editor"),
    Page("POST", "/stash/", put_stash, "editor"),
    Page("GET", "/list/", show_lists, "editor"),
    Page("POST", "/list/", put_list, "editor"),
    Page("POST", "/pictures", put_picture, "editor"),
    Page("PUT", "/drafts", keep_draft, "editor"),
    Page("POST", "/drafts", drop_draft, "editor"),
)
