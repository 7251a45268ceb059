"""Rules: digests of what decides which items of a source are wanted, to tell when it changed."""

from __future__ import annotations

import hashlib

from copydesk.config import Settings
from copydesk.news import Source

# drops that the owner's rules made, and that other rules might not make
RULE_REASONS = frozenset({"off-beat", "filtered", "too-old", "ruled-out"})


class RuleDigests:
    """The rules of a newsroom as digests, one for each source."""

    def __init__(self, settings: Settings) -> None:
        beat = settings.beat
        topics = [(topic.id, topic.name, topic.parent, topic.keywords) for topic in beat.topics]
        days = settings.fetch.max_age_days
        self._beat = repr((topics, beat.topic, beat.scoring.off_beat, days))
        self._blocked = repr([rule.values for rule in beat.rulings if rule.said == "block"])

    def of(self, source: Source) -> str:
        """Compute the digest of how this source's list is read and its items are chosen."""
        return _digest(self._beat, _own(source), self._blocked)

    def behind(self, source: Source, reason: str) -> str:
        """Compute the digest of what made a drop of this reason.

        One block more or less lets nobody ask again for what was off the beat.
        """
        return self.of(source) if reason == "ruled-out" else _digest(self._beat, _own(source))


def _own(source: Source) -> str:
    return repr((source.kind, source.listing, source.include, source.exclude, source.topics))


def _digest(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]
