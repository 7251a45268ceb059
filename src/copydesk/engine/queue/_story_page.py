"""One story with all that the desk knows of it: its happening, why it stands there, its text."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk import judge
from copydesk.engine.editing import explain
from copydesk.engine.filing import find_article
from copydesk.engine.newsroom import Explanation, Newsroom
from copydesk.engine.queue._reader import QueueReader
from copydesk.engine.queue._rows import QueueRow, QueueStory
from copydesk.engine.reading import SiteHabits
from copydesk.errors import RecordError
from copydesk.kit import text
from copydesk.news import Article, Figure, Story

_PARAGRAPHS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPassage:
    """A paragraph, and where in it the words stand that its topics and points come from."""

    words: str
    marks: tuple[judge.EvidenceMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """A story, the row of its happening, why it stands there, and what was read of its page.

    `text` is Markdown, "" where none is kept; `figures` are the pictures that its page offers.
    `passages` are its headline, its excerpt and that text as plain words, with marks.
    """

    seen: QueueStory
    row: QueueRow
    explanation: Explanation
    text: str = ""
    figures: tuple[Figure, ...] = ()
    passages: tuple[MarkedPassage, ...] = ()


def read_queue_story(newsroom: Newsroom, queue: QueueReader, name: str) -> QueueStory:
    """Return the story of a name; raises RecordError where there is none."""
    return _read_row(newsroom, queue, name)[1]


def read_story_page(newsroom: Newsroom, queue: QueueReader, name: str) -> StoryPage:
    """Return the page of the story of a name; raises RecordError where there is none."""
    row, seen = _read_row(newsroom, queue, name)
    article = find_article(newsroom.articles, seen.story)
    return StoryPage(
        seen=seen,
        row=row,
        explanation=explain(newsroom, seen.story.path),
        text=article.text if article else "",
        passages=_mark_passages(newsroom, seen.story, article),
        figures=article.figures if article else (),
    )


def _read_row(newsroom: Newsroom, queue: QueueReader, name: str) -> tuple[QueueRow, QueueStory]:
    """Return the row in which the story of a name stands, and the story."""
    happening = queue.find_happening(name)
    rows = queue.rows(newsroom, [happening], name) if happening else []
    for row in rows:
        for story in (row.leader, *row.copies, *row.coverage):
            if story.name == name:
                return row, story
    raise RecordError("no such story", subject=name, hint="it may have been deleted or renamed")


def _mark_passages(
    newsroom: Newsroom, story: Story, article: Article | None
) -> tuple[MarkedPassage, ...]:
    """Return the passages of a story; of a text that is no longer kept nothing is marked."""
    if article is None:
        unmarked = map(text.fold, (story.title, story.excerpt))
        return tuple(MarkedPassage(words=words) for words in filter(None, unmarked))
    beat = newsroom.beat
    read = SiteHabits(newsroom.articles, newsroom.memory, beat.excerpt).settle(article)
    paragraphs = text.prose(read.text).split("\n")[:_PARAGRAPHS]
    words = [text.fold(passage) for passage in (read.title, read.excerpt, *paragraphs)]
    passages = [passage for passage in words if passage]
    marks = judge.mark_evidence(passages, read, beat, story.topics)
    return tuple(
        MarkedPassage(words=passage, marks=tuple(found))
        for passage, found in zip(passages, marks, strict=True)
    )
