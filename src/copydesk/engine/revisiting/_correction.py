"""Correction: what a look at a filed page found to change in its record."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.news import Article, Event, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A record before and after, by which events; without `article` the page could not be had."""

    before: Story
    after: Story
    events: tuple[Event, ...]
    article: Article | None = None
    has_moved: bool = False
