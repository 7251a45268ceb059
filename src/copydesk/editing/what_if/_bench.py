"""The test bench: stored stories of some days, loaded to try out other scoring rules on them.

Two stories are related if a group, copy, URL, text or editor's rule names both, or if a third story
is related to each. The outcome for a story depends only on its relations, and on how many stories
its topics have.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from copydesk.config import Settings
from copydesk.extract.terms import count_quotable
from copydesk.judge import Findings, coverage
from copydesk.judge.copies import SameText
from copydesk.kit import dates, urls
from copydesk.news import Article, Beat, Ruling, Story
from copydesk.news.story import Surroundings
from copydesk.newsroom import Failure
from copydesk.review import rules
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
