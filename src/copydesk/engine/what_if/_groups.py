"""Groups: judged stories of a bench beside each other, all, or some with their relations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from copydesk import judge
from copydesk.engine.rejudging import Rejudged, is_on_its_own_now, set_beside
from copydesk.news import Beat, Surroundings

if TYPE_CHECKING:
    from copydesk.engine.what_if._bench import Bench


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
        Surroundings(corpus=judge.make_corpus([]), count_stories=bench.topic_counts.__getitem__),
    )
    return {rejudged.filed.path: rejudged for rejudged in beside}
