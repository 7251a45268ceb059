"""Labelled documents in the order of a stream, and grouping them in one pass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from likeness import Likeness

Linkage = Literal["centroid", "average", "nearest"]
_BODY = 1_500  # characters of it that are read
_CLOSED = -2.0  # less than any cosine


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The documents of one file as they come; `days` are their times, None where none are told."""

    name: str
    texts: Sequence[str]
    labels: Sequence[str]
    days: Sequence[float] | None

    def since(self, window_days: float) -> Sequence[int]:
        """Give for each document the number of the first that came within the window before it.

        That is 0, all of them, where no times are told or the window is 0.
        """
        if self.days is None or not window_days:
            return [0] * len(self.labels)
        days = np.array(self.days)
        return [int(first) for first in np.searchsorted(days, days - window_days)]


def stream(path: Path, wanted: Sequence[str] = ()) -> Stream:
    """Give a file's documents by `ts` where each has one, else by `order`, else by the id's SHA-1.

    `hash` among what is wanted forces the last; any other word there is the one language that is
    taken. Only what comes in the order of time has times.
    """
    languages = [word for word in wanted if word != "hash"]
    lines = path.read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, filter(None, lines)) if _is_in(row, languages)]
    by_hash = "hash" in wanted
    has_times = not by_hash and all(row.get("ts") for row in rows)
    if has_times:
        rows.sort(key=lambda row: (_day(row), _hash(row)))
    elif not by_hash and all(row.get("order") is not None for row in rows):
        rows.sort(key=lambda row: row["order"])
    else:
        rows.sort(key=_hash)
    return Stream(
        name=":".join([path.stem, *wanted]),
        texts=[_text(row) for row in rows],
        labels=[str(row["cluster"]) for row in rows],
        days=[_day(row) for row in rows] if has_times else None,
    )


def _is_in(row: Mapping[str, Any], languages: Sequence[str]) -> bool:
    return not languages or row.get("lang") in languages


def _day(row: Mapping[str, Any]) -> float:
    moment = datetime.fromisoformat(row["ts"])
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 86_400


def _hash(row: Mapping[str, Any]) -> str:
    return hashlib.sha1(str(row["id"]).encode()).hexdigest()


def _text(row: Mapping[str, Any]) -> str:
    return f"{row['title']}. {row['text'][:_BODY]}" if row.get("text") else row["title"]


def one_pass(
    likeness: Likeness, linkage: Linkage, threshold: float, since: Sequence[int]
) -> list[int]:
    """Give each document its group: that of the likest one before it, else a new one.

    `likeness` holds the cosine of each pair of documents; a group whose newest member came before
    the document's `since` is closed to it.
    """
    groups = np.zeros(len(likeness), np.int64)
    sizes, newest = np.zeros_like(groups), np.zeros_like(groups)
    squares = np.zeros(len(likeness))  # of the length of the sum of a group's members
    known = 0
    for number in range(len(likeness)):
        before, cosines = groups[:number], likeness[number, :number]
        total = np.bincount(before, weights=cosines, minlength=known)
        if linkage == "nearest":
            like = np.full(known, _CLOSED)
            np.maximum.at(like, before, cosines)
        else:
            like = total / (sizes[:known] if linkage == "average" else np.sqrt(squares[:known]))
        like[newest[:known] < since[number]] = _CLOSED
        best = int(like.argmax()) if known else 0
        if not known or like[best] < threshold:
            best, known = known, known + 1
            squares[best] = 1.0
        else:
            squares[best] += 1.0 + 2.0 * total[best]
        groups[number], newest[best] = best, number
        sizes[best] += 1
    return [int(group) for group in groups]
