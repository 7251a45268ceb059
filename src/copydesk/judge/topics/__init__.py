"""Topics: an article and the beat in, the topics that it is about out, with evidence."""

from __future__ import annotations

from copydesk.judge.topics._topics import describe_miss, describe_near_miss, relevance, topics

__all__ = ["describe_miss", "describe_near_miss", "relevance", "topics"]
