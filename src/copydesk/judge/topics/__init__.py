"""Topics: an article and the beat in, the topics that it is about out, with evidence."""

from __future__ import annotations

from copydesk.judge.topics._topics import miss, near, relevance, topics

__all__ = ["miss", "near", "relevance", "topics"]
