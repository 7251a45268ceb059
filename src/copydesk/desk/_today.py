"""What an editor did today, as a list shows it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from urllib.parse import quote

from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.desk_store import QueuedAction
from copydesk.errors import RecordError
from copydesk.kit import text
from copydesk.news import EditorAction

_NAMED_BY_VALUE = frozenset({"write", "file", "list"})  # its first value is a headline, a name
_UNDONE_KINDS = frozenset({"verdict", "rule", "correct", "write", "list"})


def describe_actions(
    pages: Pages, opened: OpenNewsroom, done: Sequence[QueuedAction]
) -> list[View]:
    """Return actions with what became of each, and whether it can be taken back."""
    undone = {
        value
        for queued in done
        if queued.action.kind == "undo" and _state(queued) == "done"
        for value in queued.action.values
    }
    return [_describe(pages, opened, queued, undone) for queued in done]


def _describe(
    pages: Pages, opened: OpenNewsroom, queued: QueuedAction, undone: Collection[str]
) -> View:
    action, outcome, state = queued.action, queued.outcome, _state(queued)
    say, known = pages.strings.say, pages.strings.words
    is_undone = action.id in undone
    said = _word_of(action, known)
    names = () if action.kind == "list" else action.stories or _list_new_records(queued)
    problem = state in {"refused", "conflict"} and outcome is not None
    return {
        "id": action.id,
        "word": say(said) if said in known else said,
        "time": pages.views.clock(action.at),
        "stories": [
            {
                "title": find_title(opened, name),
                "href": f"{pages.views.root}story/{quote(name, safe='')}/",
            }
            for name in names
        ],
        "about": "" if names or action.kind not in _NAMED_BY_VALUE else action.values[0],
        "why": action.why,
        "state": say("taken_back" if is_undone else f"state_{state}"),
        "what": " · ".join((outcome.what, outcome.hint)) if problem and outcome else "",
        "retry": f"{pages.views.root}list/?action={action.id}"
        if state == "conflict" and action.kind == "list" and action.said == "set"
        else "",
        "may_undo": state == "done" and not is_undone and action.kind in _UNDONE_KINDS,
    }


def _word_of(action: EditorAction, known: Collection[str]) -> str:
    """Return which word of the desk tells what an action did, else its own."""
    said = f"said_list_{action.said}" if action.kind == "list" else f"said_{action.said}"
    return said if said in known else action.said or action.kind


def _list_new_records(queued: QueuedAction) -> Sequence[str]:
    """Return the names of the records that an action made."""
    if queued.action.kind != "write" or queued.outcome is None:
        return ()
    return [path.rsplit("/", 1)[-1].removesuffix(".md") for path in queued.outcome.paths]


def _state(queued: QueuedAction) -> str:
    return queued.outcome.state if queued.outcome else "waits"


def find_title(opened: OpenNewsroom, name: str) -> str:
    """Return the headline of a story, its record's name where that cannot be read."""
    path = opened.queue.path_of(name)
    with contextlib.suppress(RecordError):
        if path is not None:
            return text.fold(opened.newsroom.archive.read(path).title) or name
    return name
