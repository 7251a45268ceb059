"""A command on demand as the desk shows it: who wanted it when, how it stands, what it says."""

from __future__ import annotations

from copydesk import engine
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.kit import text


def show_command(pages: Pages, demanded: engine.DemandedCommand, title: str) -> View:
    """Return what somebody asked for as the template shows it, under a title."""
    state = "waits" if demanded.waits else "works" if demanded.code is None else "over"
    return {
        "title": title,
        "by": demanded.by,
        "time": pages.views.clock(demanded.began),
        "state": pages.strings.say(
            f"round_{state}" if demanded.code in (None, 0) else "round_failed"
        ),
        "is_over": demanded.code is not None,
        "log": [text.fold(line) for line in demanded.log],
    }
