"""Read one story with its group, explanation and text; preview a web page as a story."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from copydesk import judge
from copydesk.editing import explain
from copydesk.editing.queue._question import QueueRow, QueueStory
from copydesk.editing.queue._reader import QueueReader
from copydesk.errors import RecordError, UsageError
from copydesk.judge import gate
from copydesk.kit import text, urls
from copydesk.news import Article, Lead, Story
from copydesk.news.article import Figure
from copydesk.newsroom import Newsroom
from copydesk.newsroom.filing import read_removals
from copydesk.newsroom.reports import Explanation
from copydesk.rounds import SiteHabits

_PARAGRAPHS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPassage:
    """A paragraph of a story, with the positions of words that caused its topics or points."""

    words: str
    marks: tuple[judge.EvidenceMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """The data of a story's page in the editors' web interface: its group, status and article.

    `text` is Markdown, "" if none is stored; `figures` are the pictures that its page offers.
    `passages` are headline, excerpt and text as plain words, with marks.
    """

    seen: QueueStory
    row: QueueRow
    explanation: Explanation
    text: str = ""
    figures: tuple[Figure, ...] = ()
    passages: tuple[MarkedPassage, ...] = ()


def read_queue_story(newsroom: Newsroom, queue: QueueReader, name: str) -> QueueStory:
    """Return the story with a record name, as in the queue; RecordError if there is none."""
    return _read_row(newsroom, queue, name)[1]


def read_story_page(newsroom: Newsroom, queue: QueueReader, name: str) -> StoryPage:
    """Return the data of a story's page by its record name; RecordError if there is none."""
    row, seen = _read_row(newsroom, queue, name)
    article = newsroom.articles.find_for(seen.story)
    return StoryPage(
        seen=seen,
        row=row,
        explanation=explain(newsroom, seen.story.path),
        text=article.text if article else "",
        passages=_mark_passages(newsroom, seen.story, article),
        figures=article.figures if article else (),
    )


def _read_row(newsroom: Newsroom, queue: QueueReader, name: str) -> tuple[QueueRow, QueueStory]:
    """Return the queue row that contains the story with a name, and the story."""
    happening = queue.find_happening(name)
    rows = queue.rows(newsroom, [happening], name) if happening else []
    for row in rows:
        for story in (row.leader, *row.copies, *row.coverage):
            if story.name == name:
                return row, story
    raise RecordError("the story does not exist", subject=name, hint="check whether it was renamed")


def _mark_passages(
    newsroom: Newsroom, story: Story, article: Article | None
) -> tuple[MarkedPassage, ...]:
    """Return a story's marked passages; without stored text only headline and excerpt."""
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


# Page preview: `copydesk extract` reads an address in a process of its own; nothing is filed.

_SECONDS = 40.0  # including the polite wait for the host
_ADDRESS_CHARACTERS = 2_000
_SHOWN = ("web_url", "title", "excerpt")


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePreview:
    """The story that a web page would give; `problem` is the reason if it gives none, else "".

    `published_at` is in UTC, as text for people: `2026-11-19 08:00`.
    """

    url: str
    web_url: str = ""
    title: str = ""
    excerpt: str = ""
    source: str = ""
    published_at: str = ""
    problem: str = ""


async def preview_page(root: Path, url: str, seconds: float = _SECONDS) -> PagePreview:
    """Return the story that a fetching run would read at a URL; nothing is stored.

    robots.txt and all limits of such a run hold. Raises UsageError for an invalid web address.
    """
    address = urls.fetchable(url) if len(url) <= _ADDRESS_CHARACTERS else None
    if address is None:
        raise UsageError("invalid web address", subject=url[:200], hint="begin with https://")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "copydesk", "-C", str(root), "extract", address, "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, told = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        return PagePreview(url=address, problem=f"no answer within {seconds:.0f} seconds")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
    if process.returncode != 0:
        return PagePreview(url=address, problem=_read_problem(told))
    return _read_fields(address, out)


def find_obstacle(newsroom: Newsroom, preview: PagePreview) -> str:
    """Return the editor's rule that keeps a page from becoming a story, as text, or ""."""
    addresses = {preview.url, preview.web_url or preview.url}
    if not read_removals(newsroom.root).isdisjoint(map(urls.identity, addresses)):
        return "removed by an editor"
    for address in sorted(addresses):
        lead = Lead(url=address, source="", found=newsroom.now, title=preview.title)
        if why := gate.blocking_ruling(lead, newsroom.beat.rulings):
            return why
    return ""


def find_filed_record(queue: QueueReader, preview: PagePreview) -> str:
    """Return the name of the story record that has a page's URL, "" if there is none."""
    paths = queue.paths_at(filter(None, (preview.url, preview.web_url)))
    return next((path.rsplit("/", 1)[-1].removesuffix(".md") for path in sorted(paths)), "")


def _read_problem(told: bytes) -> str:
    """Return the error message that a command wrote, without its prefixes."""
    lines = told.decode("utf-8", "replace").strip().splitlines()
    said = [line.removeprefix("error: ").removeprefix("hint: ") for line in lines[-2:]]
    return text.fold("; ".join(said))[:500] or "the page cannot be read"


def _read_fields(address: str, out: bytes) -> PagePreview:
    try:
        fields = msgspec.json.decode(out, type=dict[str, dict[str, object]])
    except msgspec.DecodeError:
        return PagePreview(url=address, problem="the page cannot be read")
    values = {name: told.get("value") for name, told in fields.items()}
    said = {name: text.fold(str(values.get(name) or "")) for name in _SHOWN}
    provider = values.get("provider")
    publisher = provider if isinstance(provider, Mapping) else {}
    return PagePreview(
        url=address,
        source=text.fold(str(publisher.get("name") or publisher.get("domain") or "")),
        published_at=str(values.get("published_at") or "")[:16].replace("T", " "),
        **said,
    )
