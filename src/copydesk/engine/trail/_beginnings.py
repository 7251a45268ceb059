"""Beginnings: where a story was found and what was read of it, as far as anybody still knows."""

from __future__ import annotations

import json
from collections.abc import Iterator

from copydesk.archive import sealing
from copydesk.engine.filing import find_article
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.trail._trail_entry import TrailEntry, TrailKind, describe
from copydesk.errors import SealError
from copydesk.kit import dates, urls
from copydesk.memory import Fate
from copydesk.news import Article, Story

_FATES = {"dropped": TrailKind.DROPPED, "failed": TrailKind.FAILED, "filed": TrailKind.FILED}


def list_beginnings(newsroom: Newsroom, story: Story) -> Iterator[TrailEntry]:
    """Walk how a story came in: found, read. One of the site's own was neither."""
    if story.is_own:
        return
    article = find_article(newsroom.articles, story)
    yield _find_source(newsroom, story, article)
    characters = len(article.text) if article else ""
    yield TrailEntry(
        kind=TrailKind.READ, what=describe(TrailKind.READ, characters=characters or "")
    )


def list_fate(fate: Fate) -> Iterator[TrailEntry]:
    """Walk what befell a lead that became no story, or one whose record is gone."""
    yield TrailEntry(kind=TrailKind.FOUND, what=describe(TrailKind.FOUND, source=fate.source))
    kind = _FATES[fate.state]
    reason = ": ".join(filter(None, (fate.reason, fate.detail)))
    yield TrailEntry(
        kind=kind,
        what=describe(kind, reason=reason),
        at=dates.rfc3339(fate.at),
        count=fate.tries,
    )


def find_fate(newsroom: Newsroom, story: Story) -> Fate | None:
    """Return what the memory has of a story's lead, None where it was lost."""
    fates = (newsroom.memory.fate(urls.identity(address)) for address in story.addresses)
    return next((fate for fate in fates if fate is not None), None)


def _find_source(newsroom: Newsroom, story: Story, article: Article | None) -> TrailEntry:
    """Return where and when a story was found: by its sealed part, its article or the memory."""
    source, at = _open_seal(newsroom, story)
    if not source and article is not None:
        source, at = article.source, at or dates.rfc3339(article.found)
    if not source:
        fate = find_fate(newsroom, story)
        source = fate.source if fate else ""
    return TrailEntry(kind=TrailKind.FOUND, what=describe(TrailKind.FOUND, source=source), at=at)


def _open_seal(newsroom: Newsroom, story: Story) -> tuple[str, str]:
    """Return source and time out of a record's sealed part, "" where it stays closed."""
    key = newsroom.settings.key
    if key is None or not story.secured:
        return "", ""
    try:
        private = json.loads(sealing.unseal(story.secured, key, story.path.rsplit("/", 1)[-1]))
        return str(private.get("source", "")), str(private.get("found", ""))
    except (SealError, ValueError, AttributeError):  # another key; the reference's form
        return "", ""
