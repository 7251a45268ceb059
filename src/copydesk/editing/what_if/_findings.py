"""Findings in the articles of stories (topics, quality), cached so that each is read once.

They are in the catalogue, which may be deleted: missing findings, and those made with other topics
or from another text, are made again on demand.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from copydesk import extract, judge
from copydesk.catalogue import Catalogue
from copydesk.judge import Findings
from copydesk.judge.copies import SameText
from copydesk.judge.topics import ChangedWords, find_changed_words, stems_of
from copydesk.kit import processes
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Story, Topic
from copydesk.newsroom import Failure, Newsroom, Progress, failure_of
from copydesk.rounds import SiteHabits

_VERSION = judge.FINDINGS_VERSION  # findings of another one are made again
_ARTICLES, _TEXTS, _TOPICS = (f"{kind} {_VERSION}" for kind in ("articles", "texts", "topics"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """An article without its text, and what was found in the text: topics, signals of quality.

    `name` is its name in the article store. `habits` is the digest of what its site repeats on
    every page, `topics` that of the topics, and `rules` that of all other settings for reading.
    `characters` is the length of its text; `stems` are the words by which topics are recognised.
    """

    name: str
    habits: str
    topics: str
    rules: str
    article: Article
    characters: int
    stems: str
    findings: Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTexts:
    """The stories whose texts an article repeats, and a digest of all texts compared with it."""

    texts: str
    same: tuple[SameText, ...]


class FindingsStore:
    """Findings in articles, stored in the search index by story path; raises CatalogueError."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Use a search index of stories; delete findings that another version made."""
        self._stored = catalogue.findings
        self._stored.keep_kinds((_ARTICLES, _TEXTS, _TOPICS))

    def read_articles(self) -> dict[str, ReadArticle]:
        """Return the stored articles with their findings, by the path of the story."""
        return self._stored.read(_ARTICLES, ReadArticle)

    def read_texts(self) -> dict[str, KeptTexts]:
        """Return by story path which other stories' texts each article repeats."""
        return self._stored.read(_TEXTS, KeptTexts)

    def read_topics(self) -> dict[str, tuple[Topic, ...]]:
        """Return the topic settings with which findings were made, by the settings' digest."""
        return self._stored.read(_TOPICS, tuple[Topic, ...])

    def put_articles(self, read: Mapping[str, ReadArticle]) -> None:
        """Store articles with the findings in them, by the path of the story."""
        self._stored.put(_ARTICLES, read)

    def put_texts(self, texts: Mapping[str, KeptTexts]) -> None:
        """Store by story path which other stories' texts each article repeats."""
        self._stored.put(_TEXTS, texts)

    def put_topics(self, digest: str, topics: tuple[Topic, ...]) -> None:
        """Store the topic settings with which findings were made, under the settings' digest."""
        self._stored.put(_TOPICS, {digest: topics})

    def forget(self, paths: Collection[str], topics: Iterable[str]) -> None:
        """Delete the findings of stories, given by path, and topic settings, given by digest."""
        self._stored.forget(_ARTICLES, paths)
        self._stored.forget(_TEXTS, paths)
        self._stored.forget(_TOPICS, topics)


# Deciding whether findings are still valid under other settings.


@dataclass(slots=True, kw_only=True)
class ReadingRules:
    """Digests of a site's rules for finding topics and quality in articles, cached by source.

    `topics` is the digest of all that topics are recognised by.
    """

    beat: Beat
    topics: str = field(init=False)
    _common: str = field(init=False)
    _sources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Compute the digest of the rules that hold for all articles."""
        beat = self.beat
        self.topics = digest_topics(beat.topics)
        organizations = sorted(beat.organizations.items())
        standings = sorted(beat.standings.items())
        self._common = _digest(
            (
                beat.scoring.profile,
                beat.scoring.scale,
                beat.excerpt,
                beat.topic,
                beat.locale,
                organizations,
                standings,
            )
        )

    def of_source(self, url: str) -> str:
        """Return a digest of all settings but topics for reading a source's articles."""
        if url not in self._sources:
            source = self.beat.source(url)
            own = (source.name, source.topics, source.official) if source else ()
            self._sources[url] = f"{self._common} {_digest(own)}"
        return self._sources[url]


class TopicChanges:
    """Decides, by language, which articles may get other topics after topics were changed."""

    def __init__(self, before: Beat | None, after: Beat) -> None:
        """Compare two sites' settings (`Beat`); `before` is None if it is unknown."""
        self._before = before
        self._after = after
        self._is_same = before is not None and before.topics == after.topics
        self._found: dict[str, ChangedWords | None] = {}

    def may_touch(self, language: str, stems: str) -> bool:
        """Return whether an article with this language and these stems may get other topics."""
        if self._is_same:
            return False
        if self._before is None or not self._after.scoring.traits.has_blocks:
            return True
        if language not in self._found:
            self._found[language] = find_changed_words(self._before, self._after, language)
        changed = self._found[language]
        return changed is None or changed.may_touch(stems)


def digest_topics(topics: tuple[Topic, ...]) -> str:
    """Return a digest of all topic settings by which topics are recognised in articles."""
    return _digest([replace(topic, **_TELLS_NOTHING) for topic in topics])


_TELLS_NOTHING: Mapping[str, Any] = {
    "id": "",
    "description": "",
    "hashtags": (),
    "images": (),
    "services": (),
    "dismissed": (),
}


def _digest(parts: object) -> str:
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=12).hexdigest()


# Reading articles whose findings are not stored. All cores are used if this process can fork; each
# fork opens the memory again.

_AT_ONCE = 100  # articles in one piece of work, which are written together
_Made = tuple[str, "ReadArticle | Failure | None"]


@dataclass(slots=True, kw_only=True)
class ArticleReader:
    """Finds topics and signals of quality in the stored articles of stories, by today's rules."""

    newsroom: Newsroom
    rules: ReadingRules
    _sites: dict[int, SiteHabits] = field(default_factory=dict)

    @property
    def sites(self) -> SiteHabits:
        """Return the texts that web sites repeat on their pages, from this process's database."""
        here = os.getpid()
        if here not in self._sites:
            memory = self.newsroom.memory if not self._sites else _open_memory(self.newsroom)
            rule = self.newsroom.beat.excerpt
            self._sites[here] = SiteHabits(self.newsroom.articles, memory, rule)
        return self._sites[here]

    def find(self, story: Story) -> tuple[str, Article] | None:
        """Return a story's stored article and its name, without the text that its web site repeats
        on every page; None if there is none.
        """
        articles = self.newsroom.articles
        for url in story.addresses:
            name = articles.find_name(url)
            article = None if name is None else articles.get(name)
            if name is not None and article is not None:
                return name, self.sites.settle(article)
        return None

    def read(self, story: Story) -> ReadArticle | None:
        """Return the findings in a story's article, None if no article is stored."""
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
            findings=judge.examine_article(
                article, beat.take_reputation(article.provider.domain, story.reasons)
            ),
        )


def _open_memory(newsroom: Newsroom) -> Memory:
    """Open the newsroom's database again, for a fork, which must not share open files."""
    return Memory(newsroom.private / "memory.sqlite")


def read_articles(
    reader: ArticleReader, store: FindingsStore, stories: Sequence[Story], progress: Progress
) -> tuple[dict[str, ReadArticle], list[Failure]]:
    """Return what was found in stories' articles (topics, quality), by path, and the failures.

    Stories without a stored article are left out.
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
    reader.sites.digest_passages("")  # learned from the whole store once, before the fork

    def make(piece: int) -> Iterator[_Made]:
        for story in missing[piece * _AT_ONCE : (piece + 1) * _AT_ONCE]:
            try:
                yield story.path, reader.read(story)
            except Exception as error:  # a bug in one article must cost only that article
                yield story.path, failure_of(story.path, error)

    pieces = -(-len(missing) // _AT_ONCE)
    workers = min(processes.at_once(), pieces) if processes.can_fork() else 1
    job = processes.Job(pieces=pieces, make=make, take=take, tell=lambda: None)
    processes.do_all(job, workers)


def _choose_valid(
    reader: ArticleReader, store: FindingsStore, stories: Sequence[Story]
) -> dict[str, ReadArticle]:
    """Return the stored findings that are still valid: their article and rules are the same.

    Findings of all other stories are deleted.
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
    """Return whether a name in the article store is that of a story's article."""
    found = (find_name(url) for url in story.addresses)
    return next(filter(None, found), None) == name
