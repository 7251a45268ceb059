"""Quality, gate and topics on the graded beats, beside the number of words and a second reader.

    python benchmarks/judgement/quality.py DATA WORK [--half looked] [--beats NAMES...] [--ablation]

DATA is `../shared/data`; in WORK the webs are read once, for the next time as well. Prints a line a
beat: Spearman's rank correlation of quality and grade with the interval of a bootstrap, beside that
of the number of words and of a second reader's grades; the same among stories on the beat;
precision and recall of the gate on what is worth publishing (a grade of 55 and more), and of the
topics. `--half aside` is for a last check: what is made by looking at a half is no evidence on it.
With --ablation a table says what each signal adds to the correlations, by leaving it out.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from beats import WEBS, Graded, beat_of, graded, half, judged, read_web
from pairs import points_of
from rank import spearman

from copydesk.news import Article, Beat, Story

WORTH = 55
_BOOTSTRAPS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A graded story and what was made of it."""

    graded: Graded
    story: Story
    words: int

    @property
    def quality(self) -> float:
        return self.story.quality or 0


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("data", type=Path)
    asked.add_argument("work", type=Path)
    asked.add_argument("--half", choices=("looked", "aside"), default="looked")
    asked.add_argument("--beats", nargs="+", choices=tuple(WEBS), default=tuple(WEBS))
    asked.add_argument("--places", action="store_true", help="topics have kinds, countries codes")
    asked.add_argument("--ablation", action="store_true")
    given = asked.parse_args()
    webs = {WEBS[name]: {} for name in given.beats}
    for web in webs:
        webs[web] = read_web(web, given.data, given.work)
    print(
        "| beat | stories | quality | 95 % | words | readers | on the beat: quality | words "
        f"| gate P | gate R | topics P | topics R |\n|{'---|' * 12}"
    )
    halves = {name: half_of(name, webs[WEBS[name]], given.half) for name in given.beats}
    for name, ones in halves.items():
        beat = beat_of(name, with_places=given.places)
        print(row(name, beat, [judge_one(one, beat) for one in ones]))
    if given.ablation:
        print_ablation(halves)


def half_of(name: str, web: dict[str, Article], which: str) -> list[Graded]:
    """Return the graded stories of one half."""
    return [one for one in graded(name, web) if half(one.article.url) == which]


def judge_one(one: Graded, beat: Beat) -> Judged:
    """Judge a graded story."""
    return Judged(graded=one, story=judged(one.article, beat), words=len(one.article.text.split()))


def row(name: str, beat: Beat, ones: Sequence[Judged]) -> str:
    """Write a beat's line."""
    on_beat = [one for one in ones if one.story.topics]
    passed = [one for one in ones if one.story.published]
    worth = [one for one in ones if one.graded.grade >= WORTH]
    right = len([one for one in passed if one.graded.grade >= WORTH])
    found = [(set(one.story.topics) - {beat.topic}, one.graded.topics) for one in ones]
    met = sum(len(ours & theirs) for ours, theirs in found)
    cells = [
        name,
        str(len(ones)),
        correlation(ones, _quality),
        "{:.2f} to {:.2f}".format(*interval(ones)),
        correlation(ones, _words),
        readers(ones),
        correlation(on_beat, _quality),
        correlation(on_beat, _words),
        share(right, len(passed)),
        share(right, len(worth)),
        share(met, sum(len(ours) for ours, _ in found)),
        share(met, sum(len(theirs - {beat.topic}) for _, theirs in found)),
    ]
    return f"| {' | '.join(cells)} |"


def _quality(one: Judged) -> float:
    return one.quality


def _words(one: Judged) -> float:
    return one.words


def correlation(ones: Sequence[Judged], value: Callable[[Judged], float]) -> str:
    """Write the rank correlation of something with the grades."""
    return f"{spearman([one.graded.grade for one in ones], [value(one) for one in ones]):.2f}"


def interval(ones: Sequence[Judged]) -> tuple[float, float]:
    """Return the ends of the bootstrap's interval of the correlation with quality."""
    chance = random.Random(1)
    pairs = [(one.graded.grade, one.quality) for one in ones]
    drawn = [[chance.choice(pairs) for _ in pairs] for _ in range(_BOOTSTRAPS)]
    found = sorted(spearman(*map(list, zip(*some, strict=True))) for some in drawn)
    return found[_BOOTSTRAPS * 25 // 1000], found[_BOOTSTRAPS * 975 // 1000]


def readers(ones: Sequence[Judged]) -> str:
    """Write how far two readers agree on the stories that both graded."""
    both = [(one.graded.grade, one.graded.second) for one in ones if one.graded.second is not None]
    first, second = [a for a, _ in both], [float(b) for _, b in both if b is not None]
    return f"{spearman(first, second):.2f} of {len(both)}"


def share(part: int, whole: int) -> str:
    """Write a share with its count."""
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "–"


def print_ablation(halves: dict[str, list[Graded]]) -> None:
    """Print how the mean correlation changes when a signal is left out."""
    weighed = {
        name: [points_of(one.article, beat_of(name)) for one in ones]
        for name, ones in halves.items()
    }
    names = sorted({name for points in weighed.values() for one in points for name in one})
    base = mean_correlation(halves, weighed, "")
    print(f"\n| left out | mean of {len(halves)} beats ({base:.3f}) |\n|---|---|")
    changes = {name: mean_correlation(halves, weighed, name) - base for name in names}
    for name, change in sorted(changes.items(), key=lambda item: item[1]):
        print(f"| {name} | {change:+.3f} |")


def mean_correlation(
    halves: dict[str, list[Graded]], weighed: dict[str, list[dict[str, int]]], without: str
) -> float:
    """Return the mean rank correlation over the beats, one signal left out."""
    return statistics.fmean(
        spearman(
            [one.grade for one in ones],
            [
                max(0, sum(points for name, points in one.items() if name != without))
                for one in weighed[beat]
            ],
        )
        for beat, ones in halves.items()
    )


if __name__ == "__main__":
    main()
