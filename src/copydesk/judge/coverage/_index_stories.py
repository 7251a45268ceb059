"""Index stories: what a corpus keeps of filed ones, so that grouping need not read them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from copydesk.judge._block import blocking_ruling
from copydesk.judge.clustering import LayeredCorpus, MemoryCorpus, NewsDocument, index_terms
from copydesk.judge.coverage._ruled_groups import name_of
from copydesk.kit import text
from copydesk.news import Beat, Corpus, IndexedDocument, Shelved, Story

NO_TIME = datetime.min.replace(tzinfo=UTC)
TERMS_VERSION = 2  # to be raised when other terms are found in a text, or other ones tell of it


def index_stories(stories: Sequence[tuple[Shelved, bytes]]) -> Iterator[IndexedDocument]:
    """Yield these stories as a corpus keeps them, each under the digest that is given with it."""
    terms = index_terms(to_document(shelved) for shelved, _ in stories)
    for (shelved, digest), counted in zip(stories, terms, strict=True):
        yield IndexedDocument(
            key=name_of(shelved.story),
            second=int(moment_of(shelved).timestamp()),
            digest=digest,
            terms=counted,
        )


def make_corpus(stories: Iterable[Shelved]) -> Corpus:
    """Return a corpus in memory of these stories."""
    return MemoryCorpus(index_stories([(shelved, b"") for shelved in stories]))


def extend_corpus(corpus: Corpus, stories: Iterable[Shelved]) -> Corpus:
    """Return a corpus with some stories that are not in it; it stays as it is."""
    fresh = MemoryCorpus(index_stories([(shelved, b"") for shelved in stories]))
    return LayeredCorpus(corpus, fresh) if fresh.sizes()[0] else corpus


def is_grouped(story: Story, beat: Beat) -> bool:
    """Decide whether a story may stand in a group with others."""
    return not (story.copy_of or story.is_kept_out or is_excluded(story, beat))


def _is_merged(story: Story, beat: Beat) -> bool:
    return any(rule.said == "merge" and name_of(story) in rule.stories for rule in beat.rulings)


def is_excluded(story: Story, beat: Beat) -> bool:
    """Decide whether a story is blocked or off the beat, and has left its group for that.

    While it is still in one, it was not judged since the rules changed, and stays. A story of the
    site's own stands beside others where an editor puts it, and nowhere by itself.
    """
    if story.is_own and not story.group and not _is_merged(story, beat):
        return True
    if story.group or story.published:
        return False
    is_off_beat = bool(beat.topics) and beat.scoring.off_beat == "drop" and not story.topics
    return is_off_beat or bool(blocking_ruling(story, beat.rulings))


def moment_of(shelved: Shelved) -> datetime:
    """Return when a story came, year 1 where nothing tells.

    Its own date, unless that is after it was found: then it tells nothing.
    """
    published, found = shelved.story.published_at or NO_TIME, shelved.found
    if found is None:
        return published
    return found if published == NO_TIME else min(published, found)


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
