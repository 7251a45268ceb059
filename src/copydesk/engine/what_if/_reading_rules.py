"""By what articles are read: whether what was found in one still holds under other settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from copydesk.judge.topics import ChangedWords, find_changed_words
from copydesk.news import Beat, Topic


@dataclass(slots=True, kw_only=True)
class ReadingRules:
    """The rules of a beat by which articles are read, as digests; a source's are worked out once.

    `topics` changes with what a topic is told by.
    """

    beat: Beat
    topics: str = field(init=False)
    _common: str = field(init=False)
    _sources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Digest what is the same for all articles."""
        beat = self.beat
        self.topics = digest_topics(beat.topics)
        organizations = sorted(beat.organizations.items())
        standings = sorted(beat.standings.items())
        self._common = _digest(
            (
                beat.scoring.profile,
                beat.excerpt,
                beat.topic,
                beat.locale,
                organizations,
                standings,
            )
        )

    def of_source(self, url: str) -> str:
        """Return a text that changes with all but the topics by which its articles are read."""
        if url not in self._sources:
            source = self.beat.source(url)
            own = (source.name, source.topics, source.official) if source else ()
            self._sources[url] = f"{self._common} {_digest(own)}"
        return self._sources[url]


class TopicChanges:
    """Which articles the topics of another beat may touch, by language."""

    def __init__(self, before: Beat | None, after: Beat) -> None:
        """Compare two beats; None is one that nobody knows."""
        self._before = before
        self._after = after
        self._is_same = before is not None and before.topics == after.topics
        self._found: dict[str, ChangedWords | None] = {}

    def may_touch(self, language: str, stems: str) -> bool:
        """Decide whether an article in a language with these stems may have other topics now."""
        if self._is_same:
            return False
        if self._before is None or not self._after.scoring.traits.has_blocks:
            return True
        if language not in self._found:
            self._found[language] = find_changed_words(self._before, self._after, language)
        changed = self._found[language]
        return changed is None or changed.may_touch(stems)


def digest_topics(topics: tuple[Topic, ...]) -> str:
    """Return a text that changes with what topics are told by."""
    return _digest([replace(topic, **_TELLS_NOTHING) for topic in topics])


_TELLS_NOTHING: Mapping[str, Any] = {
    "id": "",
    "description": "",
    "hashtags": (),
    "images": (),
    "services": (),
    "dismissed": (),
}


def _digest(parts: object) -> str:
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=12).hexdigest()
