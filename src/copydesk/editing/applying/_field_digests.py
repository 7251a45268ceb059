"""Detect by digests which fields of a story have changed since an editor saw them.

a story, its verdict ──> the value of each field ──> its digest, which a page sends back as `seen`
"""

from __future__ import annotations

import contextlib
import hashlib
import zlib
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from copydesk import archive, review
from copydesk.archive import Archive, Rulings, git, letters, reading_lists, record
from copydesk.editing._edit import Edit, EditStep, action_mark, is_action_id, read_actions
from copydesk.editing.undo import States
from copydesk.errors import RecordError, UsageError
from copydesk.kit import urls
from copydesk.news import EditorAction, Ruling, Story, Verdict
from copydesk.news.ruling import NO_PICTURE, RULING_KINDS, EditConflict, RulingKind
from copydesk.newsroom import Newsroom
from copydesk.newsroom.filing import RULINGS_PATH
from copydesk.review import rejudging, rules
from copydesk.review.rules import notes_beside, record_name


def field_digests(story: Story, verdict: Verdict | None) -> Mapping[str, str]:
    """Return a digest of each field of a story that editors can change, by the field's name.

    `verdict` is the editor's decision in force. What fetching runs change (heat, coverage, leader)
    has no digest. In `everyday`, whose records have no place for a note, `story` must have its note
    from the rulings.
    """
    values = _field_values(story, verdict)
    return {field: _digest(value) for field, value in values.items()}


def describe_fields(story: Story) -> Mapping[str, str]:
    """Return the fields of a story that editors can change, by name, as text for people."""
    return {
        "title": story.title,
        "excerpt": story.excerpt,
        "topics": ", ".join(story.topics),
        "picture": story.images[0].url if story.images else "",
        "url": story.web_url,
        "note": story.note,
        "summary": story.summary.text if story.summary else "",
        "translation": story.translation.text if story.translation else "",
    }


def _field_values(story: Story, verdict: Verdict | None) -> Mapping[str, str]:
    """Return the fields that editors change in a story, with decision and group, as text."""
    return {
        **describe_fields(story),
        "verdict": _describe_verdict(story, verdict),
        "group": _describe_place(story),
    }


def _describe_verdict(story: Story, verdict: Verdict | None) -> str:
    """Return the editor's decision on a story, and a later edit of `published` by hand, as text."""
    known = dict(story.machine)
    is_by_hand = "published" in known and "published" in review.find_hand_edits(story, known)
    if verdict is not None:
        is_by_hand = rejudging.is_edited_since(story, verdict)
    hand = f"published: {str(story.published).lower()}" if is_by_hand else ""
    said = f"{verdict.said} by {verdict.by}: {verdict.why}" if verdict is not None else ""
    return ", ".join(filter(None, (said, hand)))


def _describe_place(story: Story) -> str:
    """Return a story's group and placement if an editor's rule set them, as text; else ""."""
    ruled = sorted(str(reason.renewed) for reason in story.reasons if reason.is_group_ruled)
    return ", ".join((story.group, *ruled)) if ruled else ""


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def field_key(path: str, field: str) -> str:
    """Return the key "NAME FIELD" of a story's field in the mapping `EditorAction.seen`."""
    return f"{record_name(path)} {field}"


def read_values(edit: Edit, path: str) -> Mapping[str, str]:
    """Return the fields of the story at `path`, as a pending edit leaves them, as text by name."""
    story = edit.find(path)
    notes = notes_beside(edit.beat)
    story = replace(story, note=notes.get(record_name(path), story.note))
    return _field_values(story, edit.verdict_on(story))


def find_changes_since(
    before: Edit, after: Edit, action: EditorAction, path: str
) -> Iterator[EditConflict]:
    """Yield conflicts: fields that an action sets and others changed after its editor saw them.

    With a `base`, the same editor's changes count as well, and so does a removal. `left` is the
    value that the action would give the field.
    """
    now, then = read_values(before, path), read_values(after, path)
    for field in (*_list_fields(action), *_list_removal(before, action, path)):
        key = field_key(path, field)
        base, seen = action.base.get(key), action.seen.get(key)
        known = base or seen
        if known is None or known == _digest(now[field]):
            continue
        if base is None and _is_own(before, path, field, action.by):
            continue
        place = f"{action.said} {', '.join(action.stories)}"  # it is regrouped at the end
        left = place if field == "group" else then[field]
        yield EditConflict(path=path, field=field, left=left, now=now[field])


def _list_removal(edit: Edit, action: EditorAction, path: str) -> tuple[str, ...]:
    """Return ("verdict",) if a story was removed and an action's form may not show that."""
    verdict = edit.verdict_on(edit.find(path))
    is_removed = verdict is not None and verdict.said == "remove"
    return ("verdict",) if is_removed and action.base and action.kind != "verdict" else ()


def stands_already(before: Edit, after: Edit, action: EditorAction, conflict: EditConflict) -> bool:
    """Return whether somebody else has already given a field the value that an action would set."""
    if conflict.field == "group":
        return before.rulings.rules == after.rulings.rules
    if conflict.field != "verdict":
        return conflict.now == conflict.left
    story = before.find(conflict.path)
    verdict = before.verdict_on(story)
    said = verdict.said if verdict is not None else "clear"
    is_edited = verdict is not None and rejudging.is_edited_since(story, verdict)
    return said == action.said and not is_edited


def _list_fields(action: EditorAction) -> tuple[str, ...]:
    """Return the names of the fields that an editor's action sets in its stories."""
    kinds = {"verdict": ("verdict",), "correct": action.values[::2]}
    if action.kind != "rule":
        return tuple(kinds.get(action.kind, ()))
    said = action.said if action.said != "undo" else "".join(action.values[:1])
    values = action.values if action.said != "undo" else action.values[1:]
    fields = {"rename": ("title",), "retopic": ("topics",), "set": values[:1], "block": ()}
    if values[:1] == ("additions",):  # fetching runs change them: they have no digest
        return ()
    return tuple(fields.get(said, ("group",)))


def _is_own(edit: Edit, path: str, field: str, by: str) -> bool:
    """Return whether the editor `by` set a story's field to its present value."""
    if field_key(path, field) in edit.own_fields:
        return True
    if field == "verdict":
        story = edit.find(path)
        verdict = edit.verdict_on(story)
        is_said = verdict is not None and not rejudging.is_edited_since(story, verdict)
        return is_said and verdict is not None and verdict.by == by
    rule = _find_rule(edit, record_name(path), field)
    return rule is not None and rule.by == by and _stands(rule, read_values(edit, path)[field])


def _find_rule(edit: Edit, name: str, field: str) -> Ruling | None:
    """Return the latest rule of an editor that sets a story's field, None if there is none."""
    said: Mapping[str, tuple[RulingKind, ...]] = {
        "title": ("rename",),
        "topics": ("retopic",),
        "group": ("split", "merge", "pin", "lead"),
    }
    kinds = said.get(field, ("set",))
    rules = (
        rule
        for rule in reversed(edit.rulings.rules)
        if rule.said in kinds and name in rule.stories and rule.field in {None, field}
    )
    return next(rules, None)


def _stands(rule: Ruling, value: str) -> bool:
    """Return whether an editor's rule still determines the value of a story's field.

    Group and placement always have it.
    """
    if RULING_KINDS[rule.said].applies_to == "groups":
        return True
    if rule.field is not None:
        return value == ("" if rule.values[1] == NO_PICTURE else rule.values[1])
    return value == ", ".join(rule.values)


# Edited fields: what one action changed in its records, read from its undo note.


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedField:
    """A field of a story record before and after an editor's action, as text for people."""

    path: str
    field: str
    was: str
    now: str


def list_edited_fields(newsroom: Newsroom, action_id: str) -> list[EditedField]:
    """Return the fields of stories (title, excerpt, topics …) that an action changed.

    Empty if its undo note is lost, or was written by another version.
    """
    kept = newsroom.memory.actions.get(action_id)
    note = read_undo_note(kept) if kept else None
    files = note.files if note is not None else {}
    return [
        change
        for path in Archive.story_paths_among(files)
        for change in _compare(path, *files[path])
    ]


def find_former_title(newsroom: Newsroom, action_id: str, name: str) -> str:
    """Return the headline of a story before an action changed or removed it, "" if unknown."""
    kept = newsroom.memory.actions.get(action_id)
    note = read_undo_note(kept) if kept else None
    for path, (before, _) in (note.files if note else {}).items():
        if before and path.endswith(f"/{name}.md"):
            with contextlib.suppress(RecordError):
                return record.parse_story(path, before).title
    return ""


def _compare(path: str, before: bytes | None, after: bytes | None) -> Iterator[EditedField]:
    """Yield the fields in which two versions of a story record differ; a new record has none."""
    if before is None or after is None:
        return
    try:
        was, now = (describe_fields(record.parse_story(path, data)) for data in (before, after))
    except RecordError:  # the file had been broken by hand, and an editor repaired it
        return
    for field, value in was.items():
        if value != now[field]:
            yield EditedField(path=path, field=field, was=value, now=now[field])


# Undo notes: the data that undoes one action of the desk, without the rest of its commit.
#
# an edit before and after the action ── its own records, its changes of the rulings ──> bytes

_T = TypeVar("_T", bound=Hashable)


def list_changes(before: Edit, after: Edit) -> Iterator[str]:
    """Yield the paths of the files that differ between two versions of an edit."""
    if before.rulings != after.rulings:
        yield RULINGS_PATH
    records = {path for path, story in after.stories.items() if story != before.stories.get(path)}
    made = {path for path in after.restored if path != RULINGS_PATH}
    yield from sorted(records | {path for path in made if _is_changed(before, after, path)})


def _is_changed(before: Edit, after: Edit, path: str) -> bool:
    """Return whether an edit creates or deletes a file, or changes a list or newsletter."""
    was, left = before.find_bytes(path), after.find_bytes(path)
    is_whole = reading_lists.is_list_path(path) or letters.is_letter_path(path)
    return was != left and (is_whole or None in {was, left})


class UndoNote(msgspec.Struct, frozen=True, kw_only=True):
    """Stored data for undoing an action: its commit's subject, its files before and after it."""

    subject: str
    files: dict[str, States]


def write_undo_note(before: Edit, step: EditStep) -> bytes:
    """Return the data by which an editor's action can be undone later, as compressed JSON.

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
    """Parse the stored data for undoing an editor's action; None if another version wrote it."""
    try:
        return msgspec.json.decode(zlib.decompress(note), type=UndoNote)
    except (zlib.error, msgspec.DecodeError):
        return None


def _write_difference(rulings: Rulings, others: Rulings) -> bytes | None:
    """Return the rulings that `others` lack, as the bytes of a file, None if there are none."""
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
    """Return the data for undoing an editor's action, either stored or derived from its git commit.

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
        "cannot undo the action, because its changes are no longer known",
        subject=action_id[:100],
        hint="correct the story by hand",
    )


def _read_commit(root: Path, commit: str, message: str, action_id: str) -> UndoNote | None:
    """Return the data that undoes one of a commit's actions, None if that is ambiguous."""
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
    """Return whether no other action of the same commit can have changed an action's files.

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
    """Return the story records' names and reading lists' paths in a commit message's action."""
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
    """Return the files of a commit that an action changed, by path; of rulings only its part."""
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
    """Return a rulings file with only the entries on some story records, None if there are none."""
    part = _part(archive.parse_rulings(data or b""), names, addresses)
    return archive.edit_rulings(b"", part) or None


def _is_record_of(path: str, names: Collection[str]) -> bool:
    return path.endswith(".md") and rules.record_name(path) in names


def _list_addresses(records: Mapping[str, States]) -> Iterator[str]:
    """Yield the normalized URLs that some story records had before and after a commit."""
    for path, states in records.items():
        for data in filter(None, states):
            yield from map(urls.identity, record.parse_story(path, data).addresses)


def _part(rulings: Rulings, names: Collection[str], addresses: Collection[str]) -> Rulings:
    """Return only the rulings on story records with these names and URLs."""
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
