"""Match words: which filed stories have some words, by the catalogue's index, while one types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.catalogue import Catalogue, StoryFilter
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError
from copydesk.kit import text

_CHARACTERS = 100
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedStory:
    """A story that has some words: its record, what it says, and the topics that it has."""

    path: str
    title: str
    excerpt: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMatches:
    """How many filed stories have some words one after another, and the newest of them."""

    words: str
    total: int
    stories: tuple[MatchedStory, ...]


def match_words(newsroom: Newsroom, catalogue: Catalogue, words: str) -> WordMatches:
    """Return the stories that have words one after another in headline, excerpt or kept text.

    The index splits texts where blanks are, and knows of one word what begins like it: the judge
    may find a form more, or less. Raises CatalogueError.
    """
    clean = " ".join(text.words(words.replace('"', " ")))[:_CHARACTERS]
    if not clean:
        return WordMatches(words="", total=0, stories=())
    wanted = StoryFilter(words=f'"{clean}"')
    paths = catalogue.find(wanted, _MOST)
    total = catalogue.count(wanted) if len(paths) == _MOST else len(paths)
    return WordMatches(words=clean, total=total, stories=tuple(_read(newsroom, paths)))


def _read(newsroom: Newsroom, paths: list[str]) -> Iterator[MatchedStory]:
    for path in paths:
        try:
            story = newsroom.archive.read_listed(path)
        except RecordError:
            continue  # gone in this moment, or under somebody's hand
        yield MatchedStory(path=path, title=story.title, excerpt=story.excerpt, topics=story.topics)
