"""How fast copydesk groups, on one core, beside a plain one pass, and as stories pile up.

    python benchmarks/grouping/speed.py [GOLD…] [--repeats 5] [--most 200000] [--past] [--only …]

Prints Markdown. `speed`: documents a second of processor time for each file's headlines, and its
texts' beginnings where it has texts, and for as many invented ones; the last step, `settle`, is
within it. Beside it TF-IDF in one pass as one would write it in plain Python, and what it does in
the same time, so that a slow machine says nothing. `growth`: the time of one more document, mean
of a thousand, with so many in the window of 30 days; --past goes on until as many have fallen out
of it.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from invented import Event, Invented, Recombined, stream
from plain import Plain

from copydesk.judge import Document, Stream
from copydesk.measure import labelled

_LENGTHS = (0, 600, 1500)  # characters of a text
_INVENTED = 5_000
_AT = (1_000, 10_000, 50_000, 100_000, 200_000, 500_000)
_STRETCH = 1_000
_WINDOW_DAYS = 30
_PLAIN_TO = 10_000  # its time grows with what came before


def main() -> None:
    """Measure and print the tables."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    asked.add_argument("gold", nargs="*", type=Path, metavar="GOLD")
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--most", type=int, default=200_000, metavar="STORIES")
    asked.add_argument("--past", action="store_true")
    asked.add_argument("--only", choices=["speed", "growth"])
    given = asked.parse_args()
    if given.only != "growth":
        _speeds(given.gold, given.repeats)
    if given.only != "speed":
        _growths(given.gold, given.most, is_past=given.past)


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


def _sets(gold: Sequence[Path]) -> Iterator[tuple[str, Sequence[Document]]]:
    """Give each file's documents, cut to each length that they have."""
    for path in gold:
        documents = labelled(path)
        for length in _LENGTHS if any(one.text for one in documents) else _LENGTHS[:1]:
            yield (
                _named(path.stem, length),
                [
                    Document(
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


def _invented(length: int, most: int) -> Iterator[Document]:
    return stream(Invented(1, length).event, random.Random(2), most / _WINDOW_DAYS)


def _recombined(gold: Sequence[Path], most: int) -> Iterator[Document]:
    """Give headlines of the files that have times."""
    stories: dict[str, list[str]] = defaultdict(list)
    for path in gold:
        for one in labelled(path):
            if one.moment and one.title.strip():
                stories[f"{path} {one.cluster}"].append(one.title)
    made = Recombined(1, list(stories.values()))
    return stream(made.event, random.Random(2), most / _WINDOW_DAYS)


def _ours(documents: Sequence[Document]) -> float:
    """Give the seconds of processor time that our stream takes."""
    gc.collect()
    began = time.process_time()
    grouped = Stream()
    for one in documents:
        grouped.add(one)
    grouped.settle()
    return time.process_time() - began


def _plain(documents: Sequence[Document]) -> float:
    gc.collect()
    began = time.process_time()
    grouped = Plain()
    for one in documents:
        grouped.add(f"{one.title} {one.text}")
    return time.process_time() - began


def _growths(gold: Sequence[Path], most: int, *, is_past: bool) -> None:
    made = [
        ("invented headlines", _invented(0, most)),
        ("invented headlines and 600 characters", _invented(600, most)),
    ]
    if gold:
        made.insert(1, ("headlines put together anew", _recombined(gold, most)))
    print("| documents | in the window | \u00b5s a document | plain | settle, s | MB |")
    print(f"|{' --- |' * 6}")
    for name, coming in made:
        _growth(name, coming, [*(at for at in _AT if at <= most), *([2 * most] if is_past else [])])


def _growth(name: str, coming: Iterator[Document], at: Sequence[int]) -> None:
    grouped, plain = Stream(), Plain()
    before, count = _megabytes(), 0
    for goal in at:
        for one in itertools.islice(coming, goal - count):
            grouped.add(one)
            if count < _PLAIN_TO:
                plain.add(f"{one.title} {one.text}")
            count += 1
        if count >= _PLAIN_TO:
            plain = Plain()
        stretch = list(itertools.islice(coming, _STRETCH))
        theirs = f"{_each(plain, stretch):.0f}" if count < _PLAIN_TO else ""
        began = time.process_time()
        for one in stretch:
            grouped.add(one)
        seconds = time.process_time() - began
        count += len(stretch)
        print(
            f"| {name} | {goal:,} | {seconds / len(stretch) * 1e6:.0f} | {theirs} | "
            f"{_megabytes() - before:.0f} |",
            flush=True,
        )


def _megabytes() -> float:
    """Give the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
