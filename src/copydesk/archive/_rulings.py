"""`_data/rulings.yaml`: an editor's lasting word, kept beside rules that others wrote there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from copydesk.archive import _document, _folder, _front, _nodes, _paths, _read, _scalars
from copydesk.archive._fields import Fields
from copydesk.archive._tree import Entry, Item, Scalar, Sequence
from copydesk.archive._tree import Mapping as Tree
from copydesk.errors import RecordError
from copydesk.kit import files
from copydesk.news import Verdict

PATH = "_data/rulings.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """Verdicts by the record's path, and the addresses that an editor removed for good."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


def read_rulings(root: Path) -> Rulings:
    """Give the rulings of a newsroom, none where there is no such file; raise RecordError."""
    data = _present(root)
    return Rulings() if not data else _rulings(data)


def write_rulings(root: Path, rulings: Rulings) -> bool:
    """Keep the rulings; True when bytes changed.

    Every other entry of the file survives in place, and an equal verdict keeps its lines. Raises
    RecordError, and leaves the file alone, where it cannot be read or given back as it stands.
    """
    data = _present(root)
    document = _document.parse_document(PATH, data) if data else _EMPTY
    if data and _document.emit_document(document) != data:
        raise RecordError(
            "rewriting would lose how the rulings are written", subject=PATH, hint="use LF ends"
        )
    before = _rulings(data) if data else Rulings()
    after = _document.emit_document(_with(document, before, rulings))
    if before == rulings or after == data:
        return False
    try:
        files.write_atomic(_paths.inside(root, PATH), after)
    except OSError as error:
        raise RecordError(f"cannot write ({error.strerror})", subject=PATH) from error
    return True


_EMPTY = _document.Document(path=PATH, tree=Tree(entries=()), closing="", tail="", fenced=False)


def _present(root: Path) -> bytes:
    file = _paths.inside(root, PATH)
    data = _folder.read_bytes(file, PATH) if file.exists() else b""
    return data if data.strip() else b""


def _rulings(data: bytes) -> Rulings:
    fields = Fields(_nodes.compose(_front.whole(PATH, data), PATH), PATH)
    found = fields.each("verdicts", lambda one: (one.text("path"), _read.read_verdict(one)))
    return Rulings(verdicts=dict(found), removed=fields.texts("removed"))


def _with(document: _document.Document, before: Rulings, after: Rulings) -> _document.Document:
    tree = document.tree
    if before.verdicts != after.verdicts:
        tree = _edited(tree, "verdicts", lambda old: _verdict_items(old, before, after))
    if before.removed != after.removed:
        tree = _edited(tree, "removed", lambda old: _removed_items(old, after))
    return replace(document, tree=tree)


def _edited(tree: Tree, key: str, change: Callable[[Sequence], Sequence]) -> Tree:
    """Give the tree with one top list changed, put at the end where it is new, gone where empty."""
    entries = list(tree.entries)
    at = next((i for i, entry in enumerate(entries) if entry.key.text == key), None)
    if at is None:
        before = "\n" if entries else ""
        entries.append(Entry(key=Scalar(text=key), value=Sequence(items=()), before=before))
        at = len(entries) - 1
    old = entries[at].value
    new = change(old if isinstance(old, Sequence) else Sequence(items=()))
    entries[at] = replace(entries[at], value=new)
    return replace(
        tree, entries=tuple(entry for i, entry in enumerate(entries) if i != at or new.items)
    )


def _verdict_items(old: Sequence, before: Rulings, after: Rulings) -> Sequence:
    kept = {_path_of(item): item for item in old.items}
    items = []
    for path, verdict in after.verdicts.items():
        if path in kept and before.verdicts.get(path) == verdict:
            items.append(kept[path])
        else:
            items.append(_verdict_item(path, verdict, kept.get(path), old))
    return Sequence(items=tuple(items), column=_column(old))


def _path_of(item: Item) -> str:
    entries = item.value.entries if isinstance(item.value, Tree) else ()
    paths = (entry.value for entry in entries if entry.key.text == "path")
    return next((value.text for value in paths if isinstance(value, Scalar)), "")


def _verdict_item(path: str, verdict: Verdict, kept: Item | None, old: Sequence) -> Item:
    """Give a verdict's item; what somebody else wrote into the one before stays below it."""
    values = {
        "path": _plain(path),
        "by": Scalar(text=verdict.by, quotes='"'),
        "at": Scalar(text=_scalars.date(verdict.at), kind="timestamp"),
        "said": _plain(verdict.said),
        "why": Scalar(text=verdict.why, quotes='"'),
    }
    entries = [Entry(key=Scalar(text=key), value=value) for key, value in values.items()]
    if kept is not None and isinstance(kept.value, Tree):
        entries += [entry for entry in kept.value.entries if entry.key.text not in values]
    before = "" if kept is None else kept.before
    return Item(value=Tree(entries=tuple(entries), column=_column(old) + 2), before=before)


def _removed_items(old: Sequence, after: Rulings) -> Sequence:
    kept = {item.value.text: item for item in old.items if isinstance(item.value, Scalar)}
    items = (kept.get(url) or Item(value=Scalar(text=url, quotes='"')) for url in after.removed)
    return Sequence(items=tuple(items), column=_column(old))


def _column(old: Sequence) -> int:
    return 2 if old.flow or not old.items else old.column


def _plain(text: str) -> Scalar:
    return Scalar(text=text, quotes="" if _scalars.is_plain(text) else '"')
