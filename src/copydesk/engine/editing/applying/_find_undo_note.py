"""Find an undo note: what the memory kept of an action, else what its commit in git says of it.

an action's id ── memory │ git's messages ──> its own files before and after it, and nobody else's
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from copydesk import archive
from copydesk.archive import Rulings, git, reading_lists, record
from copydesk.engine.editing._action import action_mark, is_action_id, read_actions
from copydesk.engine.editing._edit import Edit
from copydesk.engine.editing._undo import States
from copydesk.engine.editing.applying._undo_note import UndoNote, read_undo_note
from copydesk.engine.filing import RULINGS_PATH
from copydesk.errors import UsageError
from copydesk.kit import urls
from copydesk.news import RULING_KINDS, Ruling
from copydesk.review import rules

_GROUP_RULES = frozenset(said for said, form in RULING_KINDS.items() if form.applies_to == "groups")


def find_undo_note(edit: Edit, action_id: str) -> UndoNote:
    """Return what takes an action back; where the memory of it was lost, by its commit.

    Of a commit that holds several actions that is what the action's own trailer names, as long as
    no other one may have changed the same. Raises UsageError where nobody knows.
    """
    newsroom = edit.newsroom
    kept = edit.undos.get(action_id) or newsroom.memory.actions.get(action_id)
    note = read_undo_note(kept) if kept else None
    if note is not None:
        return note
    marks = [action_mark(action_id)] if is_action_id(action_id) else []
    for commit, message in git.Repository(newsroom.root).find_messages(marks).items():
        note = _read_commit(newsroom.root, commit, message, action_id)
        if note is not None:
            return note
    raise UsageError(
        "nobody knows any more what that action changed",
        subject=action_id[:100],
        hint="change the story as it should be",
    )


def _read_commit(root: Path, commit: str, message: str, action_id: str) -> UndoNote | None:
    """Return what takes back one of a commit's actions, None where that cannot be told."""
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
    """Decide whether no other action of a commit can have changed what this one did.

    A rule about groups moves records that it does not name, and what an `undo` changed is said by
    the action that it took back.
    """
    names = _list_names(own)
    is_clear = all(names.isdisjoint(_list_names(said)) for said in others)
    vague = [said for said in others if _is_vague(said)]
    return bool(names) and is_clear and not vague and not own.startswith("undo ")


def _is_vague(said: str) -> bool:
    return said.startswith("undo ") or not _GROUP_RULES.isdisjoint(said.split()[:3])


def _list_names(said: str) -> frozenset[str]:
    """Return what an action's trailer names: records by name, a list by its path."""
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
    """Return the files of a commit that are an action's own; of the rulings its part alone."""
    names = _list_names(said)
    records = {path: states for path, states in files.items() if _is_record_of(path, names)}
    picked = {path: states for path, states in files.items() if path in names}
    if not _is_vague(said):  # else they are set among others anew, by the rules that are left
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
    """Return a file of rulings with those on some records alone, None where none is."""
    part = _part(archive.parse_rulings(data or b""), names, addresses)
    return archive.edit_rulings(b"", part) or None


def _is_record_of(path: str, names: Collection[str]) -> bool:
    return path.endswith(".md") and rules.record_name(path) in names


def _list_addresses(records: Mapping[str, States]) -> Iterator[str]:
    """Walk the identities of the addresses that some records had and have."""
    for path, states in records.items():
        for data in filter(None, states):
            yield from map(urls.identity, record.parse_story(path, data).addresses)


def _part(rulings: Rulings, names: Collection[str], addresses: Collection[str]) -> Rulings:
    """Return of the rulings those on some records alone."""
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
