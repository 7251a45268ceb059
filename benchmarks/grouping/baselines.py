"""What plain methods make of labelled streams of news, to stand beside `copydesk eval group`.

    python benchmarks/grouping/baselines.py GOLD… [--window DAYS] [--vectors tf-idf minilm]

GOLD are files with a document a line, as `copydesk eval group` takes them; `FILE:eng` takes one
language of a file, `FILE:hash` takes it in the order of its ids' SHA-1 and not of time.

Two kinds of vectors: TF-IDF over words (document frequencies of the whole file: kinder than a
stream is) and MiniLM's. Three ways to choose a document's group in one pass: by its likeness with
the group's centroid, by the mean of those with its members, by that with the nearest of them. A
document joins the likest group from a threshold on. Prints Markdown: once with one threshold a
method, that of the best mean BCubed F1 over the files, once with the best for each file, which
nobody can know beforehand.

--window closes a group that nobody joined for so many days (0: never). It counts only where every
document has a time and the order is that of time. The speed counts vectors, likeness and one pass.

    uv venv /tmp/bench && uv pip install --python /tmp/bench/bin/python -e '.[embed]' --group bench
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import get_args

from likeness import Likeness, minilm, tf_idf
from scores import Score, bcubed, pairwise
from streams import Linkage, Stream, one_pass, stream

LIKENESS = {"tf-idf": tf_idf, "minilm": minilm}
THRESHOLDS = {
    "tf-idf": [step / 100 for step in range(4, 50, 2)],
    "minilm": [step / 100 for step in range(20, 90, 2)],
}
_HEAD = "| method | at | file | groups | BCubed P | R | F1 | pairwise P | R | F1 | documents/s |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What one method made of one file with one threshold."""

    groups: int
    bcubed: Score
    pairwise: Score
    documents_per_second: float


Tries = Mapping[float, Try]  # by threshold


def main() -> None:
    """Try every method on every file and print the tables."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    asked.add_argument("gold", nargs="+", metavar="GOLD")
    asked.add_argument("--window", type=float, default=2.0, metavar="DAYS")
    asked.add_argument("--vectors", choices=LIKENESS, nargs="+", default=list(LIKENESS))
    given = asked.parse_args()
    found: dict[str, dict[str, Tries]] = defaultdict(dict)  # by method and file
    for name in given.vectors:
        LIKENESS[name](["what is loaded once is not timed"])
    for path, *wanted in (one.split(":") for one in given.gold):
        documents = stream(Path(path), wanted)
        for name in given.vectors:
            for linkage, tries in _tries(documents, name, given.window).items():
                found[f"{name}, {linkage}"][documents.name] = tries
    _print("One setting a method, that of the best mean:", found, is_shared=True)
    _print("The best setting for each file:", found, is_shared=False)


def _tries(documents: Stream, name: str, window_days: float) -> Mapping[Linkage, Tries]:
    """Give what each linkage makes of a file with each threshold."""
    began = time.process_time()
    likeness = LIKENESS[name](documents.texts)
    seconds = time.process_time() - began
    since = documents.since(window_days)
    return {
        linkage: {
            threshold: _try(documents, likeness, (linkage, threshold, since), seconds)
            for threshold in THRESHOLDS[name]
        }
        for linkage in get_args(Linkage)
    }


def _try(
    documents: Stream,
    likeness: Likeness,
    how: tuple[Linkage, float, Sequence[int]],
    seconds: float,
) -> Try:
    began = time.process_time()
    groups = one_pass(likeness, *how)
    seconds += time.process_time() - began
    return Try(
        groups=len(set(groups)),
        bcubed=bcubed(documents.labels, groups),
        pairwise=pairwise(documents.labels, groups),
        documents_per_second=len(groups) / seconds,
    )


def _best(files: Sequence[Tries]) -> float:
    """Give the threshold with the best mean BCubed F1 over these files."""
    thresholds = files[0].keys()
    return max(thresholds, key=lambda at: fmean(tries[at].bcubed.f1 for tries in files))


def _print(title: str, found: Mapping[str, Mapping[str, Tries]], *, is_shared: bool) -> None:
    columns = _HEAD.count("|") - 1
    print(f"{title}\n\n{_HEAD}\n|{' --- |' * columns}")
    for method, files in found.items():
        shared = _best(list(files.values()))
        chosen = {
            (file, at): tries[at]
            for file, tries in files.items()
            for at in [shared if is_shared else _best([tries])]
        }
        for (file, at), one in chosen.items():
            print(f"| {method} | {at:.2f} | {file} | {one.groups} | {_cells(one)} |")
        means = [
            fmean(one.bcubed.f1 for one in chosen.values()),
            fmean(one.pairwise.f1 for one in chosen.values()),
        ]
        print(f"| {method} | | **mean** | | | | **{means[0]:.3f}** | | | **{means[1]:.3f}** | |")
    print()


def _cells(one: Try) -> str:
    scores = [
        f"{number:.3f}"
        for score in (one.bcubed, one.pairwise)
        for number in (score.precision, score.recall, score.f1)
    ]
    return " | ".join([*scores, f"{one.documents_per_second:.0f}"])


if __name__ == "__main__":
    main()
