"""Move each weight of a topic's confidence by a third, and see what becomes of the labelled topics.

.venv/bin/python benchmarks/judgement/demo_topics.py >demo.jsonl
.venv/bin/python benchmarks/judgement/weights.py demo.jsonl examples/ai/newsroom

Prints each weight with the change of the micro F1, in points, where it is a third less and a third
more. They stand beside the weights, in judge/topics/tables/weights.toml.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from copydesk import config, measure
from copydesk.judge.topics import _topics
from copydesk.news import Beat

SHARES = {"title", "title_twice", "bare_title", "lede", "lede_twice", "label", "text", "excluded"}


def main(labelled: Path, newsroom: Path) -> None:
    """Print a line for each weight."""
    beat = config.load(newsroom, {}).beat
    usual = f1(labelled, beat)
    print(f"{'as it is':20} {100 * usual:5.1f}")
    for name, changes in sensitivity(labelled, beat, usual):
        less, more = changes
        print(f"{name:20} {less:+5.1f} {more:+5.1f}")


def sensitivity(
    labelled: Path, beat: Beat, usual: float
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield the change of F1 in points for each weight, a third less and a third more."""
    weights = _topics.WEIGHTS
    for name, weight in asdict(weights).items():
        changes = []
        for factor in (2 / 3, 4 / 3):
            moved = min(1.0, weight * factor) if name in SHARES else weight * factor
            _topics.WEIGHTS = replace(weights, **{name: moved})
            changes.append(round(100 * (f1(labelled, beat) - usual), 1))
        _topics.WEIGHTS = weights
        yield name, (changes[0], changes[1])


def f1(labelled: Path, beat: Beat) -> float:
    """Return the micro F1 of all topics."""
    return measure.topics(labelled, beat).copydesk.micro.f1


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
