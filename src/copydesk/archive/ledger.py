"""Read and edit `_data/sources.yaml`: sources that got a new URL or ended, and what an editor
undid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from copydesk.archive import _data_lists
from copydesk.archive._journal import FileChange
from copydesk.archive.document import TypedFields, compose, decode_yaml
from copydesk.archive.document_tree import Mapping as Tree
from copydesk.archive.document_tree import Scalar

PATH = "_data/sources.yaml"
_SPELL: Mapping[str, Callable[[Any], Scalar]] = {"to": _data_lists.word, "at": _data_lists.moment}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMoved:
    """The new URL of a source (feed, sitemap, page), and since when."""

    to: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEnded:
    """When a source (feed, sitemap, page) ended, and with which HTTP answer."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKept:
    """Who undid a source's new URL or end, so that neither is set automatically again."""

    by: str
    at: datetime
    why: str


_Entry = SourceMoved | SourceEnded | SourceKept


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The contents of `_data/sources.yaml`: new URLs and ends of sources, by their URL in
    beat.toml.
    """

    moved: Mapping[str, SourceMoved] = field(default_factory=dict)
    ended: Mapping[str, SourceEnded] = field(default_factory=dict)
    kept: Mapping[str, SourceKept] = field(default_factory=dict)


def read_ledger(root: Path) -> Ledger:
    """Return the contents of a newsroom's `_data/sources.yaml`, empty if there is no file.

    Raises RecordError that names the file, the line and the key.
    """
    data = _data_lists.present(root, PATH)
    if not data:
        return Ledger()
    fields = TypedFields(compose(decode_yaml(PATH, data), PATH), PATH)
    return Ledger(
        moved=dict(fields.each("moved", _read_move)),
        ended=dict(fields.each("ended", _read_end)),
        kept=dict(fields.each("kept", _read_keep)),
    )


def ledger_change(root: Path, ledger: Ledger) -> FileChange:
    """Return the change of `_data/sources.yaml` that stores these contents.

    Other entries of the file stay, and an equal one keeps its lines. Raises RecordError if the file
    cannot be read or written back the same.
    """
    before = read_ledger(root)
    return _data_lists.change(root, PATH, lambda tree: _with(tree, before, ledger))


def _read_move(fields: TypedFields) -> tuple[str, SourceMoved]:
    return _text(fields, "from"), SourceMoved(to=_text(fields, "to"), at=_at(fields))


def _read_end(fields: TypedFields) -> tuple[str, SourceEnded]:
    return _text(fields, "url"), SourceEnded(at=_at(fields), why=fields.text("why"))


def _read_keep(fields: TypedFields) -> tuple[str, SourceKept]:
    kept = SourceKept(by=fields.text("by"), at=_at(fields), why=fields.text("why"))
    return _text(fields, "url"), kept


def _text(fields: TypedFields, key: str) -> str:
    return fields.require(key, fields.text(key) or None)


def _at(fields: TypedFields) -> datetime:
    return fields.require("at", fields.date("at"))


def _with(tree: Tree, before: Ledger, after: Ledger) -> Tree:
    tree = _edit_list(tree, "moved", "from", before.moved, after.moved)
    tree = _edit_list(tree, "ended", "url", before.ended, after.ended)
    return _edit_list(tree, "kept", "url", before.kept, after.kept)


def _edit_list(
    tree: Tree, name: str, key: str, before: Mapping[str, _Entry], after: Mapping[str, _Entry]
) -> Tree:
    """Return a YAML tree in which one list is changed from the first version to the second."""
    if before == after:
        return tree
    same = {url for url, value in after.items() if before.get(url) == value}
    values = {url: {key: _data_lists.word(url), **_spell(value)} for url, value in after.items()}
    return _data_lists.edit_list(tree, name, lambda old: _data_lists.items(old, key, values, same))


def _spell(value: _Entry) -> dict[str, Scalar]:
    return {
        each.name: _SPELL.get(each.name, _data_lists.words)(getattr(value, each.name))
        for each in fields(value)
    }
