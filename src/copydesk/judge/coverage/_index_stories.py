"""Index stories: what a corpus keeps of filed ones, so that grouping need not read them again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copydesk.judge.clustering import MemoryCorpus, NewsDocument, index_terms
from copydesk.judge.coverage._excluded import is_excluded
from copydesk.judge.coverage._ruled_groups import name_of
from copydesk.kit import text
from copydesk.news import Beat, Corpus, IndexedDocument, Shelved, Story

NO_TIME = datetime.min.replace(tzinfo=UTC)
_MOST_BEHIND = timedelta(days=14)
_VERSION = "1"  # to be raised when other terms are found in a text, or other ones tell of it


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusChange:
    """What must change in a corpus: documents that it has not, or not so, and keys that went.

    The documents are made as they are asked for, once.
    """

    put: Iterator[IndexedDocument]
    forget: tuple[str, ...]


def compare_with_corpus(
    stories: Iterable[Shelved], beat: Beat, known: Mapping[str, bytes]
) -> CorpusChange:
    """Return what a corpus that knows these digests by key lacks to hold exactly these stories.

    Copies, and what stands apart from all others, are none of it.
    """
    wanted = {
        name_of(shelved.story): (shelved, _digest(shelved))
        for shelved in stories
        if is_grouped(shelved.story, beat)
    }
    changed = [pair for key, pair in wanted.items() if known.get(key) != pair[1]]
    return CorpusChange(put=_index(changed), forget=tuple(known.keys() - wanted.keys()))


def make_corpus(stories: Iterable[Shelved], beat: Beat) -> Corpus:
    """Return a corpus in memory of these stories, as `compare_with_corpus` has them."""
    return MemoryCorpus(compare_with_corpus(stories, beat, {}).put)


def is_grouped(story: Story, beat: Beat) -> bool:
    """Decide whether a story may stand in a group with others."""
    return not story.copy_of and not is_excluded(story, beat)


def _index(stories: Sequence[tuple[Shelved, bytes]]) -> Iterator[IndexedDocument]:
    terms = index_terms(to_document(shelved) for shelved, _ in stories)
    for (shelved, digest), counted in zip(stories, terms, strict=True):
        yield IndexedDocument(
            key=name_of(shelved.story), second=_second(shelved), digest=digest, terms=counted
        )


def _second(shelved: Shelved) -> int:
    return int(moment_of(shelved).timestamp())


def moment_of(shelved: Shelved) -> datetime:
    """Return when a story came, year 1 where nothing tells.

    Its own date, unless that is weeks before it was found, or after: then it tells nothing.
    """
    published, found = shelved.story.published_at or NO_TIME, shelved.found
    if found is None:
        return published
    return published if _MOST_BEHIND > found - published >= timedelta(0) else found


def _digest(shelved: Shelved) -> bytes:
    story = shelved.story
    parts = (
        _VERSION,
        story.title,
        story.language,
        str(_second(shelved)),
        shelved.text or story.excerpt,
    )
    said = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(said, digest_size=12).digest()


def to_document(shelved: Shelved, moment: datetime = NO_TIME, group: str = "") -> NewsDocument:
    """Return a story as a document of a stream."""
    story = shelved.story
    return NewsDocument(
        key=name_of(story),
        title=story.title,
        text=text.prose(shelved.text) or story.excerpt,
        language=story.language,
        moment=None if moment == NO_TIME else moment,
        group=group,
        vector=shelved.vector,
    )
