"""Relations: which stories have to do with each other, so that others need not be looked at.

Two stories are related where one group, copy, address, text or editor's rule names both, or
another one is related to each. What becomes of a story hangs on no others than its relations, but
for how many stories there are of a topic.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from copydesk.config import Settings
from copydesk.judge import Findings, coverage
from copydesk.judge.copies import SameText
from copydesk.kit import dates, urls
from copydesk.news import Beat, Ruling, Story, Surroundings
from copydesk.newsroom import Failure
from copydesk.review import rules
from copydesk.rounds.rejudging import Case, Rejudged, is_on_its_own_now, set_beside

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """The relations of stories: those at some paths with all that have to do with them."""

    _family: Mapping[str, str]
    _members: Mapping[str, Sequence[str]]

    def has_any(self, path: str) -> bool:
        """Decide whether another story has to do with the one at a path."""
        return len(self._members[self._family[path]]) > 1

    def of(self, paths: Iterable[str]) -> set[str]:
        """Return the paths of some stories and of all that have to do with them."""
        families = {self._family[path] for path in paths}
        return {path for family in families for path in self._members[family]}


def relate(
    stories: Iterable[Story], rulings: Iterable[Ruling], same: Mapping[str, Iterable[str]]
) -> Relations:
    """Return the relations of stories; one may be given in several states, as filed and as judged.

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
    """Stories by all that they may be named by, and that they name others by."""

    def __init__(self, stories: Iterable[Story]) -> None:
        """Take stories; one may be given in several states."""
        self._paths: defaultdict[_Key, dict[str, None]] = defaultdict(dict)
        for story in stories:
            for key in _keys_of(story):
                self._paths[key][story.path] = None

    def find_beside(self, story: Story) -> Iterator[str]:
        """Yield the paths of a story and of those that share a key with it, some more than once."""
        for key in _keys_of(story):
            yield from self._paths.get(key, ())


def _keys_of(story: Story) -> Iterator[_Key]:
    """Yield all that others may name a story by, and that it names others by."""
    yield "name", rules.record_name(story.path)
    for name in (story.group, story.returns_to, story.copy_of):
        if name:
            yield "name", name
    for url in (*story.addresses, *(beside.web_url for beside in story.related)):
        if url:
            yield "url", urls.identity(url)


class _Union:
    """Sets of keys that grow together (union-find, by path halving)."""

    def __init__(self) -> None:
        self._above: dict[_Key, _Key] = {}

    def root(self, key: _Key) -> _Key:
        above = self._above
        while (up := above.setdefault(key, key)) != key:
            above[key] = key = above[up]
        return key

    def join(self, one: _Key, other: _Key) -> None:
        self._above[self.root(one)] = self.root(other)


# The bench: the filed stories of some days, with all that other rules need to judge them anew.


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchCase:
    """A filed story, what was found in its article, and whose texts that repeats.

    The article has no text; `load` of the bench has it. `place` is its place in the order of
    arrival, `stems` are the words that topics are told by.
    """

    case: Case
    place: int
    findings: Findings
    stems: str
    same: tuple[SameText, ...]

    @property
    def path(self) -> str:
        """Return the path of the record."""
        return self.case.filed.path


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What rules are tried on: the stories of the period, and those that stand around them.

    `cases` are in the order in which they came; `others` are stories that are not judged (older
    ones, those without an article), `around` those of them that a case may stand beside. `names`
    has the place of each record by its name, -1 for those that were there before all cases.
    `rulings` are the editors' that are in force, `digests` what the line last wrote of each story
    around, `today` what the rules of today make of each case before it is set beside others.
    `load` returns an article's text by its story's path. `at` is the moment of the front page,
    `reads` how often readers looked at stories lately, by the record's name.
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
        """Return the beat of today."""
        return self.settings.beat

    @property
    def filed(self) -> Iterator[Story]:
        """Yield all stories as they are filed."""
        yield from (case.case.filed for case in self.cases)
        yield from self.others

    @cached_property
    def newest_first(self) -> Sequence[Story]:
        """All stories with a time as they are filed, the newest first."""
        dated = ((story.published_at, story) for story in self.filed)
        timed = ((dates.utc(at), story.path, story) for at, story in dated if at is not None)
        return [story for _, _, story in sorted(timed, reverse=True)]

    @cached_property
    def filed_by_path(self) -> Mapping[str, Story]:
        """All stories as they are filed, by path."""
        return {story.path: story for story in self.filed}

    @cached_property
    def index(self) -> KeyIndex:
        """All stories by what names them, as they are filed and as today's rules have them."""
        standing = (rejudged.fresh for rejudged in self.standing_today.values())
        return KeyIndex([*self.filed, *standing])

    def in_force(self, beat: Beat) -> Beat:
        """Return a beat with the editors' rules that are in force."""
        return replace(beat, rulings=self.rulings)

    @cached_property
    def relations(self) -> Relations:
        """The stories that may stand beside each other, whatever the rules are."""
        judged = (self.today[case.path].fresh for case in self.cases)
        filed = (case.case.filed for case in self.cases)
        same = {case.path: [text.path for text in case.same] for case in self.cases}
        return relate([*judged, *filed, *self.around], self.rulings, same)

    @cached_property
    def topic_counts(self) -> Counter[str]:
        """How many of the stories have each topic by the rules of today."""
        judged = (self.today[case.path].fresh for case in self.cases)
        return Counter(topic for story in (*judged, *self.around) for topic in set(story.topics))

    @cached_property
    def has_wanderers(self) -> bool:
        """Whether by the rules of today a story is put among all others as if it were new."""
        judged = self.today.values()
        stories = [*(rejudged.fresh for rejudged in judged), *self.around]
        freed = coverage.find_freed_paths(stories, self.in_force(self.beat))
        return bool(freed) or find_wanderers(judged)

    def digests_of(self, story: Story) -> Mapping[str, str]:
        """Return the digests of what the line last wrote of a story around."""
        return self.digests[story.path]

    @cached_property
    def standing_today(self) -> Mapping[str, Rejudged]:
        """What the rules of today make of all stories beside each other, by path."""
        return set_all_beside(self, self.beat, self.today)


def find_wanderers(judged: Iterable[Rejudged]) -> bool:
    """Decide whether a judged story is put among all others, since it is one of its own by now."""
    return any(map(is_on_its_own_now, judged))


def set_all_beside(
    bench: Bench, beat: Beat, judged: Mapping[str, Rejudged]
) -> Mapping[str, Rejudged]:
    """Set all stories beside each other; where one looks for a group the texts are read for it."""
    all_judged: Collection[Rejudged] = [judged[case.path] for case in bench.cases]
    by_words = bench.beat.scoring.traits.groups_by_rules
    if by_words and (bench.has_wanderers or find_wanderers(all_judged)):
        all_judged = [replace(one, text=bench.load(one.filed.path)) for one in all_judged]
    beside = set_beside(
        list(all_judged),
        bench.around,
        bench.in_force(beat),
        bench.digests_of,
    )
    return {rejudged.filed.path: rejudged for rejudged in beside}


def set_some_beside(
    bench: Bench, beat: Beat, judged: Mapping[str, Rejudged]
) -> Mapping[str, Rejudged]:
    """Set some stories, with all their relations, beside each other."""
    paths = bench.relations.of(judged)
    beside = set_beside(
        list(judged.values()),
        [story for story in bench.around if story.path in paths],
        bench.in_force(beat),
        bench.digests_of,
        Surroundings(corpus=coverage.make_corpus([]), count_stories=bench.topic_counts.__getitem__),
    )
    return {rejudged.filed.path: rejudged for rejudged in beside}
