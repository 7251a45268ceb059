"""Group stories by event in the profile `everyday`, as everyday.cc does: the best story leads."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from copydesk.judge.coverage._leader import in_order, snapshot
from copydesk.judge.coverage._ruled_groups import lead_in
from copydesk.judge.profile import RELATED_POINTS, lede
from copydesk.kit import dates, tables
from copydesk.kit import text as plain_text
from copydesk.news import Beat, Shelved, Story
from copydesk.news.story import Related, Surroundings, time_and_path

_Group = tuple[Story, ...]


def regroup_everyday(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    rejudged: frozenset[str] = frozenset(),
    _: Surroundings | None = None,
) -> tuple[Story, ...]:
    """Group stories by event like everyday.cc (SPEC 2.2, 2.3, 2.10); return changed ones by path.

    Empty if the site does not group. Groups without a fresh story stay as filed, so that their
    lists no longer change when a story leaves the time that is grouped.
    """
    fresh |= rejudged
    if not beat.scoring.grouping or not fresh:
        return ()
    before = {shelved.story.path: shelved.story for shelved in stories}
    after: dict[str, Story] = {}
    for group in _with_neighbours(group_stories(stories), fresh):
        after.update((story.path, story) for story in _lead_group(group, beat))
    changed = (story for path, story in after.items() if story != before[path])
    return tuple(sorted(changed, key=lambda story: story.path))


def _with_neighbours(groups: Sequence[_Group], fresh: frozenset[str]) -> list[_Group]:
    """Return the groups with a fresh story and, repeatedly, those with stories related to them."""
    grown, rest = _partition(groups, partial(_has_any, paths=fresh))
    chosen = grown
    while grown:
        members = {_address(story) for group in grown for story in group}
        listed = set().union(*map(_addresses_beside, grown))
        grown, rest = _partition(rest, partial(_touches, members=members, listed=listed))
        chosen = [*chosen, *grown]
    return chosen


def _partition(
    groups: Iterable[_Group], decide: Callable[[_Group], bool]
) -> tuple[list[_Group], list[_Group]]:
    parts: tuple[list[_Group], list[_Group]] = ([], [])
    for group in groups:
        parts[0 if decide(group) else 1].append(group)
    return parts


def _has_any(group: _Group, paths: frozenset[str]) -> bool:
    return any(story.path in paths for story in group)


def _touches(group: _Group, members: set[str], listed: set[str]) -> bool:
    """Return whether a group lists a story of other groups as related, or they one of its own."""
    if not members.isdisjoint(_addresses_beside(group)):
        return True
    return not listed.isdisjoint(map(_address, group))


def _addresses_beside(group: _Group) -> set[str]:
    return {related.web_url for story in group for related in story.related}


def _address(story: Story) -> str:
    return story.web_url or story.original_url


def _lead_group(group: Sequence[Story], beat: Beat) -> tuple[Story, ...]:
    """Return a group's stories, the leader first, chosen by everyday.cc's rule.

    An editor's newest `lead` rule goes before it, unless the group would then not be on the site.
    """
    publish_at = beat.scoring.publish_at
    chosen = _leader_by_ruling(group, publish_at, beat)
    leader, *others = sorted(group, key=lambda story: (story is not chosen, _rank(story)))
    beside: Mapping[str, Related] = {story.path: snapshot(story) for story in (leader, *others)}
    quality = leader.quality or 0
    total = quality + RELATED_POINTS * len(others)
    published = leader.published if _is_ruled(leader, publish_at) else total >= publish_at
    return (
        replace(
            leader,
            published=published,
            heat=total if published else quality,
            related=_others(leader, beside),
        ),
        *(
            replace(story, published=False, heat=-1, related=_others(story, beside))
            for story in others
        ),
    )


def _leader_by_ruling(group: Sequence[Story], publish_at: int, beat: Beat) -> Story | None:
    """Return the story that an editor's rule makes the leader, None if it would hide the group."""
    ruled = lead_in(group, beat)
    if ruled is None:
        return None
    story, total = ruled[0], (ruled[0].quality or 0) + RELATED_POINTS * (len(group) - 1)
    is_shown = bool(story.published) if _is_ruled(story, publish_at) else total >= publish_at
    return story if is_shown else None


def _is_ruled(story: Story, publish_at: int) -> bool:
    """Return whether a story is published, or is not, contrary to its points.

    In this case the newsroom's mode, the trust in its source or an editor decided. A story that is
    only behind its leader has a heat of -1.
    """
    if story.published is None or story.heat == -1:
        return False
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    return story.published != (total >= publish_at)


def _others(story: Story, beside: Mapping[str, Related]) -> tuple[Related, ...]:
    return in_order(related for path, related in beside.items() if path != story.path)


def _rank(story: Story) -> tuple[int, datetime, str]:
    return (-(story.quality or 0), story.published_at or dates.EARLIEST, story.path)


# Groups of similar stories: TF-IDF over title and lede, in one pass.

WINDOW = timedelta(days=4)
JOIN = 0.17  # BCubed F1 .945 .835 .844 .563 on four labelled sets; .14: .964 .835 .823 .574
_TITLE_COUNTS = 3
_WORDS = 50
_STOP_WORDS = frozenset(tables.read_lines(__package__, "stop_words.txt"))

_Vector = Mapping[str, float]


@dataclass(slots=True)
class _Cluster:
    """A group that may still grow: its stories, the sum of their vectors, its latest time."""

    last: datetime
    stories: list[Story] = field(default_factory=list)
    total: dict[str, float] = field(default_factory=dict)
    squares: float = 0.0  # of the sum's weights: its length squared

    def add(self, story: Story, vector: _Vector) -> None:
        self.last = story.published_at or dates.EARLIEST
        self.stories.append(story)
        for word, weight in vector.items():
            before = self.total.get(word, 0.0)
            self.total[word] = before + weight
            self.squares += weight * (2 * before + weight)


class _Clusters:
    """All groups so far, and for each word the numbers of the groups that may still grow."""

    def __init__(self) -> None:
        self.all: list[_Cluster] = []
        self._with_word: defaultdict[str, list[int]] = defaultdict(list)

    def find_nearest(self, vector: _Vector, moment: datetime) -> tuple[float, int]:
        """Return the best cosine similarity to a group that may still grow, and minus its number.

        Of two equals the earlier group is nearer.
        """
        products: dict[int, float] = {}
        for word, weight in vector.items():
            for number in self._growing_with(word, moment):
                product = weight * self.all[number].total[word]
                products[number] = products.get(number, 0.0) + product
        return max(
            (
                (product / math.sqrt(self.all[number].squares), -number)
                for number, product in products.items()
            ),
            default=(0.0, 0),
        )

    def _growing_with(self, word: str, moment: datetime) -> list[int]:
        """Return the groups with a word that may still grow, and forget the others."""
        numbers = self._with_word[word]
        if numbers:
            numbers[:] = [at for at in numbers if moment - self.all[at].last <= WINDOW]
        return numbers

    def join(self, number: int, story: Story, vector: _Vector) -> None:
        cluster = self.all[number]
        for word in vector:
            if word not in cluster.total:
                self._with_word[word].append(number)
        cluster.add(story, vector)


def group_stories(stories: Sequence[Shelved]) -> list[tuple[Story, ...]]:
    """Group stories by event. Each group is sorted by time and path; most have one story.

    A story joins the most similar group (the earlier of two equals) if it is similar enough and the
    group's last story is at most four days older.
    """
    ordered = sorted(stories, key=lambda shelved: time_and_path(shelved.story))
    clusters = _Clusters()
    for shelved, vector in zip(ordered, _vectors(ordered), strict=True):
        moment = shelved.story.published_at or dates.EARLIEST
        similarity, number = clusters.find_nearest(vector, moment)
        if similarity < JOIN:
            number = -len(clusters.all)
            clusters.all.append(_Cluster(last=moment))
        clusters.join(-number, shelved.story, vector)
    return [tuple(cluster.stories) for cluster in clusters.all]


def _vectors(stories: Sequence[Shelved]) -> list[_Vector]:
    counts = [_count_words(shelved) for shelved in stories]
    documents_with = Counter(word for count in counts for word in count)
    return [_weigh(count, documents_with, len(counts)) for count in counts]


def _count_words(shelved: Shelved) -> Counter[str]:
    story = shelved.story
    counts = Counter(_telling_words(lede(story.excerpt, shelved.text)))
    for word in _telling_words(story.title):
        counts[word] += _TITLE_COUNTS
    return counts


def _telling_words(text: str) -> Iterable[str]:
    words = plain_text.words(text)
    return (word for word in words if len(word) > 1 and word not in _STOP_WORDS)


def _weigh(counts: Mapping[str, int], documents_with: Mapping[str, int], total: int) -> _Vector:
    """Return the heaviest words of a story, with weights of length one."""
    raw = {
        word: (1.0 + math.log(count)) * math.log((1.0 + total) / (0.5 + documents_with[word]))
        for word, count in counts.items()
    }
    heaviest = sorted(raw, key=lambda word: (-raw[word], word))[:_WORDS]
    length = math.sqrt(math.fsum(raw[word] ** 2 for word in heaviest)) or 1.0
    return {word: raw[word] / length for word in heaviest}
