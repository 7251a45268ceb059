"""Find which of the stories of some weeks report on the same happening.

What was found at once is placed as if it had come day by day: each day's stories among those that
were there by then, as the round of that day would have filed them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge.clustering import Assignment
from copydesk.judge.coverage._arrivals import Arrival, list_arrivals, part_by_day
from copydesk.judge.coverage._corpora import DailyCorpus, KeptCorpus, SlidingCorpus
from copydesk.judge.coverage._index_stories import is_grouped, moment_of, to_document
from copydesk.judge.coverage._places import Places, weigh_beside
from copydesk.judge.coverage._ruled_groups import RuledGroups
from copydesk.news import Beat, Corpus, Reason, ReasonKind, Shelved


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroups:
    """Paths by their group's name; of new stories why they joined, and which groups are near."""

    paths: Mapping[str, Sequence[str]]
    reasons: Mapping[str, Reason]
    near: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageMatch:
    """The filed stories on the same happening as one that is not filed, by path, and why.

    `reason` is None where the group grew together around others of those that are not filed.
    """

    paths: tuple[str, ...]
    reason: Reason | None = None


def find_groups(
    stories: Sequence[Shelved], beat: Beat, fresh: frozenset[str], corpus: Corpus | None = None
) -> FoundGroups:
    """Find where new stories belong among those that are filed, by words and by rulings.

    Of the filed ones only those are compared that a new one may meet, and the others of their
    groups; `corpus` has the terms of the filed ones.
    """
    ruled = RuledGroups(beat, [shelved.story for shelved in stories], fresh)
    came = list_arrivals(stories, ruled)
    filed = [arrival for arrival in came if arrival.path not in fresh]
    places = Places(filed, beat, ruled)
    days = part_by_day(arrival for arrival in came if arrival.path in fresh)
    assignments: dict[str, Assignment] = {}
    if days:
        daily = SlidingCorpus(filed) if corpus is None else KeptCorpus(corpus)
        if corpus is not None and len(days) > 1:
            places.meet_only(_find_all_candidates(days, beat, corpus))
        assignments = _place_by_day(places, days, daily)
    return FoundGroups(
        paths=_list_paths(came, places),
        reasons=_reasons(came, assignments, ruled),
        near=_list_near(assignments, places),
    )


def find_candidates(new: Sequence[Shelved], beat: Beat, corpus: Corpus) -> set[str]:
    """Return the names of the filed stories that `find_groups` compares new ones with."""
    moments = [moment_of(shelved) for shelved in new]
    documents = [to_document(*pair) for pair in zip(new, moments, strict=True)]
    return weigh_beside(corpus, beat).expect(documents, max(moments).timestamp())


def _find_all_candidates(days: Iterable[Iterable[Arrival]], beat: Beat, corpus: Corpus) -> set[str]:
    """Return what all days' stories may meet of what is filed before the first of them."""
    return find_candidates([arrival.shelved for day in days for arrival in day], beat, corpus)


def _list_paths(came: Iterable[Arrival], places: Places) -> Mapping[str, Sequence[str]]:
    """Return the paths of the stories by the names of their groups."""
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for arrival in came:
        paths[places.group_of(arrival.key)].append(arrival.path)
    return paths


def _list_near(
    assignments: Mapping[str, Assignment], places: Places
) -> Mapping[str, Sequence[str]]:
    """Return the groups near new stories by their paths, under the names that they have by now."""
    return {
        path: [places.group_of(name) for name, _ in assignment.near]
        for path, assignment in assignments.items()
    }


def _place_by_day(
    places: Places, days: Sequence[Sequence[Arrival]], daily: DailyCorpus
) -> dict[str, Assignment]:
    """Put new stories among the others, day after day; return where each was put, by its path."""
    assignments: dict[str, Assignment] = {}
    for number, day in enumerate(days, 1):
        assignments.update(places.place(day, daily.of_day(day)))
        if number < len(days):
            daily.add(day)
    return assignments


def _reasons(
    came: Iterable[Arrival], assignments: Mapping[str, Assignment], ruled: RuledGroups
) -> dict[str, Reason]:
    """Return why stories stand in the groups of others, by path: by likeness or by a ruling."""
    reasons = {}
    for arrival in came:
        if arrival.key in ruled.moved:
            reasons[arrival.path] = ruled.moved[arrival.key]
        elif not arrival.group and (reason := _reason_of(assignments[arrival.path])):
            reasons[arrival.path] = reason
    return reasons


def _reason_of(assignment: Assignment) -> Reason | None:
    """Return why a story is in the group of another, None where it began one."""
    if assignment.same_headline:
        return Reason.of(ReasonKind.JOINED_BY_HEADLINE)
    if not assignment.similarity:
        return None
    shared = ", ".join(f'"{word}"' for word in assignment.shared)
    return Reason.of(ReasonKind.JOINED, likeness=f"{assignment.similarity:.2f}", words=shared)


def find_coverage(
    others: Sequence[Shelved],
    filed: Sequence[Shelved],
    beat: Beat,
    corpus: Corpus | None = None,
) -> Mapping[str, CoverageMatch]:
    """Return what is filed on the same happening as other stories, by their path.

    They are placed as a round would place them if it filed them: day by day, by the same words,
    thresholds and rulings. `filed` are those that they may meet (`find_candidates`), with all of
    their groups; `corpus` has the terms of all that is filed. What nothing reports on is left out.
    """
    paths = frozenset(shelved.story.path for shelved in others)
    originals = [shelved for shelved in filed if is_grouped(shelved.story, beat)]
    found = find_groups([*originals, *others], beat, paths, corpus)
    matches = {}
    for members in found.paths.values():
        ours = tuple(path for path in members if path not in paths)
        for path in paths.intersection(members) if ours else ():
            matches[path] = CoverageMatch(paths=ours, reason=found.reasons.get(path))
    return matches
