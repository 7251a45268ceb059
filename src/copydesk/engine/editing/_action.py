"""Action: what a person did, as a value in the commit's message, to be found and undone by it.

`Copydesk-Action: verdict publish _news/a.md` · `rule pin a` · `rule undo pin a` · `undo COMMIT`
"""

from __future__ import annotations

_KEY = "Copydesk-Action: "


def with_action(message: str, *said: str) -> str:
    """Return a commit's message with what was done as its last line."""
    return f"{message}\n\n{_KEY}{' '.join(filter(None, said))}"


def read_action(message: str) -> str:
    """Return what a commit's message says was done, "" for a commit of another kind.

    Only the last line counts: what people say stands above it.
    """
    last = message.rstrip().rsplit("\n", 1)[-1]
    return last.removeprefix(_KEY) if last.startswith(_KEY) else ""
