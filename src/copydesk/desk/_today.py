"""What an editor did today, as a list shows it."""

from __future__ import annotations

from urllib.parse import quote

from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.desk_store import QueuedAction


def describe_action(pages: Pages, queued: QueuedAction) -> View:
    """Return an action with what became of it, and whether it can be taken back."""
    action, outcome = queued.action, queued.outcome
    state = outcome.state if outcome else "waits"
    known = pages.strings.words
    said = f"said_{action.said}" if f"said_{action.said}" in known else action.said or action.kind
    word = pages.strings.say(said) if said in known else said
    return {
        "id": action.id,
        "word": word,
        "time": pages.views.time(action.at),
        "stories": [
            {"name": name, "href": f"{pages.views.root}story/{quote(name, safe='')}/"}
            for name in action.stories
        ],
        "why": action.why,
        "state": pages.strings.say(f"state_{state}"),
        "what": " · ".join(filter(None, (outcome.what, outcome.hint))) if outcome else "",
        "may_undo": state == "done" and action.kind in {"verdict", "rule", "correct"},
    }
