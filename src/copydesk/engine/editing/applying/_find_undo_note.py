"""Find an undo note: what the memory kept of an action, else what its commit in git says of it.

an action's id ── memory │ git's messages ──> its own files before and after it, and nobody else's
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from copydesk import archive, review
from copydesk.archive import Rulings
from copydesk.engine.editing._action import action_mark, is_action_id, read_actions
from copydesk.engine.editing._edit import Edit
from copydesk.engine.editing._undo import States
from copydesk.engine.editing.applying._undo_note import UndoNote, read_undo_note
from copydesk.engine.filing import RULINGS_PATH
from copydesk.errors import UsageError
from copydesk.kit import urls
from copydesk.news import RULING_KINDS, Ruling

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
    for commit, message in archive.Repository(newsroom.root).find_messages(marks).items():
        done = read_actions(message)
        own = next((said for said, known in done if known == action_id), "")
        others = [said for said, known in done if known != action_id]
        if own and (not others or _stands_apart(own, others)):
            files = archive.read_commit(newsroom.root, commit).files
            mine = dict(_pick_files(own, files)) if others else dict(files)
            return UndoNote(subject=own if others else message.partition("\n")[0], files=mine)
    raise UsageError(
        "nobody knows any more what that action changed",
        subject=action_id[:100],
        hint="change the story as it should be",
    )


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
        return frozenset(map(archive.list_path, words[1:]))
    if kind == "rule":
        words = words[2:] if words[:1] == ["undo"] else words[1:]
    elif kind == "verdict":
        words = words[1:]
    elif kind not in {"write", "correct"}:
        return frozenset()
    return frozenset(map(review.record_name, words))


def _pick_files(said: str, files: Mapping[str, States]) -> Iterator[tuple[str, States]]:
    """Walk the files of a commit that are an action's own; of the rulings its part alone."""
    names, is_of_groups = _list_names(said), _is_vague(said)
    addresses = set[str]()
    for path, states in files.items():
        if path in names:
            yield path, states
        elif review.record_name(path) in names and path.endswith(".md"):
            known = (archive.parse_story(path, data) for data in states if data)
            addresses |= {urls.identity(url) for story in known for url in story.addresses}
            if not is_of_groups:  # those are set among others anew, by the rules that are left
                yield path, states
    if RULINGS_PATH in files:
        before, after = (archive.parse_rulings(data or b"") for data in files[RULINGS_PATH])
        parts = (_part(rulings, names, addresses) for rulings in (before, after))
        was, left = (archive.edit_rulings(b"", part) or None for part in parts)
        yield RULINGS_PATH, (was, left)


def _part(rulings: Rulings, names: Collection[str], addresses: Collection[str]) -> Rulings:
    """Return of the rulings those on some records alone."""
    return replace(
        rulings,
        verdicts={
            path: verdict
            for path, verdict in rulings.verdicts.items()
            if review.record_name(path) in names
        },
        removed=tuple(url for url in rulings.removed if urls.identity(url) in addresses),
        rules=tuple(rule for rule in rulings.rules if _is_on(rule, names)),
    )


def _is_on(rule: Ruling, names: Collection[str]) -> bool:
    return bool(rule.stories) and set(rule.stories) <= set(names)
