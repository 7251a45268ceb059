"""The page of letters: each with when it is due, what it would tell now, what it told last."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk._story_view import View
from copydesk.desk.letters._composing import ComposedLetter, compose_letter
from copydesk.desk_store import DeskStore
from copydesk.errors import CopydeskError
from copydesk.kit import text

_COUNTED = 1_000  # changes of a letter that is no more


def render_letters(
    opened: OpenNewsroom,
    pages: Pages,
    editor: Editor,
    counts: Counts,
    filed: str,
) -> bytes:
    """Return the page of all letters; `filed` names an issue that was filed just now."""
    return pages.page(
        "letters.html",
        editor,
        counts,
        title=pages.strings.say("letters_title"),
        own_style=f"{pages.views.root}assets/{asset_name('letters.css')}",
        letters=[
            _describe(opened, pages, counts.store, row)
            for row in engine.list_letters(opened.newsroom)
        ],
        orphans=list(_list_orphans(opened, pages, counts.store)),
        filed=filed,
    )


def _describe(opened: OpenNewsroom, pages: Pages, store: DeskStore, row: engine.LetterRow) -> View:
    options = row.options
    view = {
        "id": options.id,
        "title": text.fold(options.title) or pages.title,
        "href": link_letter(pages.views.root, options.id),
        "due": pages.views.time(row.due_at),
        "needs_approval": options.approval == "editor",
        **dict.fromkeys(("new", "subject", "is_held", "approved_by", "changes", "problem"), ""),
    }
    try:
        return {
            **view,
            **_describe_issue(pages, compose_letter(opened.newsroom, store, options.id)),
        }
    except CopydeskError as error:
        return {**view, "problem": "; ".join(filter(None, (str(error), error.hint)))}


def _describe_issue(pages: Pages, composed: ComposedLetter) -> View:
    say, edits = pages.strings.say, composed.kept.edits
    return {
        "new": say("letter_new", count=len(composed.names)),
        "subject": text.fold(composed.issue.subject),
        "is_held": edits.is_held,
        "approved_by": text.fold(edits.approved_by),
        "changes": say("letter_edits", count=len(composed.changes)) if composed.changes else "",
    }


def link_letter(root: str, letter_id: str) -> str:
    """Return the address of a letter's composer."""
    return f"{root}letters/{quote(letter_id, safe='')}/"


def _list_orphans(opened: OpenNewsroom, pages: Pages, store: DeskStore) -> Iterator[View]:
    """Yield the letters that beat.toml has no longer, and in which somebody changed something."""
    known = {row.options.id for row in engine.list_letters(opened.newsroom)}
    for letter_id in store.letters.list_letters():
        if letter_id not in known:
            changes = len(store.letters.list_changes(letter_id, _COUNTED))
            yield {
                "id": text.fold(letter_id),
                "changes": pages.strings.say("letter_edits", count=changes),
                "version": store.letters.of(letter_id).version,
            }
