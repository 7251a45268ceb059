"""`_data/rulings.yaml`: an editor's lasting word, kept beside rules that others wrote there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.archive import _front, _lists, _nodes, _read
from copydesk.archive._fields import Fields
from copydesk.archive._tree import Item, Scalar, Sequence
from copydesk.archive._tree import Mapping as Tree
from copydesk.news import Verdict

PATH = "_data/rulings.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """Verdicts by the record's path, and the addresses that an editor removed for good."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


def read_rulings(root: Path) -> Rulings:
    """Give the rulings of a newsroom, none where there is no such file; raise RecordError."""
    data = _lists.present(root, PATH)
    return Rulings() if not data else _rulings(data)


def write_rulings(root: Path, rulings: Rulings) -> bool:
    """Keep the rulings; True when bytes changed.

    Every other entry of the file survives in place, and an equal verdict keeps its lines. Raises
    RecordError, and leaves the file alone, where it cannot be read or given back as it stands.
    """
    before = read_rulings(root)
    return _lists.rewrite(root, PATH, lambda tree: _with(tree, before, rulings))


def _rulings(data: bytes) -> Rulings:
    fields = Fields(_nodes.compose(_front.whole(PATH, data), PATH), PATH)
    found = fields.each("verdicts", lambda one: (one.text("path"), _read.read_verdict(one)))
    return Rulings(verdicts=dict(found), removed=fields.texts("removed"))


def _with(tree: Tree, before: Rulings, after: Rulings) -> Tree:
    if before.verdicts != after.verdicts:
        tree = _lists.edited(tree, "verdicts", lambda old: _verdict_items(old, before, after))
    if before.removed != after.removed:
        tree = _lists.edited(tree, "removed", lambda old: _removed_items(old, after))
    return tree


def _verdict_items(old: Sequence, before: Rulings, after: Rulings) -> Sequence:
    values = {path: _verdict(path, verdict) for path, verdict in after.verdicts.items()}
    known = before.verdicts
    same = {path for path, verdict in after.verdicts.items() if known.get(path) == verdict}
    return _lists.items(old, "path", values, same)


def _verdict(path: str, verdict: Verdict) -> dict[str, Scalar]:
    return {
        "path": _lists.word(path),
        "by": _lists.words(verdict.by),
        "at": _lists.moment(verdict.at),
        "said": _lists.word(verdict.said),
        "why": _lists.words(verdict.why),
    }


def _removed_items(old: Sequence, after: Rulings) -> Sequence:
    kept = {item.value.text: item for item in old.items if isinstance(item.value, Scalar)}
    items = (kept.get(url) or Item(value=_lists.words(url)) for url in after.removed)
    return Sequence(items=tuple(items), column=_lists.column(old))
