"""Read the articles of filed stories for what is found in them, those alone that are not kept.

By all cores where this process can be copied: in each the memory is opened anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from copydesk import extract, judge
from copydesk.engine.newsroom import Failure, Newsroom, Progress, failure_of
from copydesk.engine.reading import SiteHabits
from copydesk.engine.what_if._kept_findings import FindingsStore, ReadArticle
from copydesk.engine.what_if._reading_rules import ReadingRules, TopicChanges
from copydesk.judge.topics import stems_of
from copydesk.kit import processes
from copydesk.memory import Memory
from copydesk.news import Article, Story

_AT_ONCE = 100  # articles: a piece of work, and what is written together
_Made = tuple[str, "ReadArticle | Failure | None"]


@dataclass(slots=True, kw_only=True)
class ArticleReader:
    """Reads articles for what is found in them by the rules of today."""

    newsroom: Newsroom
    rules: ReadingRules
    _sites: dict[int, SiteHabits] = field(default_factory=dict)

    @property
    def sites(self) -> SiteHabits:
        """Return what sites repeat; another process opens the memory for itself."""
        here = os.getpid()
        if here not in self._sites:
            memory = self.newsroom.memory if not self._sites else _open_memory(self.newsroom)
            rule = self.newsroom.beat.excerpt
            self._sites[here] = SiteHabits(self.newsroom.articles, memory, rule)
        return self._sites[here]

    def find(self, story: Story) -> tuple[str, Article] | None:
        """Return the article of a story without what its site repeats, and its name; else None."""
        articles = self.newsroom.articles
        for url in story.addresses:
            name = articles.find_name(url)
            article = None if name is None else articles.get(name)
            if name is not None and article is not None:
                return name, self.sites.settle(article)
        return None

    def read(self, story: Story) -> ReadArticle | None:
        """Return what is found in the article of a story, None where none is kept."""
        found = self.find(story)
        if found is None:
            return None
        name, article = found
        beat = self.newsroom.beat
        return ReadArticle(
            name=name,
            habits=self.sites.digest_passages(extract.site_of(article)),
            topics=self.rules.topics,
            rules=self.rules.of_source(article.source),
            article=replace(article, text=""),
            characters=len(article.text),
            stems=stems_of(article, beat) if beat.scoring.traits.has_blocks else "",
            findings=judge.examine(article, beat),
        )


def _open_memory(newsroom: Newsroom) -> Memory:
    """Open the memory a second time, for a process to which no open file may go along."""
    return Memory(newsroom.private / "memory.sqlite")


def read_articles(
    reader: ArticleReader, store: FindingsStore, stories: Sequence[Story], progress: Progress
) -> tuple[dict[str, ReadArticle], list[Failure]]:
    """Return what is found in the articles of stories by path, and what could not be read.

    A story of which no article is kept is left out.
    """
    kept = _choose_valid(reader, store, stories)
    missing = [story for story in stories if story.path not in kept]
    progress.stage("read articles", len(missing))
    failed: list[Failure] = []
    waiting: dict[str, ReadArticle] = {}

    def take(made: _Made) -> None:
        path, read = made
        progress.step()
        if isinstance(read, Failure):
            failed.append(read)
        elif read is not None:
            kept[path] = waiting[path] = read
            if len(waiting) >= _AT_ONCE:
                store.put_articles(waiting)
                waiting.clear()

    _read_all(reader, missing, take)
    store.put_articles(waiting)
    store.put_topics(reader.rules.topics, reader.newsroom.beat.topics)
    return kept, failed


def _read_all(
    reader: ArticleReader, missing: Sequence[Story], take: Callable[[_Made], None]
) -> None:
    reader.sites.digest_passages("")  # what the whole store taught is learned once, before copies

    def make(piece: int) -> Iterator[_Made]:
        for story in missing[piece * _AT_ONCE : (piece + 1) * _AT_ONCE]:
            try:
                yield story.path, reader.read(story)
            except Exception as error:  # a bug that one article meets must cost only that article
                yield story.path, failure_of(story.path, error)

    pieces = -(-len(missing) // _AT_ONCE)
    workers = min(processes.at_once(), pieces) if processes.can_fork() else 1
    job = processes.Job(pieces=pieces, make=make, take=take, tell=lambda: None)
    processes.do_all(job, workers)


def _choose_valid(
    reader: ArticleReader, store: FindingsStore, stories: Sequence[Story]
) -> dict[str, ReadArticle]:
    """Return what is kept and still holds: the article is the same, and so is what it is read by.

    What is kept of stories that nobody asks for is forgotten.
    """
    kept, topics = store.read_articles(), store.read_topics()
    gone = kept.keys() - {story.path for story in stories}
    store.forget(gone, topics.keys() - {read.topics for read in kept.values()})
    beat, names = reader.newsroom.beat, reader.newsroom.articles
    changes = {
        digest: TopicChanges(replace(beat, topics=before), beat)
        for digest, before in topics.items()
    }
    unknown = TopicChanges(None, beat)
    valid = {}
    for story in stories:
        read = kept.get(story.path)
        if read is None or not _is_article(names.find_name, story, read.name):
            continue
        article = read.article
        may_touch = changes.get(read.topics, unknown).may_touch(article.language, read.stems)
        habits = reader.sites.digest_passages(extract.site_of(article))
        if (
            not may_touch
            and read.habits == habits
            and read.rules == reader.rules.of_source(article.source)
        ):
            valid[story.path] = read
    return valid


def _is_article(find_name: Callable[[str], str | None], story: Story, name: str) -> bool:
    """Decide whether the article of a name is the one that is kept for a story."""
    found = (find_name(url) for url in story.addresses)
    return next(filter(None, found), None) == name
