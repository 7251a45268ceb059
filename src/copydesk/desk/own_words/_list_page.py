"""The pages of reading lists: which there are, and the form in which one is made and changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from uuid import uuid4

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._story_view import View
from copydesk.desk._today import find_title
from copydesk.desk_store import Stash
from copydesk.errors import UsageError
from copydesk.news import ChosenStory, EditorAction, ReadingList

Fields = Sequence[tuple[str, str]]


def render_lists(opened: OpenNewsroom, pages: Pages, editor: Editor, counts: Counts) -> bytes:
    """Return the page of all lists, with what is wrong with the files of others."""
    lists, troubles = engine.find_lists(opened.newsroom)
    return pages.page(
        "lists.html",
        editor,
        counts,
        title=pages.strings.say("lists_title"),
        lists=[_describe(pages, filed.listed) for filed in lists],
        troubles=[f"{error.subject}: {error.what}" for error in troubles],
    )


def _describe(pages: Pages, listed: ReadingList) -> View:
    return {
        "id": listed.id,
        "title": listed.title,
        "href": f"{pages.views.root}list/?id={quote(listed.id)}",
        "count": len(listed.stories),
        "by": listed.by,
        "time": pages.views.time(listed.updated_at) if listed.updated_at else "",
    }


def find_list(opened: OpenNewsroom, list_id: str) -> engine.FiledList:
    """Return a list as it is filed, an empty one for no id; raises UsageError where none is."""
    if not list_id:
        return engine.FiledList(listed=ReadingList(id="", title=""))
    lists, _ = engine.find_lists(opened.newsroom)
    filed = next((filed for filed in lists if filed.listed.id == list_id), None)
    if filed is None:
        raise UsageError("there is no such list", subject=list_id[:80])
    return filed


def add_stash(filed: engine.FiledList, stash: Stash) -> engine.FiledList:
    """Return a list with the stories of a stash at its end; a new one is called as that."""
    listed = filed.listed
    known = {story.name for story in listed.stories}
    more = (ChosenStory(name=name) for name in stash.stories if name not in known)
    return engine.FiledList(
        version=filed.version,
        listed=ReadingList(
            id=listed.id,
            title=listed.title or stash.name,
            description=listed.description,
            stories=(*listed.stories, *more),
        ),
    )


def take_up(opened: OpenNewsroom, action: EditorAction) -> engine.FiledList:
    """Return the list that an action would have made, over the one that is filed by now."""
    wanted = engine.read_own_list(action)
    lists, _ = engine.find_lists(opened.newsroom)
    versions = {filed.listed.id: filed.version for filed in lists}
    return engine.FiledList(listed=wanted, version=versions.get(wanted.id, ""))


def render_list(
    opened: OpenNewsroom, pages: Pages, editor: Editor, counts: Counts, filed: engine.FiledList
) -> bytes:
    """Return the form of a list."""
    listed = filed.listed
    return pages.page(
        "list.html",
        editor,
        counts,
        title=listed.title or pages.strings.say("list_new"),
        id=str(uuid4()),
        list_id=listed.id,
        name=listed.title,
        description=listed.description,
        version=filed.version,
        chosen=[
            {
                "name": story.name,
                "place": place,
                "title": find_title(opened, story.name),
                "words": story.words,
                "href": f"{pages.views.root}story/{quote(story.name, safe='')}/",
            }
            for place, story in enumerate(listed.stories, 1)
        ],
    )


def read_list_form(opened: OpenNewsroom, fields: Fields, by: str, at: datetime) -> EditorAction:
    """Return the action of a list's form; raises UsageError for what cannot be meant.

    A new list without a name for its address is called by its title.
    """
    form = dict(fields)
    version, title = form.get("seen", ""), form.get("title", "")
    list_id = form.get("list", "").strip() or engine.name_list(title)
    action = EditorAction(
        id=form.get("id") or str(uuid4()),
        kind="list",
        said="end" if form.get("do") == "end" else "set",
        by=by,
        at=at,
        values=(list_id,),
        why=form.get("why", ""),
        seen={engine.list_key(list_id): version},
    )
    if not engine.is_action_id(action.id):
        raise UsageError("no id of an action", subject=action.id[:80])
    return action if action.said == "end" else _with_stories(opened, action, fields, title)


def _with_stories(
    opened: OpenNewsroom, action: EditorAction, fields: Fields, title: str
) -> EditorAction:
    form, (list_id,) = dict(fields), action.values
    chosen = _order_stories(fields)
    description = form.get("description", "").replace("\r\n", "\n")
    whole = EditorAction(
        id=action.id,
        kind="list",
        said="set",
        by=action.by,
        at=action.at,
        stories=tuple(story.name for story in chosen),
        values=(list_id, title, description, *(story.words for story in chosen)),
        why=action.why,
        seen=action.seen,
    )
    engine.read_own_list(whole)
    lists, _ = engine.find_lists(opened.newsroom)
    if not form.get("seen") and any(filed.listed.id == list_id for filed in lists):
        raise UsageError("there is a list of that name", subject=list_id, hint="choose another")
    return whole


def _order_stories(fields: Fields) -> list[ChosenStory]:
    """Return the stories of a form by the places typed for them, without those taken out."""
    names, places, words = (
        [value for key, value in fields if key == name] for name in ("story", "place", "words")
    )
    if not len(names) == len(places) == len(words):
        raise UsageError("the form is not whole", hint="open it again")
    taken_out = {value for key, value in fields if key == "out"}
    rows = [
        (_read_place(place), ChosenStory(name=name, words=said.strip()))
        for name, place, said in zip(names, places, words, strict=True)
        if name not in taken_out
    ]
    return [story for _, story in sorted(rows, key=lambda row: row[0])]


def _read_place(place: str) -> float:
    """Return where a story is to stand; what is no number stands last."""
    return float(place) if place.isascii() and place.isdigit() and len(place) < 6 else 1e6
