"""Who else reports on it: stories that are not filed, set beside those that are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge.coverage._find_groups import find_groups
from copydesk.judge.coverage._index_stories import is_grouped
from copydesk.news import Beat, Corpus, Reason, Shelved


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageMatch:
    """The filed stories on the same happening as one that is not filed, by path, and why.

    `reason` is None where the group grew together around others of those that are not filed.
    """

    paths: tuple[str, ...]
    reason: Reason | None = None


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
