"""`_data/sources.yaml`: which sources moved or ended, and where an editor undid it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from copydesk.archive import _lists
from copydesk.archive.change import FileChange
from copydesk.archive.document import Fields, Scalar, Sequence, compose, decode_yaml
from copydesk.archive.document import Mapping as Tree

PATH = "_data/sources.yaml"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where a source is asked instead, and since when."""

    to: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """When a source ended, and what it said."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Who undid a move or an end: the source is never moved or ended by itself again."""

    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is written of the sources, by their addresses in beat.toml."""

    moved: Mapping[str, Moved] = field(default_factory=dict)
    ended: Mapping[str, Ended] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)


def read_ledger(root: Path) -> Ledger:
    """Give the ledger of a newsroom, an empty one where there is no such file.

    Raises RecordError that names the file, the line and the key.
    """
    data = _lists.present(root, PATH)
    if not data:
        return Ledger()
    fields = Fields(compose(decode_yaml(PATH, data), PATH), PATH)
    return Ledger(
        moved=dict(fields.each("moved", _moved)),
        ended=dict(fields.each("ended", _ended)),
        kept=dict(fields.each("kept", _kept)),
    )


def ledger_change(root: Path, ledger: Ledger) -> FileChange:
    """Return what keeping the ledger makes of its file.

    Every other entry of the file survives in place, and an equal one keeps its lines. Raises
    RecordError where it cannot be read or given back as it stands.
    """
    before = read_ledger(root)
    return _lists.change(root, PATH, lambda tree: _with(tree, before, ledger))


def _moved(fields: Fields) -> tuple[str, Moved]:
    return _text(fields, "from"), Moved(to=_text(fields, "to"), at=_at(fields))


def _ended(fields: Fields) -> tuple[str, Ended]:
    return _text(fields, "url"), Ended(at=_at(fields), why=fields.text("why"))


def _kept(fields: Fields) -> tuple[str, Kept]:
    kept = Kept(by=fields.text("by"), at=_at(fields), why=fields.text("why"))
    return _text(fields, "url"), kept


def _text(fields: Fields, key: str) -> str:
    return fields.required(key, fields.text(key) or None)


def _at(fields: Fields) -> datetime:
    return fields.required("at", fields.date("at"))


def _with(tree: Tree, before: Ledger, after: Ledger) -> Tree:
    tree = _edited(tree, "moved", "from", (before.moved, after.moved), _moved_values)
    tree = _edited(tree, "ended", "url", (before.ended, after.ended), _ended_values)
    return _edited(tree, "kept", "url", (before.kept, after.kept), _kept_values)


def _edited(
    tree: Tree,
    name: str,
    key: str,
    versions: tuple[Mapping[str, _T], Mapping[str, _T]],
    values: Callable[[str, _T], Mapping[str, Scalar]],
) -> Tree:
    """Give the tree with one list as it is after; untouched where it is as before."""
    before, after = versions
    if before == after:
        return tree
    same = {url for url, one in after.items() if before.get(url) == one}

    def change(old: Sequence) -> Sequence:
        return _lists.items(old, key, {url: values(url, one) for url, one in after.items()}, same)

    return _lists.edited(tree, name, change)


def _moved_values(url: str, moved: Moved) -> dict[str, Scalar]:
    return {
        "from": _lists.word(url),
        "to": _lists.word(moved.to),
        "at": _lists.moment(moved.at),
    }


def _ended_values(url: str, ended: Ended) -> dict[str, Scalar]:
    return {
        "url": _lists.word(url),
        "at": _lists.moment(ended.at),
        "why": _lists.words(ended.why),
    }


def _kept_values(url: str, kept: Kept) -> dict[str, Scalar]:
    return {
        "url": _lists.word(url),
        "by": _lists.words(kept.by),
        "at": _lists.moment(kept.at),
        "why": _lists.words(kept.why),
    }
