"""OPML: lists of sources that others keep, taken into beat.toml, and ours written for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk import config, watch
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import FeedError
from copydesk.news import Source, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How many sources a file names, how many were added, and folders that are no topic here."""

    named: int
    added: int
    no_topics: tuple[str, ...] = ()


def import_sources(newsroom: Newsroom, path: Path) -> Import:
    """Add the sources of an OPML file, or of a list with an address a line, to beat.toml.

    Folders that are topics of the beat stay so; others are left out and named. Raises FeedError.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FeedError(f"the file cannot be read ({error.strerror})", subject=str(path)) from error
    found = watch.read_sources(data)
    fitted = [fit_topics(source, newsroom.beat.topics) for source in found]
    strange = dict.fromkeys(topic for _, topics in fitted for topic in topics)
    added = config.add_sources(newsroom.root, [source for source, _ in fitted])
    return Import(named=len(found), added=added, no_topics=tuple(strange))


def fit_topics(source: Source, topics: Sequence[Topic]) -> tuple[Source, tuple[str, ...]]:
    """Return a source with those of its folders that are topics here, and the others."""
    names = _names(topics)
    known = (names[topic.casefold()] for topic in source.topics if topic.casefold() in names)
    strange = tuple(topic for topic in source.topics if topic.casefold() not in names)
    return replace(source, topics=tuple(dict.fromkeys(known))), strange


def _names(topics: Iterable[Topic]) -> dict[str, str]:
    """Return the name of each topic by all that a folder may call it, in small letters."""
    names: dict[str, str] = {}
    for topic in topics:
        for name in (topic.name, topic.shortname, topic.id):
            if name:
                names.setdefault(name.casefold(), topic.name)
    return names


def export_opml(newsroom: Newsroom) -> bytes:
    """Write the sources of the beat as OPML 2.0."""
    return watch.write_opml(newsroom.beat.sources)
