"""Rules: digests of what decides which items of a source are wanted, to tell when it changed."""

from __future__ import annotations

import hashlib

from copydesk.engine.newsroom import Newsroom
from copydesk.news import Source

# drops that the owner's rules made, and that other rules might not make
OF_RULES = frozenset({"off-beat", "filtered", "too-old"})


class Rules:
    """The rules of a newsroom as digests, one for each source."""

    def __init__(self, newsroom: Newsroom) -> None:
        beat = newsroom.beat
        topics = [(topic.id, topic.name, topic.parent, topic.keywords) for topic in beat.topics]
        days = newsroom.settings.fetch.max_age_days
        self._beat = repr((topics, beat.topic, beat.scoring.off_beat, days))

    def of(self, source: Source) -> str:
        """Give the digest of how this source's list is read and its items are chosen."""
        own = (source.kind, source.listing, source.include, source.exclude, source.topics)
        return hashlib.sha256(f"{self._beat}{own!r}".encode()).hexdigest()[:16]
