"""Read and edit `_data/rulings.yaml`: editors' decisions on stories, removed URLs and lasting
rules.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import get_args

from copydesk.archive import _data_lists
from copydesk.archive._files import record_places
from copydesk.archive._journal import FileChange
from copydesk.archive.document import TypedFields, compose, decode_yaml
from copydesk.archive.document_tree import Mapping as Tree
from copydesk.archive.document_tree import MappingEntry, Node, Scalar, Sequence, SequenceItem
from copydesk.archive.record import read_verdict
from copydesk.news import Ruling, Verdict
from copydesk.news.ruling import RULING_KINDS, RulingKind, SetField

PATH = "_data/rulings.yaml"

_FIELDS: tuple[SetField, ...] = get_args(SetField)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """The contents of rulings.yaml: editors' decisions by story path, removed URLs, and lasting
    rules.

    `rules` are in the order of the file, the oldest first.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    rules: tuple[Ruling, ...] = ()

    def verdict_on(self, path: str) -> Verdict | None:
        """Return the editor's decision on the story at a path, None if there is none.

        Old records move to `_archive/`; a decision on any of their paths counts.
        """
        places = record_places(path) if self.verdicts else ()
        return next((self.verdicts[place] for place in places if place in self.verdicts), None)

    @property
    def judged_paths(self) -> frozenset[str]:
        """The paths of all stories with an editor's decision, live and archived."""
        return frozenset(place for path in self.verdicts for place in record_places(path))

    def with_verdict(self, path: str, verdict: Verdict) -> Rulings:
        """Return a copy with an editor's decision on a story, in place of an earlier one."""
        others = set(record_places(path)) - {path}
        known = {at: earlier for at, earlier in self.verdicts.items() if at not in others}
        return replace(self, verdicts={**known, path: verdict})

    def without_verdict(self, path: str) -> Rulings:
        """Return a copy without the editor's decision on a story."""
        places = record_places(path)
        return replace(
            self, verdicts={at: v for at, v in self.verdicts.items() if at not in places}
        )


def read_rulings(root: Path) -> Rulings:
    """Return the contents of a newsroom's rulings.yaml, empty if there is no file; raise
    RecordError.
    """
    return parse_rulings(_data_lists.present(root, PATH))


@functools.lru_cache(maxsize=2)  # a thousand rules take 0.2 s, and one command asks several times
def parse_rulings(data: bytes) -> Rulings:
    """Parse the bytes of rulings.yaml (editors' decisions and rules); raise RecordError."""
    return _rulings(data) if data.strip() else Rulings()


def edit_rulings(data: bytes, rulings: Rulings) -> bytes:
    """Return the bytes of rulings.yaml, edited so that it has these editors' decisions and
    rules.
    """
    before = parse_rulings(data)
    return _data_lists.edit(data, PATH, lambda tree: _with(tree, before, rulings))


def rulings_change(root: Path, rulings: Rulings) -> FileChange:
    """Return the change of rulings.yaml that stores these editors' decisions and rules.

    Other entries of the file stay, and an equal decision or rule keeps its lines. Raises
    RecordError if the file cannot be read or written back the same.
    """
    before = read_rulings(root)
    return _data_lists.change(root, PATH, lambda tree: _with(tree, before, rulings))


def _rulings(data: bytes) -> Rulings:
    fields = TypedFields(compose(decode_yaml(PATH, data), PATH), PATH)
    verdicts = fields.each("verdicts", lambda entry: (entry.text("path"), read_verdict(entry)))
    return Rulings(
        verdicts=dict(verdicts), removed=fields.texts("removed"), rules=fields.each("rules", _rule)
    )


def _rule(fields: TypedFields) -> Ruling:
    word = fields.text("said")
    said = next((known for known in RULING_KINDS if known == word), None)
    if said is None:
        raise fields.wrong("said", "not one of " + ", ".join(RULING_KINDS), "write said: pin")
    form = RULING_KINDS[said]
    rule = Ruling(
        said=said,
        by=fields.text("by"),
        at=fields.require("at", fields.date("at")),
        why=fields.text("why"),
        stories=tuple(map(_name, _some(fields, "stories", said, form.stories))),
        values=_some(fields, "values", said, form.values),
        until=_until(fields, said),
    )
    if said == "set" and rule.field is None:
        what = f"not one of {', '.join(_FIELDS)} ({rule.values[0][:40]!r})"
        raise fields.wrong("values", what, "write the name of the field first: - excerpt")
    return rule


def _name(story: str) -> str:
    """Return a record's name, given its path or a name that a person wrote."""
    return PurePosixPath(story).name.removesuffix(".md")


def _some(
    fields: TypedFields, key: str, said: RulingKind, wanted: tuple[int, int]
) -> tuple[str, ...]:
    """Return the list of texts of an editors' rule: none blank, and as many as its kind takes."""
    least, most = wanted
    texts = fields.texts(key)
    if any(not text.strip() for text in texts):
        raise fields.wrong(key, "a list with an empty item", "remove the empty item")
    if len(texts) < least:
        what = f"too short: {said} needs at least {least}"
        raise fields.wrong(key, what, f"write {key}: and then each item on its own line after -")
    if len(texts) > most:
        what = f"too long: {said} allows at most {most}"
        raise fields.wrong(key, what, "remove the extra items, or write a second rule for them")
    return texts


def _until(fields: TypedFields, said: RulingKind) -> datetime | None:
    until = fields.date("until")
    if until is not None and not RULING_KINDS[said].may_end:
        endings = ", ".join(kind for kind, form in RULING_KINDS.items() if form.may_end)
        raise fields.wrong(
            "until", f"not allowed for {said}, only for {endings}", "remove the key `until`"
        )
    return until


def _with(tree: Tree, before: Rulings, after: Rulings) -> Tree:
    if before.verdicts != after.verdicts:
        tree = _data_lists.edit_list(
            tree, "verdicts", lambda old: _verdict_items(old, before, after)
        )
    if before.removed != after.removed:
        tree = _data_lists.edit_list(tree, "removed", lambda old: _removal_items(old, after))
    if before.rules != after.rules:
        tree = _data_lists.edit_list(tree, "rules", lambda old: _rule_items(old, before, after))
    return tree


def _verdict_items(old: Sequence, before: Rulings, after: Rulings) -> Sequence:
    values = {path: _verdict(path, verdict) for path, verdict in after.verdicts.items()}
    known = before.verdicts
    same = {path for path, verdict in after.verdicts.items() if known.get(path) == verdict}
    return _data_lists.items(old, "path", values, same)


def _verdict(path: str, verdict: Verdict) -> dict[str, Scalar]:
    return {
        "path": _data_lists.word(path),
        "by": _data_lists.words(verdict.by),
        "at": _data_lists.moment(verdict.at),
        "said": _data_lists.word(verdict.said),
        "why": _data_lists.words(verdict.why),
    }


def _removal_items(old: Sequence, after: Rulings) -> Sequence:
    kept = {item.value.text: item for item in old.items if isinstance(item.value, Scalar)}
    items = (kept.get(url) or SequenceItem(value=_data_lists.words(url)) for url in after.removed)
    return Sequence(items=tuple(items), column=_data_lists.column(old))


def _rule_items(old: Sequence, before: Rulings, after: Rulings) -> Sequence:
    """Return the YAML list of editors' rules; earlier rules keep their lines with all their
    contents.
    """
    kept: dict[Ruling, list[SequenceItem]] = {}
    for rule, item in zip(before.rules, old.items, strict=True):
        kept.setdefault(rule, []).append(item)
    column = _data_lists.column(old)
    items = (
        kept[rule].pop(0) if kept.get(rule) else SequenceItem(value=_rule_tree(rule, column + 2))
        for rule in after.rules
    )
    return Sequence(items=tuple(items), column=column)


def _rule_tree(rule: Ruling, column: int) -> Tree:
    values: dict[str, Node] = {
        "said": _data_lists.word(rule.said),
        "by": _data_lists.words(rule.by),
        "at": _data_lists.moment(rule.at),
        "why": _data_lists.words(rule.why),
    }
    for key, texts in (("stories", rule.stories), ("values", rule.values)):
        if texts:
            items = tuple(SequenceItem(value=_data_lists.words(text)) for text in texts)
            values[key] = Sequence(items=items, column=column + 2)
    if rule.until is not None:
        values["until"] = _data_lists.moment(rule.until)
    entries = (MappingEntry(key=Scalar(text=key), value=value) for key, value in values.items())
    return Tree(entries=tuple(entries), column=column)
