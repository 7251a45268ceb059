"""The test bench: stored stories of some days, loaded to try out other scoring rules on them.

Two stories are related if a group, copy, URL, text or editor's rule names both, or if a third story
is related to each. The outcome for a story depends only on its relations, and on how many stories
its topics have.

Findings in the articles of stories (topics, quality) are cached in the catalogue, which may be
deleted: missing findings, and those made with other topics or from another text, are made again.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from copydesk import extract, judge
from copydesk.catalogue import Catalogue
from copydesk.config import Settings
from copydesk.extract.terms import count_quotable
from copydesk.judge import Findings, coverage
from copydesk.judge.copies import SameText
from copydesk.judge.topics import ChangedWords, find_changed_words, stems_of
from copydesk.kit import dates, processes, urls
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Ruling, Story, Topic
from copydesk.news.story import Surroundings
from copydesk.newsroom import Failure, Newsroom, Progress, failure_of
from copydesk.review import rules
from copydesk.rounds import SiteHabits
from copydesk.rounds.rejudging import Case, Rejudged, is_on_its_own_now, set_beside

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """Which stories are related (same event, copy, text …): all related paths for each path."""

    _family: Mapping[str, str]
    _members: Mapping[str, Sequence[str]]

    def has_any(self, path: str) -> bool:
        """Return whether the story at a path is related to any other story."""
        return len(self._members[self._family[path]]) > 1

    def of(self, paths: Iterable[str]) -> set[str]:
        """Return the paths of the given stories and of all stories related to them."""
        families = {self._family[path] for path in paths}
        return {path for family in families for path in self._members[family]}


def relate(
    stories: Iterable[Story], rulings: Iterable[Ruling], same: Mapping[str, Iterable[str]]
) -> Relations:
    """Return the relations of stories, which may be given both as stored and as newly scored.

    `same` has the paths of the stories whose text a story repeats.
    """
    union = _Union()
    paths = set()
    for story in stories:
        paths.add(story.path)
        for key in _keys_of(story):
            union.join(("path", story.path), key)
    for path, others in same.items():
        for other in others:
            union.join(("path", path), ("path", other))
    for rule in rulings:
        for name in rule.stories[1:]:
            union.join(("name", rule.stories[0]), ("name", name))
    family = {path: str(union.root(("path", path))) for path in paths}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        members[family[path]].append(path)
    return Relations(_family=family, _members=members)


class KeyIndex:
    """An index of stories by their keys: their own names and URLs, and those they refer to."""

    def __init__(self, stories: Iterable[Story]) -> None:
        """Index stories; a story may be passed in several versions (stored, scored)."""
        self._paths: defaultdict[_Key, dict[str, None]] = defaultdict(dict)
        for story in stories:
            for key in _keys_of(story):
                self._paths[key][story.path] = None

    def find_beside(self, story: Story) -> Iterator[str]:
        """Yield the paths of a story and of stories that share a key with it; paths may repeat."""
        for key in _keys_of(story):
            yield from self._paths.get(key, ())


def _keys_of(story: Story) -> Iterator[_Key]:
    """Yield the keys of a story: its name and URLs, and those of stories that it refers to."""
    yield "name", rules.record_name(story.path)
    for name in (story.group, story.returns_to, story.copy_of):
        if name:
            yield "name", name
    for url in (*story.addresses, *(beside.web_url for beside in story.related)):
        if url:
            yield "url", urls.identity(url)


class _Union:
    """Sets of story keys that are merged (union-find with path halving)."""

    def __init__(self) -> None:
        self._above: dict[_Key, _Key] = {}

    def root(self, key: _Key) -> _Key:
        above = self._above
        while (up := above.setdefault(key, key)) != key:
            above[key] = key = above[up]
        return key

    def join(self, one: _Key, other: _Key) -> None:
        self._above[self.root(one)] = self.root(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchCase:
    """A stored story to score again, findings in its article, and stories whose text it repeats.

    The article has no text; the bench's `load` returns it. `place` is the story's position in the
    order of arrival, `stems` are the words by which topics are recognised.
    """

    case: Case
    place: int
    findings: Findings
    stems: str
    same: tuple[SameText, ...]

    @property
    def path(self) -> str:
        """Return the path of the story's record."""
        return self.case.filed.path


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The stored stories on which scoring rules are tried: those of some days, and related ones.

    `cases` are in the order of arrival. `others` are stories that are not scored (older ones, those
    without an article); `around` are those of them that may be in a group with a case. `names` has
    the position of each record by its name, -1 for records older than all cases. `rulings` are the
    editors' rules in force. `digests` are those of the machine-written fields of each story around.
    `today` are the cases scored by today's rules, before grouping. `load` returns an article's text
    by its story's path. `at` is the time for the front page, `reads` are the recent reads of
    stories, by the record's name.
    """

    settings: Settings
    since: datetime
    rulings: tuple[Ruling, ...]
    cases: Sequence[BenchCase]
    around: Sequence[Story]
    others: Sequence[Story]
    names: Mapping[str, int]
    digests: Mapping[str, Mapping[str, str]]
    today: Mapping[str, Rejudged]
    load: Callable[[str], str]
    at: datetime
    reads: Mapping[str, int]
    without_article: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()

    @property
    def beat(self) -> Beat:
        """Return the site's settings (`Beat`) with today's rules."""
        return self.settings.beat

    @property
    def filed(self) -> Iterator[Story]:
        """Yield all stories loaded for trying rules, as their records store them."""
        yield from (case.case.filed for case in self.cases)
        yield from self.others

    @cached_property
    def newest_first(self) -> Sequence[Story]:
        """All loaded stories that have a publication time, the newest first."""
        dated = ((story.published_at, story) for story in self.filed)
        timed = ((dates.utc(at), story.path, story) for at, story in dated if at is not None)
        return [story for _, _, story in sorted(timed, reverse=True)]

    @cached_property
    def filed_by_path(self) -> Mapping[str, Story]:
        """All loaded stories by path, as their records store them."""
        return {story.path: story for story in self.filed}

    @cached_property
    def articles(self) -> Mapping[str, Article]:
        """The articles of the cases by the path of the story, without their texts."""
        return {case.path: case.case.article for case in self.cases}

    @cached_property
    def index(self) -> KeyIndex:
        """An index of all loaded stories by key, both as stored and as scored by today's rules."""
        standing = (rejudged.fresh for rejudged in self.standing_today.values())
        return KeyIndex([*self.filed, *standing])

    def in_force(self, beat: Beat) -> Beat:
        """Return a site's settings (`Beat`) with the editors' rules that are in force."""
        return replace(beat, rulings=self.rulings)

    @cached_property
    def relations(self) -> Relations:
        """Which stories might be grouped together under any rules."""
        judged = (self.today[case.path].fresh for case in self.cases)
        filed = (case.case.filed for case in self.cases)
        same = {case.path: [text.path for text in case.same] for case in self.cases}
        return relate([*judged, *filed, *self.around], self.rulings, same)

    @cached_property
    def topic_counts(self) -> Counter[str]:
        """The number of stories that have each topic by today's rules."""
        judged = (self.today[case.path].fresh for case in self.cases)
        return Counter(topic for story in (*judged, *self.around) for topic in set(story.topics))

    @cached_property
    def has_wanderers(self) -> bool:
        """Whether today's rules move a story from its group into a new one, like a new story."""
        judged = self.today.values()
        stories = [*(rejudged.fresh for rejudged in judged), *self.around]
        freed = coverage.find_freed_paths(stories, self.in_force(self.beat))
        return bool(freed) or find_wanderers(judged)

    def digests_of(self, story: Story) -> Mapping[str, str]:
        """Return digests of the machine-written fields of a story in `around`, by field name."""
        return self.digests[story.path]

    @cached_property
    def standing_today(self) -> Mapping[str, Rejudged]:
        """All loaded stories by path, as scored and grouped by today's rules."""
        return set_all_beside(self, self.beat, self.today)


def find_wanderers(judged: Iterable[Rejudged]) -> bool:
    """Return whether a rescored story has left its group, so that it is grouped like a new one."""
    return any(map(is_on_its_own_now, judged))


def set_all_beside(
    bench: Bench, beat: Beat, judged: Mapping[str, Rejudged]
) -> Mapping[str, Rejudged]:
    """Group all rescored stories of a test bench; return them by path.

    If one of them needs a new group, the texts of all stories are loaded for it.
    """
    all_judged = [judged[case.path] for case in bench.cases]
    by_words = bench.beat.scoring.traits.groups_by_rules
    is_new = by_words and (bench.has_wanderers or find_wanderers(all_judged))
    beside = set_beside(
        [_with_text(bench, one) if is_new else _quotable(bench, one) for one in all_judged],
        bench.around,
        bench.in_force(beat),
        bench.digests_of,
    )
    return {rejudged.filed.path: rejudged for rejudged in beside}


def _quotable(bench: Bench, one: Rejudged) -> Rejudged:
    """Return a story with its text if the main story of an event may quote it, or is compared."""
    lends = bench.beat.scoring.traits.has_blocks and not one.fresh.copy_of
    return _with_text(bench, one) if lends and bench.relations.has_any(one.filed.path) else one


def _with_text(bench: Bench, judged: Rejudged) -> Rejudged:
    path, rule = judged.filed.path, bench.beat.excerpt
    text = bench.load(path)
    return replace(judged, text=text, quotable=count_quotable(rule, bench.articles[path], text))


def set_some_beside(
    bench: Bench, beat: Beat, judged: Mapping[str, Rejudged]
) -> Mapping[str, Rejudged]:
    """Group some rescored stories with the stories related to them; return them by path."""
    paths = bench.relations.of(judged)
    beside = set_beside(
        [_quotable(bench, one) for one in judged.values()],
        [story for story in bench.around if story.path in paths],
        bench.in_force(beat),
        bench.digests_of,
        Surroundings(corpus=coverage.make_corpus([]), count_stories=bench.topic_counts.__getitem__),
    )
    return {rejudged.filed.path: rejudged for rejudged in beside}


_VERSION = judge.FINDINGS_VERSION  # findings of another one are made again
ARTICLES, TEXTS, TOPICS = (f"{kind} {_VERSION}" for kind in ("articles", "texts", "topics"))


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
    reader: ArticleReader, catalogue: Catalogue, stories: Sequence[Story], progress: Progress
) -> tuple[dict[str, ReadArticle], list[Failure]]:
    """Return what was found in stories' articles (topics, quality), by path, and the failures.

    Stories without a stored article are left out.
    """
    store = catalogue.findings
    store.keep_kinds((ARTICLES, TEXTS, TOPICS))  # those of another version are deleted
    kept = _choose_valid(reader, catalogue, stories)
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
                store.put(ARTICLES, waiting)
                waiting.clear()

    _read_all(reader, missing, take)
    store.put(ARTICLES, waiting)
    store.put(TOPICS, {reader.rules.topics: reader.newsroom.beat.topics})
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
    reader: ArticleReader, catalogue: Catalogue, stories: Sequence[Story]
) -> dict[str, ReadArticle]:
    """Return the stored findings that are still valid: their article and rules are the same.

    Findings of all other stories are deleted.
    """
    store = catalogue.findings
    kept, topics = store.read(ARTICLES, ReadArticle), store.read(TOPICS, tuple[Topic, ...])
    gone = kept.keys() - {story.path for story in stories}
    store.forget(ARTICLES, gone)
    store.forget(TEXTS, gone)
    store.forget(TOPICS, topics.keys() - {read.topics for read in kept.values()})
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
