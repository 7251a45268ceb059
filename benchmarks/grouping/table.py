"""Groups beside labels, one table: copydesk, without and with meaning, beside plain methods.

    python benchmarks/grouping/table.py FOLDER [--cache FILE]

FOLDER holds story/*_dev.jsonl and web/newswire.*. Each cell is BCubed F1 / pairwise F1; the last
column is the mean. Plain methods are those of baselines.py in their best linkage, with one setting
for all files and with the best for each. copydesk has one setting; "at once" is what each document
was put into when it came, "settled" what a site shows after its last regrouping. The newswire is
what a newsroom files of it; the last row is how that newsroom grouped it. Documents without a
believable time come in the order of their ids' hash. Vectors take minutes and are kept in a file.
Without the extra copydesk[embed] the rows that need it are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import get_args

import newswire
from baselines import THRESHOLDS
from likeness import Likeness, minilm, tf_idf
from scores import bcubed, pairwise
from streams import Linkage, Stream, one_pass, stream
from vectors import place, vectors

from copydesk import embed
from copydesk.errors import ModelError
from copydesk.judge import clustering
from copydesk.judge.clustering.documents import NewsDocument
from copydesk.measure.labelled import Order, read_documents, sort_documents

_FILES: Mapping[str, tuple[str, Order | None, str]] = {
    "og2021 English": ("story/og2021_dev.jsonl", None, "eng"),
    "og2021": ("story/og2021_dev.jsonl", None, ""),
    "Google News": ("story/googlenews_ts_dev.jsonl", None, ""),
    "ECB+": ("story/ecbplus_dev.jsonl", None, ""),
    "Giveme5W1H": ("story/giveme5w1h_dev.jsonl", "hash", ""),
    "newswire": ("", "hash", ""),
}
_WINDOW_DAYS = 2.0  # of the plain methods: the best of those tried, where documents have times

Cell = tuple[float, float]


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--cache", type=Path, default=place())
    given = asked.parse_args()
    print(f"| method | {' | '.join(_FILES)} | mean |\n|{' --- |' * (len(_FILES) + 2)}")
    with tempfile.TemporaryDirectory() as scratch:
        files = _files(given.folder, Path(scratch))
        _plain("TF-IDF, one pass", files, "tf-idf", tf_idf)
        _ours("copydesk", files, None)
        try:
            embed.Model()
        except ModelError as error:
            print(f"without meaning: {error}", file=sys.stderr)
        else:
            _plain("MiniLM, one pass", files, "minilm", partial(minilm, kept=given.cache))
            _ours("copydesk[embed]", files, given.cache)
        _newsroom(files["newswire"])


def _files(folder: Path, scratch: Path) -> Mapping[str, Path]:
    """Give each file's path, in a language where only that is wanted."""
    found = {}
    for name, (path, _, language) in _FILES.items():
        found[name] = folder / path
        if language:
            lines = found[name].read_text("utf-8").splitlines(keepends=True)
            found[name] = scratch / f"{language}.jsonl"
            wanted = (line for line in lines if json.loads(line).get("lang") == language)
            found[name].write_text("".join(wanted), "utf-8")
    found["newswire"] = scratch / "newswire.jsonl"
    newswire.write(folder / "web", scratch / "newsroom", found["newswire"])
    return found


def _plain(name: str, files: Mapping[str, Path], kind: str, how: object) -> None:
    """Print a plain method with one setting for all, then with the best for each file."""
    assert callable(how)
    tried: list[dict[tuple[Linkage, float], Cell]] = []
    for file, path in files.items():
        documents = stream(path, ["hash"] if _FILES[file][1] == "hash" else [])
        tried.append(_tried(documents, how(documents.texts), THRESHOLDS[kind]))
    shared = max(tried[0], key=lambda setting: fmean(one[setting][0] for one in tried))
    _print(f"{name}, {shared[0]} at {shared[1]:.2f}", [one[shared] for one in tried])
    _print(f"{name}, tuned for each set", [max(one.values()) for one in tried])


def _tried(
    documents: Stream, likeness: Likeness, thresholds: Iterable[float]
) -> dict[tuple[Linkage, float], Cell]:
    since = documents.since(_WINDOW_DAYS)
    found: dict[tuple[Linkage, float], Cell] = {}
    for linkage in get_args(Linkage):
        for threshold in thresholds:
            groups = one_pass(likeness, linkage, threshold, since)
            found[linkage, threshold] = _cell(documents.labels, groups)
    return found


def _ours(name: str, files: Mapping[str, Path], kept: Path | None) -> None:
    """Print what copydesk does at once, and in the end; by meaning too where vectors are kept."""
    at_once, settled = [], []
    for file, path in files.items():
        order, documents = sort_documents(read_documents(path), _FILES[file][1])
        told = [embed.passage(one.title, one.text) for one in documents]
        pointing = vectors(told, kept) if kept else [b""] * len(told)
        grouped = clustering.Stream()
        names = [
            grouped.add(
                NewsDocument(
                    key=one.id,
                    title=one.title,
                    text=one.text,
                    language=one.language,
                    moment=one.moment if order == "time" else None,
                    vector=vector,
                )
            )
            for one, vector in zip(documents, pointing, strict=True)
        ]
        grouped.settle()
        labels, end = [one.cluster for one in documents], grouped.groups()
        at_once.append(_cell(labels, names))
        settled.append(_cell(labels, [end[one.id] for one in documents]))
    _print(f"{name}, at once", at_once)
    _print(f"{name}, settled", settled)


def _newsroom(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    cell = _cell([row["cluster"] for row in rows], [row["group"] for row in rows])
    _print("as a newsroom filed it", [None] * (len(_FILES) - 1) + [cell])


def _cell(labels: Sequence[str], groups: Sequence[str] | Sequence[int]) -> Cell:
    return bcubed(labels, groups).f1, pairwise(labels, groups).f1


def _print(name: str, cells: Sequence[Cell | None]) -> None:
    told = [_told(cell) for cell in cells]
    known = [cell for cell in cells if cell]
    if len(known) == len(cells):
        told.append(f"**{_told((fmean(b for b, _ in known), fmean(p for _, p in known)))}**")
    else:
        told.append("")
    print(f"| {name} | {' | '.join(told)} |", flush=True)


def _told(cell: Cell | None) -> str:
    return f"{cell[0]:.3f} / {cell[1]:.3f}" if cell else ""


if __name__ == "__main__":
    main()
