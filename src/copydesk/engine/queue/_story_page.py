"""One story with all that the desk knows of it: its event, why it stands there, its text."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.engine.editing import explain
from copydesk.engine.filing import find_article
from copydesk.engine.newsroom import Explanation, Newsroom
from copydesk.engine.queue._reader import QueueReader
from copydesk.engine.queue._rows import QueueRow, QueueStory
from copydesk.errors import RecordError
from copydesk.news import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """A story, the row of its event, why it stands where it does, and what was read of its page.

    `text` is Markdown, "" where none is kept; `figures` are the pictures that its page offers.
    """

    seen: QueueStory
    row: QueueRow
    explanation: Explanation
    text: str = ""
    figures: tuple[Figure, ...] = ()


def read_story_page(newsroom: Newsroom, queue: QueueReader, name: str) -> StoryPage:
    """Return the page of the story of a name; raises RecordError where there is none."""
    event = queue.event_of(name)
    rows = queue.rows(newsroom, [event], name) if event else []
    stories = [story for row in rows for story in (row.leader, *row.copies, *row.coverage)]
    seen = next((story for story in stories if story.name == name), None)
    if seen is None:
        raise RecordError("no such story", subject=name, hint="it may have been deleted or renamed")
    article = find_article(newsroom.articles, seen.story)
    return StoryPage(
        seen=seen,
        row=rows[0],
        explanation=explain(newsroom, seen.story.path),
        text=article.text if article else "",
        figures=article.figures if article else (),
    )
