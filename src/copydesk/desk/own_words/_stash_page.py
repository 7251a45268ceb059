"""The page of stashes: stories that somebody gathered, and what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._story_view import View
from copydesk.desk._today import find_title
from copydesk.desk_store import DeskStore, Stash
from copydesk.errors import UsageError

_NAME_CHARACTERS = 300


def render_stashes(
    opened: OpenNewsroom, pages: Pages, editor: Editor, counts: Counts, stashes: Sequence[Stash]
) -> bytes:
    """Return the page of the stashes that an editor may see."""
    return pages.page(
        "stash.html",
        editor,
        counts,
        title=pages.strings.say("stash_title"),
        stashes=[_describe(opened, pages, stash) for stash in stashes],
        lists=[
            {"id": filed.listed.id, "title": filed.listed.title}
            for filed in engine.find_lists(opened.newsroom)[0]
        ],
    )


def change_stash(
    store: DeskStore, editor: str, fields: Sequence[tuple[str, str]], default: str
) -> Stash | None:
    """Do what a form says, and return the stash as it is then, None where there is no more.

    Stories that go into no certain stash go into the editor's first own one, which is made under
    the name `default` where there is none. Raises UsageError for what cannot be meant.
    """
    form = dict(fields)
    stories = [value for name, value in fields if name == "story" and value]
    if max(map(len, stories), default=0) > _NAME_CHARACTERS:
        raise UsageError("no story is called so", subject=max(stories, key=len)[:80])
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
            raise UsageError("the form does not say what is to be done", subject=do[:80])
        return stashes.find(editor, stash_id)


def read_stash_id(named: str) -> int:
    """Return the number of a stash that a form names; raises UsageError for what is none."""
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        raise UsageError("no such stash", subject=named[:80])
    return int(named)


def _find_stash(store: DeskStore, editor: str, named: str, default: str) -> int:
    if named or not default:
        return read_stash_id(named)
    own = [stash.id for stash in store.stashes.of(editor) if not stash.is_shared]
    return min(own) if own else store.stashes.make(editor, default)


def _describe(opened: OpenNewsroom, pages: Pages, stash: Stash) -> View:
    root = pages.views.root
    return {
        "id": stash.id,
        "name": stash.name,
        "is_shared": stash.is_shared,
        "may_merge": len(stash.stories) > 1,
        "stories": [
            {
                "name": name,
                "title": find_title(opened, name),
                "href": f"{root}story/{quote(name, safe='')}/",
            }
            for name in stash.stories
        ],
    }
