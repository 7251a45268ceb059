"""Field digests: detect which fields of a story have changed since an editor saw them.

a story, its verdict ──> the value of each field ──> its digest, which a page sends back as `seen`
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from copydesk import review
from copydesk.archive import Archive, record
from copydesk.editing._edit import Edit
from copydesk.editing.applying._undo_notes import read_undo_note
from copydesk.errors import RecordError
from copydesk.news import (
    NO_PICTURE,
    RULING_KINDS,
    EditConflict,
    EditorAction,
    Ruling,
    Story,
    Verdict,
)
from copydesk.news.ruling import RulingKind
from copydesk.newsroom import Newsroom
from copydesk.review.rules import notes_beside, record_name


def field_digests(story: Story, verdict: Verdict | None) -> Mapping[str, str]:
    """Return a digest of each field that editors change, by its name; `verdict` is in force.

    Automatic changes of a round (heat, coverage, leader) have no digest. In `everyday`, whose
    records have no place for a note, `story` must have its note from the rulings.
    """
    values = _field_values(story, verdict)
    return {field: _digest(value) for field, value in values.items()}


def describe_fields(story: Story) -> Mapping[str, str]:
    """Return the fields of a record that editors set, as text for people."""
    return {
        "title": story.title,
        "excerpt": story.excerpt,
        "topics": ", ".join(story.topics),
        "picture": story.images[0].url if story.images else "",
        "url": story.web_url,
        "note": story.note,
    }


def _field_values(story: Story, verdict: Verdict | None) -> Mapping[str, str]:
    """Return all fields that editors change in a story, as text for people."""
    return {
        **describe_fields(story),
        "verdict": _describe_verdict(story, verdict),
        "group": _describe_place(story),
    }


def _describe_verdict(story: Story, verdict: Verdict | None) -> str:
    """Return the verdict on a story, and a later edit of `published` by hand."""
    known = dict(story.machine)
    is_by_hand = "published" in known and "published" in review.find_hand_edits(story, known)
    if verdict is not None:
        is_by_hand = review.is_edited_since(story, verdict)
    hand = f"published: {str(story.published).lower()}" if is_by_hand else ""
    said = f"{verdict.said} by {verdict.by}: {verdict.why}" if verdict is not None else ""
    return ", ".join(filter(None, (said, hand)))


def _describe_place(story: Story) -> str:
    """Return the group and placement that an editor's rule gave a story, "" if none did."""
    ruled = sorted(str(reason) for reason in story.reasons if reason.is_group_ruled)
    return ", ".join((story.group, *ruled)) if ruled else ""


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def field_key(path: str, field: str) -> str:
    """Return the key of a record's field in an action's `seen`."""
    return f"{record_name(path)} {field}"


def read_values(edit: Edit, path: str) -> Mapping[str, str]:
    """Return the fields of a record in an edit."""
    story = edit.find(path)
    notes = notes_beside(edit.beat)
    story = replace(story, note=notes.get(record_name(path), story.note))
    return _field_values(story, edit.verdict_on(story))


def find_changes_since(
    before: Edit, after: Edit, action: EditorAction, path: str
) -> Iterator[EditConflict]:
    """Walk the fields that an action sets and that somebody else changed since the editor saw them.

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
    """Return the field that shows a removal, if the action's form may not know of it."""
    verdict = edit.verdict_on(edit.find(path))
    is_removed = verdict is not None and verdict.said == "remove"
    return ("verdict",) if is_removed and action.base and action.kind != "verdict" else ()


def stands_already(before: Edit, after: Edit, action: EditorAction, conflict: EditConflict) -> bool:
    """Decide whether somebody else already gave a field the value that an action would."""
    if conflict.field == "group":
        return before.rulings.rules == after.rulings.rules
    if conflict.field != "verdict":
        return conflict.now == conflict.left
    story = before.find(conflict.path)
    verdict = before.verdict_on(story)
    said = verdict.said if verdict is not None else "clear"
    is_edited = verdict is not None and review.is_edited_since(story, verdict)
    return said == action.said and not is_edited


def _list_fields(action: EditorAction) -> tuple[str, ...]:
    """Return the fields that an action sets in its stories."""
    kinds = {"verdict": ("verdict",), "correct": action.values[::2]}
    if action.kind != "rule":
        return tuple(kinds.get(action.kind, ()))
    said = action.said if action.said != "undo" else "".join(action.values[:1])
    values = action.values if action.said != "undo" else action.values[1:]
    fields = {"rename": ("title",), "retopic": ("topics",), "set": values[:1], "block": ()}
    return tuple(fields.get(said, ("group",)))


def _is_own(edit: Edit, path: str, field: str, by: str) -> bool:
    """Decide whether an editor gave a field its present value."""
    if field_key(path, field) in edit.own_fields:
        return True
    if field == "verdict":
        story = edit.find(path)
        verdict = edit.verdict_on(story)
        is_said = verdict is not None and not review.is_edited_since(story, verdict)
        return is_said and verdict is not None and verdict.by == by
    rule = _find_rule(edit, record_name(path), field)
    return rule is not None and rule.by == by and _stands(rule, read_values(edit, path)[field])


def _find_rule(edit: Edit, name: str, field: str) -> Ruling | None:
    """Return the latest rule that sets a field, None if there is none."""
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
    """Decide whether a field still has the value of a rule; group and placement always do."""
    if RULING_KINDS[rule.said].applies_to == "groups":
        return True
    if rule.field is not None:
        return value == ("" if rule.values[1] == NO_PICTURE else rule.values[1])
    return value == ", ".join(rule.values)


# Edited fields: what one action changed in its records, read from its undo note.


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedField:
    """A field of a record before and after an action, as text for people."""

    path: str
    field: str
    was: str
    now: str


def list_edited_fields(newsroom: Newsroom, action_id: str) -> list[EditedField]:
    """Return an action's changes of titles, excerpts, topics, pictures, addresses and notes.

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


def _compare(path: str, before: bytes | None, after: bytes | None) -> Iterator[EditedField]:
    """Walk the fields in which two states of a record differ; a new record has none."""
    if before is None or after is None:
        return
    try:
        was, now = (describe_fields(record.parse_story(path, data)) for data in (before, after))
    except RecordError:  # the file had been broken by hand, and an editor repaired it
        return
    for field, value in was.items():
        if value != now[field]:
            yield EditedField(path=path, field=field, was=value, now=now[field])
