"""The groups that the line files, beside labels at two levels: events and matters.

    python benchmarks/grouping/levels.py FOLDER

FOLDER holds story/*_dev.jsonl and web/newswire.*. A label of these sets is a matter: it may run for
weeks. An event is a part of it between two gaps of four days. Each web is filed by the whole line:
the recorded one in one import and in its windows, two of ours day by day by the real times of their
documents (Giveme5W1H's texts, the English headlines of og2021). Prints Markdown: BCubed F1
(precision / recall) and pairwise F1. A story without a matter is one of its own. The last line says
in which fields the records of the recorded web differ between one import and its windows.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import tempfile
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import newswire
from scores import bcubed, pairwise

from copydesk.archive import Archive
from copydesk.measure.labelled import read_documents
from copydesk.news import Story
from rounds import file_all, shelve

GAP = timedelta(days=4)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One story as it was filed, with its label, time, group and matter."""

    label: str
    moment: datetime
    group: str
    matter: str


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    asked.add_argument("folder", type=Path)
    folder = asked.parse_args().folder
    print("| web | stories | events | | matters | |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        for name, in_windows in (("newswire, at once", False), ("newswire, its windows", True)):
            rows = newswire.file(folder / "web", Path(scratch) / name, in_windows=in_windows)
            _print(name, [_from_newsroom(row) for row in rows])
        same = list(map(_differences, *_records(Path(scratch))))
    _print("Giveme5W1H, day by day", _by_day(folder / "story" / "giveme5w1h_dev.jsonl", ""))
    _print("og2021 English, day by day", _by_day(folder / "story" / "og2021_dev.jsonl", "en"))
    print(f"\nnewswire's records that differ, at once and in windows: {_sum_up(same)}")


def _records(scratch: Path) -> Sequence[Sequence[Story]]:
    """Return the stories of each newsroom by path."""
    return [
        sorted(Archive(root).stories(newswire.fail), key=lambda story: story.path)
        for root in sorted(scratch.iterdir())
    ]


def _differences(one: Story, other: Story) -> frozenset[str]:
    """Return the fields in which two records differ."""
    assert one.path == other.path
    fields = [field.name for field in dataclasses.fields(one)]
    return frozenset(name for name in fields if getattr(one, name) != getattr(other, name))


def _sum_up(differences: Sequence[frozenset[str]]) -> str:
    counts = Counter(itertools.chain.from_iterable(differences))
    listed = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    return f"{sum(map(bool, differences))} of {len(differences)} ({listed or 'none'})"


def _from_newsroom(row: dict[str, str]) -> Filed:
    return Filed(
        label=row["cluster"],
        moment=datetime.fromisoformat(row["published"]),
        group=row["group"],
        matter=row["matter"],
    )


def _by_day(path: Path, language: str) -> Sequence[Filed]:
    """File the documents of a set day by day, by their own times."""
    rows = [row for row in read_documents(path) if row.language.startswith(language)]
    dated = [(row.moment, row) for row in rows if row.moment is not None]
    dated.sort(key=lambda pair: (pair[0], pair[1].id))
    stories = [
        shelve(at, row.title, row.text, row.language, moment)
        for at, (moment, row) in enumerate(dated)
    ]
    filed, _ = file_all(stories, _DAY)
    return [
        Filed(
            label=row.cluster,
            moment=moment,
            group=newswire.group_of(filed[shelved.story.path].story),
            matter=newswire.matter_of(filed[shelved.story.path].story),
        )
        for (moment, row), shelved in zip(dated, stories, strict=True)
    ]


def cut_labels(labelled: Iterable[tuple[str, datetime]]) -> Sequence[Hashable]:
    """Return the label of each document's event: its label, cut where four days bring nothing."""
    rows = list(labelled)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at in sorted(range(len(rows)), key=lambda at: rows[at][1]):
        places[rows[at][0]].append(at)
    events: dict[int, Hashable] = {}
    for label, found in places.items():
        part = 0
        for before, at in zip([found[0], *found], found, strict=False):
            part += rows[at][1] - rows[before][1] > GAP
            events[at] = (label, part)
    return [events[at] for at in range(len(rows))]


def _print(name: str, filed: Sequence[Filed]) -> None:
    events = cut_labels((one.label, one.moment) for one in filed)
    cells = (
        *_cells(events, [one.group for one in filed]),
        *_cells([one.label for one in filed], [one.matter for one in filed]),
    )
    print(f"| {name} | {len(filed)} | {' | '.join(cells)} |", flush=True)


def _cells(labels: Sequence[Hashable], groups: Sequence[str]) -> tuple[str, str]:
    found = bcubed(labels, groups)
    whole = f"{found.f1:.3f} ({found.precision:.3f} / {found.recall:.3f})"
    return whole, f"{pairwise(labels, groups).f1:.3f}"


if __name__ == "__main__":
    main()
