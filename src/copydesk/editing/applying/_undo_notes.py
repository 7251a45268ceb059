"""Undo notes: the data that undoes one action of the desk, without the rest of its commit.

an edit before and after the action ── its own records, its changes of the rulings ──> bytes
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec

from copydesk import archive
from copydesk.archive import Rulings, git, letters, reading_lists, record
from copydesk.editing._edit import Edit, EditStep, action_mark, is_action_id, read_actions
from copydesk.editing._undo import States
from copydesk.errors import UsageError
from copydesk.kit import urls
from copydesk.news import RULING_KINDS, Ruling
from copydesk.newsroom.filing import RULINGS_PATH
from copydesk.review import rules

_T = TypeVar("_T", bound=Hashable)


def list_changes(before: Edit, after: Edit) -> Iterator[str]:
    """Walk the files that one step of an edit changes."""
    if before.rulings != after.rulings:
        yield RULINGS_PATH
    records = {path for path, story in after.stories.items() if story != before.stories.get(path)}
    made = {path for path in after.restored if path != RULINGS_PATH}
    yield from sorted(records | {path for path in made if _is_changed(before, after, path)})


def _is_changed(before: Edit, after: Edit, path: str) -> bool:
    """Decide whether a file is created, deleted or, for a reading list, has other content."""
    was, left = before.find_bytes(path), after.find_bytes(path)
    is_whole = reading_lists.is_list_path(path) or letters.is_letter_path(path)
    return was != left and (is_whole or None in {was, left})


class UndoNote(msgspec.Struct, frozen=True, kw_only=True):
    """The stored data of an action: its commit's subject, its files before and after it."""

    subject: str
    files: dict[str, States]


def write_undo_note(before: Edit, step: EditStep) -> bytes:
    """Return the data that undoes a step of an edit.

    Of the rulings it holds only what the step added and removed. Other records that the step
    changed are left out, since they are regrouped after an undo. So are newsletters, which an undo
    does not change.
    """
    after, states = step.edit, dict[str, States]()
    for path in list_changes(before, after):
        if path == RULINGS_PATH:
            states[path] = (
                _write_difference(before.rulings, after.rulings),
                _write_difference(after.rulings, before.rulings),
            )
        elif path in after.own_paths and not letters.is_letter_path(path):
            states[path] = (before.find_bytes(path), after.find_bytes(path))
    note = UndoNote(subject=step.words.subject, files=states)
    return zlib.compress(msgspec.json.encode(note))


def read_undo_note(note: bytes) -> UndoNote | None:
    """Parse the note on an action; return None for a note of another version."""
    try:
        return msgspec.json.decode(zlib.decompress(note), type=UndoNote)
    except (zlib.error, msgspec.DecodeError):
        return None


def _write_difference(rulings: Rulings, others: Rulings) -> bytes | None:
    """Return the rulings that others do not have, as a file of their own, None for none."""
    verdicts = {
        path: verdict
        for path, verdict in rulings.verdicts.items()
        if others.verdicts.get(path) != verdict
    }
    alone = replace(
        rulings,
        verdicts=verdicts,
        removed=_less(rulings.removed, others.removed),
        rules=_less(rulings.rules, others.rules),
    )
    return archive.edit_rulings(b"", alone) or None


def _less(items: Iterable[_T], others: Iterable[_T]) -> tuple[_T, ...]:
    known = frozenset(others)
    return tuple(item for item in items if item not in known)


# Finding an undo note: in the memory, else derived from the action's commit in git.

_GROUP_RULES = frozenset(said for said, form in RULING_KINDS.items() if form.applies_to == "groups")


def find_undo_note(edit: Edit, action_id: str) -> UndoNote:
    """Return the note that undoes an action, from the memory or else from its commit.

    If the commit holds several actions, the note has the files that the action's trailer names,
    provided that no other action may have changed them. Raises UsageError if there is no such note.
    """
    newsroom = edit.newsroom
    kept = edit.undos.get(action_id) or newsroom.memory.actions.get(action_id)
    note = read_undo_note(kept) if kept else None
    if note is not None:
        return note
    marks = [action_mark(action_id)] if is_action_id(action_id) else []
    for commit, message in newsroom.repository.find_messages(marks).items():
        note = _read_commit(newsroom.root, commit, message, action_id)
        if note is not None:
            return note
    raise UsageError(
        "nobody knows any more what that action changed",
        subject=action_id[:100],
        hint="change the story as it should be",
    )


def _read_commit(root: Path, commit: str, message: str, action_id: str) -> UndoNote | None:
    """Return the note that undoes one of a commit's actions, None if that is ambiguous."""
    done = read_actions(message)
    own = next((said for said, known in done if known == action_id), "")
    others = [said for said, known in done if known != action_id]
    if not own or (others and not _stands_apart(own, others)):
        return None
    files = git.read_commit(root, commit).files
    if not others:
        return UndoNote(subject=message.partition("\n")[0], files=dict(files))
    return UndoNote(subject=own, files=_pick_files(own, files))


def _stands_apart(own: str, others: Iterable[str]) -> bool:
    """Decide whether no other action of a commit can have changed the same files.

    A rule about groups changes records that it does not name; the changes of an `undo` are named
    only by the action that it undid.
    """
    names = _list_names(own)
    is_clear = all(names.isdisjoint(_list_names(said)) for said in others)
    vague = [said for said in others if _is_vague(said)]
    return bool(names) and is_clear and not vague and not own.startswith("undo ")


def _is_vague(said: str) -> bool:
    return said.startswith("undo ") or not _GROUP_RULES.isdisjoint(said.split()[:3])


def _list_names(said: str) -> frozenset[str]:
    """Return the names of records and paths of lists in an action's trailer."""
    kind, *words = said.split()
    if kind == "list":
        return frozenset(map(reading_lists.list_path, words[1:]))
    if kind == "rule":
        words = words[2:] if words[:1] == ["undo"] else words[1:]
    elif kind == "verdict":
        words = words[1:]
    elif kind not in {"write", "correct"}:
        return frozenset()
    return frozenset(map(rules.record_name, words))


def _pick_files(said: str, files: Mapping[str, States]) -> dict[str, States]:
    """Return an action's own files from a commit; of the rulings only its part."""
    names = _list_names(said)
    records = {path: states for path, states in files.items() if _is_record_of(path, names)}
    picked = {path: states for path, states in files.items() if path in names}
    if not _is_vague(said):  # else they are regrouped by the remaining rules
        picked |= records
    if RULINGS_PATH in files:
        addresses = frozenset(_list_addresses(records))
        before, after = files[RULINGS_PATH]
        picked[RULINGS_PATH] = (
            _pick_rulings(before, names, addresses),
            _pick_rulings(after, names, addresses),
        )
    return picked


def _pick_rulings(
    data: bytes | None, names: Collection[str], addresses: Collection[str]
) -> bytes | None:
    """Return a file with only the rulings on some records, None if there are none."""
    part = _part(archive.parse_rulings(data or b""), names, addresses)
    return archive.edit_rulings(b"", part) or None


def _is_record_of(path: str, names: Collection[str]) -> bool:
    return path.endswith(".md") and rules.record_name(path) in names


def _list_addresses(records: Mapping[str, States]) -> Iterator[str]:
    """Walk the identities of the addresses that some records had before and after."""
    for path, states in records.items():
        for data in filter(None, states):
            yield from map(urls.identity, record.parse_story(path, data).addresses)


def _part(rulings: Rulings, names: Collection[str], addresses: Collection[str]) -> Rulings:
    """Return only the rulings on some records."""
    return replace(
        rulings,
        verdicts={
            path: verdict
            for path, verdict in rulings.verdicts.items()
            if rules.record_name(path) in names
        },
        removed=tuple(url for url in rulings.removed if urls.identity(url) in addresses),
        rules=tuple(rule for rule in rulings.rules if _is_on(rule, names)),
    )


def _is_on(rule: Ruling, names: Collection[str]) -> bool:
    return bool(rule.stories) and set(rule.stories) <= set(names)
