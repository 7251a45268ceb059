"""A story's history: a line for each thing that its publisher changed after it was filed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from copydesk.kit import dates, text
from copydesk.news import Story

KEPT_LINES = 12  # the first, and the newest eleven

_TIME = re.compile(r"(\S+) ")


def noted(story: Story, at: datetime, lines: Iterable[str]) -> Story:
    """Give the story with these lines in its history, each after its time; the oldest go first.

    The very first stays: it says how the story came in. Strangers' words are in them, so control
    characters, and those that turn the writing round, are dropped.
    """
    history = (*story.history, *(f"{dates.rfc3339(at)} {text.fold(line)}" for line in lines))
    if len(history) > KEPT_LINES:
        history = (history[0], *history[1 - KEPT_LINES :])
    return replace(story, history=history)


def is_noted_since(story: Story, since: datetime) -> bool:
    """Say whether the history has a line from after a time."""
    return any(moment > since for line in story.history if (moment := _moment(line)) is not None)


def _moment(line: str) -> datetime | None:
    found = _TIME.match(line)
    return dates.parse(found.group(1)) if found else None
