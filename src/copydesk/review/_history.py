"""A story's history: a line for each thing that its publisher changed after it was filed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from copydesk.kit import dates, text
from copydesk.news import Event, EventKind, Story

KEPT_LINES = 12  # the first, and the newest eleven


def add_to_history(story: Story, at: datetime, events: Iterable[Event]) -> Story:
    """Return the story with these events in its history, each after its time; the oldest go first.

    The very first stays: it says how the story came in. Strangers' words are in them, so control
    characters, and those that turn the writing round, are dropped.
    """
    moment = dates.rfc3339(at)
    timed = (Event(at=moment, what=text.fold(event.what)) for event in events)
    history = (*story.history, *map(str, timed))
    if len(history) > KEPT_LINES:
        history = (history[0], *history[1 - KEPT_LINES :])
    return replace(story, history=history)


def is_noted_since(story: Story, since: datetime) -> bool:
    """Decide whether the history tells of something at its publisher from after a time."""
    theirs = (event for event in story.events if event.kind is not EventKind.CORRECTED)
    moments = (dates.parse(event.at) for event in theirs if event.at)
    return any(moment is not None and moment > since for moment in moments)
