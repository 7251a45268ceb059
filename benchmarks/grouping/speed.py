"""How fast copydesk groups, on one core, beside a plain one pass, and as stories pile up.

    python benchmarks/grouping/speed.py [GOLD…] [--repeats 5] [--most 200000] [--past] [--only …]

Prints Markdown. Speed: documents a second of processor time for each file's headlines, and its
texts' beginnings where it has texts, and for as many invented ones; the last step, `settle`, is
within it. Beside it TF-IDF in one pass, written in plain Python, and our share of its speed, so
that a slow machine says nothing. Growth: what one more document costs after so many within the
window of 30 days, median of ten times two hundred; `settle`, for each document since it was asked
for before; memory. --past goes on until as many have fallen out of the window. Memory: the most
bytes for each document in the window when all have come, of invented headlines and of one headline
that comes again and again, and how many a second are grouped (`settle` is within it).
"""

from __future__ import annotations

import argparse
import gc
import itertools
import multiprocessing
import random
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from invented import Invented, Recombined, stream
from plain import Plain

from copydesk.judge.clustering import Stream
from copydesk.judge.clustering.documents import NewsDocument
from copydesk.measure.labelled import read_documents

_LENGTHS = (0, 600, 1500)  # characters of a text
_INVENTED = 2_000
_AT = (1_000, 10_000, 50_000, 100_000, 200_000, 500_000)
_LIVE = (100_000, 200_000, 500_000, 1_000_000)
_STRETCH, _STRETCHES = 200, 10
_WINDOW_DAYS = 30
_PLAIN_TO = 10_000  # its time grows with what came before


def main() -> None:
    """Measure and print the tables."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    asked.add_argument("gold", nargs="*", type=Path, metavar="GOLD")
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--most", type=int, default=200_000, metavar="STORIES")
    asked.add_argument("--past", action="store_true")
    asked.add_argument("--only", choices=["speed", "growth", "memory"])
    given = asked.parse_args()
    if given.only in {None, "speed"}:
        _speeds(given.gold, given.repeats)
    if given.only in {None, "growth"}:
        _growths(given.gold, given.most, is_past=given.past)
    if given.only in {None, "memory"}:
        _memories(given.most)


def _speeds(gold: Sequence[Path], repeats: int) -> None:
    print("| documents | count | copydesk a second, best | median | plain, best | median | share |")
    print(f"|{' --- |' * 7}")
    for name, documents in _sets(gold):
        pairs = [(_ours(documents), _plain(documents)) for _ in range(repeats)]
        ours, plain = ([len(documents) / one for one in side] for side in zip(*pairs, strict=True))
        share = median(one / other for one, other in zip(ours, plain, strict=True))
        cells = [max(ours), median(ours), max(plain), median(plain)]
        numbers = " | ".join(f"{cell:,.0f}" for cell in cells)
        print(f"| {name} | {len(documents):,} | {numbers} | {share:.2f} |", flush=True)
    print()


def _sets(gold: Sequence[Path]) -> Iterator[tuple[str, Sequence[NewsDocument]]]:
    """Give each file's documents, cut to each length that they have."""
    for path in gold:
        documents = read_documents(path)
        for length in _LENGTHS if any(one.text for one in documents) else _LENGTHS[:1]:
            yield (
                _named(path.stem, length),
                [
                    NewsDocument(
                        key=one.id,
                        title=one.title,
                        text=one.text[:length],
                        language=one.language,
                        moment=one.moment,
                    )
                    for one in documents
                ],
            )
    for length in _LENGTHS:
        coming = _invented(length, _INVENTED)
        yield _named("invented", length), list(itertools.islice(coming, _INVENTED))


def _named(name: str, length: int) -> str:
    return f"{name}, headline and {length} characters" if length else f"{name}, headlines"


def _invented(length: int, most: int) -> Iterator[NewsDocument]:
    return stream(Invented(1, length).event, random.Random(2), most / _WINDOW_DAYS)


def _recombined(gold: Sequence[Path], most: int) -> Iterator[NewsDocument]:
    """Give headlines of the files that have times."""
    stories: dict[str, list[str]] = defaultdict(list)
    for path in gold:
        for one in read_documents(path):
            if one.moment and one.title.strip():
                stories[f"{path} {one.cluster}"].append(one.title)
    made = Recombined(1, list(stories.values()))
    return stream(made.event, random.Random(2), most / _WINDOW_DAYS)


def _ours(documents: Sequence[NewsDocument]) -> float:
    """Give the seconds of processor time that our stream takes."""
    gc.collect()
    began = time.process_time()
    grouped = Stream()
    for one in documents:
        grouped.add(one)
    grouped.settle()
    return time.process_time() - began


def _plain(documents: Sequence[NewsDocument]) -> float:
    gc.collect()
    began = time.process_time()
    grouped = Plain()
    for one in documents:
        grouped.add(f"{one.title} {one.text}")
    return time.process_time() - began


def _growths(gold: Sequence[Path], most: int, *, is_past: bool) -> None:
    made: dict[str, Callable[[], Iterator[NewsDocument]]] = {
        "invented headlines": partial(_invented, 0, most),
        "headlines put together anew": partial(_recombined, gold, most),
        "invented headlines and 600 characters": partial(_invented, 600, most),
    }
    if not gold:
        del made["headlines put together anew"]
    goals = [*(at for at in _AT if at <= most), *([2 * most] if is_past else [])]
    print("| documents | came before | \u00b5s for one more | plain | `settle` | MB |")
    print(f"|{' --- |' * 6}", flush=True)
    for name, begun in made.items():  # each in a process of its own: memory is not given back
        child = multiprocessing.Process(target=_growth, args=(name, begun, goals))
        child.start()
        child.join()


def _growth(name: str, begun: Callable[[], Iterator[NewsDocument]], goals: Sequence[int]) -> None:
    coming = begun()
    first = next(coming)
    grouped, plain = Stream(), Plain()
    grouped.add(first)
    before, count, settled = _megabytes(), 1, 0
    for goal in goals:
        for one in itertools.islice(coming, goal - count):
            grouped.add(one)
            if goal <= _PLAIN_TO:
                plain.add(f"{one.title} {one.text}")
        began = time.process_time()
        grouped.settle()
        end = (time.process_time() - began) / (goal - settled)
        stretches = [list(itertools.islice(coming, _STRETCH)) for _ in range(_STRETCHES)]
        ours = median(_each(grouped.add, one) for one in stretches)
        theirs = ""
        if goal <= _PLAIN_TO:
            texts = [[f"{one.title} {one.text}" for one in stretch] for stretch in stretches]
            theirs = f"{median(_each(plain.add, one) for one in texts) * 1e6:.0f}"
        count, settled = goal + _STRETCH * _STRETCHES, goal
        print(
            f"| {name} | {goal:,} | {ours * 1e6:.0f} | {theirs} | {end * 1e6:.0f} | "
            f"{_megabytes() - before:.0f} |",
            flush=True,
        )


def _memories(most: int) -> None:
    print("\n| documents | in the window | bytes for each | a second |")
    print(f"|{' --- |' * 4}", flush=True)
    for count in (count for count in _LIVE if count <= most):
        for is_one in (False, True):
            child = multiprocessing.Process(target=_memory, args=(count, is_one))
            child.start()
            child.join()


def _memory(count: int, is_one: bool) -> None:
    """Group `count` headlines, or one headline `count` times; print bytes and time for each."""
    coming = itertools.islice(_invented(0, count), count)
    first = next(coming)
    if is_one:
        coming = (replace(one, title=first.title) for one in coming)
    grouped = Stream()
    grouped.add(first)
    before, began = _megabytes(), time.process_time()
    for one in coming:
        grouped.add(one)
    grouped.settle()
    seconds = time.process_time() - began
    name = "one headline" if is_one else "invented headlines"
    each = (_megabytes() - before) * 2**20 / count
    print(f"| {name} | {count:,} | {each:,.0f} | {count / seconds:,.0f} |", flush=True)


def _each(add: Callable[[Any], object], coming: Sequence[object]) -> float:
    """Give the seconds of processor time that one takes."""
    began = time.process_time()
    for one in coming:
        add(one)
    return (time.process_time() - began) / len(coming)


def _megabytes() -> float:
    """Give the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
