"""What an editor did today, as a list shows it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import quote

from copydesk import engine
from copydesk.desk._actions import name_field
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk._story_pages import FIELD_WORDS, link_edit
from copydesk.desk._story_view import View
from copydesk.desk_store import QueuedAction
from copydesk.errors import RecordError
from copydesk.kit import text
from copydesk.news import EditorAction

_NAMED_BY_VALUE = frozenset({"write", "file", "list"})  # its first value is a headline, a name
# rules that set a field of a story, with the field that each is about
_EDITS = {"rename": "title", "retopic": "topics", "set": ""}
_SHOWN_VALUE = 300  # characters of a value
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


def describe_settings(pages: Pages, commits: Sequence[engine.SettingsCommit]) -> list[View]:
    """Return the settings that somebody changed, and whether each can be taken back."""
    return [
        {
            "id": commit.id,
            "time": pages.views.clock(commit.at),
            "subject": text.fold(commit.subject),
            "lines": [text.fold(line) for line in commit.lines],
            "state": pages.strings.say("taken_back") if commit.is_undone else "",
        }
        for commit in commits
    ]


def _describe(
    pages: Pages, opened: OpenNewsroom, queued: QueuedAction, undone: Collection[str]
) -> View:
    action, outcome, state = queued.action, queued.outcome, _state(queued)
    say, known = pages.strings.say, pages.strings.words
    is_undone = action.id in undone
    names = () if action.kind == "list" else action.stories or _list_new_records(queued)
    problem = state in {"refused", "conflict"} and outcome is not None
    return {
        "id": action.id,
        "word": next((say(word) for word in _list_words(action) if word in known), action.kind),
        "time": pages.views.clock(action.at),
        "stories": [
            {
                "title": find_title(opened, name),
                "href": f"{pages.views.root}story/{quote(name, safe='')}/",
            }
            for name in names
        ],
        "about": _name_by_values(action, names),
        "changes": _list_changes(pages, opened, action),
        "why": action.why,
        "state": say("taken_back" if is_undone else f"state_{state}"),
        "what": " · ".join((outcome.what, outcome.hint)) if problem and outcome else "",
        "retry": _link_retry(pages, queued),
        "may_undo": state == "done" and not is_undone and action.kind in _UNDONE_KINDS,
    }


def _link_retry(pages: Pages, queued: QueuedAction) -> str:
    """Return where one chooses between what an action wanted and what was in its way, "" for no."""
    action, root = queued.action, pages.views.root
    if (action.kind, action.said, _state(queued)) == ("list", "set", "conflict"):
        return f"{root}list/?action={action.id}"
    if name_field(action) and _state(queued) in {"conflict", "refused"}:
        return link_edit(root, action)
    return ""


def _list_words(action: EditorAction) -> Iterator[str]:
    """Walk the words for what an action did, the most exact first."""
    if (action.kind, action.said) == ("rule", "undo"):
        yield f"said_undo_{action.values[0] if action.values else ''}"
    if action.kind == "list":
        yield f"said_list_{action.said}"
    elif action.said in _EDITS:
        yield "said_edit"
    yield f"said_{action.said or action.kind}"
    yield f"said_{action.kind}"


def _name_by_values(action: EditorAction, names: Collection[str]) -> str:
    """Return what an action is about that names no story: a headline, an address, blocked words."""
    if names or not (action.kind in _NAMED_BY_VALUE or action.said == "block"):
        return ""
    return ", ".join(action.values if action.said == "block" else action.values[:1])


def _list_changes(pages: Pages, opened: OpenNewsroom, action: EditorAction) -> list[View]:
    """Return what an action made of which fields; where nobody knows that, what it was to make."""
    if not _is_edit(action):
        return []
    changes = [
        (edited.field, edited.was, edited.now)
        for edited in engine.list_edited_fields(opened.newsroom, action.id)
    ]
    if not changes and action.said == "set" and len(action.values) > 1:
        changes = [(action.values[0], "", action.values[1])]
    if not changes and action.said in _EDITS:
        changes = [(_EDITS[action.said], "", ", ".join(action.values))]
    say = pages.strings.say
    return [
        {"field": say(FIELD_WORDS[field]), "was": _shorten(was), "now": _shorten(now)}
        for field, was, now in changes
        if field in FIELD_WORDS
    ]


def _is_edit(action: EditorAction) -> bool:
    return action.kind == "correct" or (action.kind == "rule" and action.said in _EDITS)


def _shorten(value: str) -> str:
    return text.shorten(text.fold(value), _SHOWN_VALUE)


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
