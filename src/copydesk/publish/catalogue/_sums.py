"""Sums: how many published stories there are under each heading, and what has been given up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from copydesk.publish._entries import Entry

Key = tuple[str, str]  # kind and heading


def counted(entry: Entry, above: Mapping[str, tuple[str, ...]]) -> Iterator[Key]:
    """Give under what a published story counts: the site, its day, month, source and topics."""
    yield "all", ""
    yield "month", entry.month
    if entry.day:
        yield "day", entry.day
    if entry.domain:
        yield "source", entry.domain
    for topic in under(entry, above):
        yield "topic", topic


def under(entry: Entry, above: Mapping[str, tuple[str, ...]]) -> Sequence[str]:
    """Give the ids of a story's topics and of those above them, each once."""
    if len(entry.topics) == 1:
        return above.get(entry.topics[0], ())
    return list(dict.fromkeys(id_ for name in entry.topics for id_ in above.get(name, ())))
