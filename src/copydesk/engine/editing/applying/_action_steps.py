"""Action steps: each kind of action as a step of an edit.

verdict · rule · correct · undo · list ──> what the command line does, in an edit that others share
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import get_args

from copydesk.engine.editing._action import CommitWords, is_action_id
from copydesk.engine.editing._clear import put_clearing
from copydesk.engine.editing._edit import Edit, EditStep
from copydesk.engine.editing._file_rule import put_rule, take_out_rule
from copydesk.engine.editing._list_rules import news_path
from copydesk.engine.editing._new_rule import WHY_CHARACTERS, NewRule, must_be_short
from copydesk.engine.editing._new_tip import new_tip
from copydesk.engine.editing._undo import put_undoing
from copydesk.engine.editing._verdicts import put_verdict
from copydesk.engine.editing.applying._correct import list_rules_of, note_correction
from copydesk.engine.editing.applying._find_undo_note import find_undo_note
from copydesk.engine.editing.applying._reading_lists import put_list
from copydesk.engine.editing.applying._write_story import put_story, take_upload
from copydesk.errors import RecordError, UsageError
from copydesk.kit import text
from copydesk.news import (
    RULING_KINDS,
    ActionKind,
    EditConflict,
    EditorAction,
    Ruling,
    Said,
    Verdict,
)

_BY_CHARACTERS = 200


def put_action(edit: Edit, action: EditorAction) -> EditStep:
    """Put an action into an edit; raises UsageError, RecordError where it cannot hold."""
    if not is_action_id(action.id):
        raise UsageError("no id of an action", subject=repr(action.id[:100]))
    must_be_short(action.why, WHY_CHARACTERS, "the reason")
    must_be_short(action.by, _BY_CHARACTERS, "the name")
    if not text.fold(action.by):
        raise UsageError("nobody's name is given")
    whole = action.at.replace(microsecond=0)  # as a record has it: a later step is set beside that
    action = replace(action, by=text.fold(action.by), at=whole)
    return _STEPS[action.kind](edit, action)


def find_records(edit: Edit, action: EditorAction) -> tuple[str, ...]:
    """Return the paths of an action's stories; raises RecordError where there is none."""
    return tuple(_find_record(edit, name) for name in dict.fromkeys(action.stories))


def _find_record(edit: Edit, name: str) -> str:
    is_name = bool(name) and "/" not in name and not name.startswith(".")
    newsroom = edit.newsroom
    path = news_path(newsroom.root, newsroom.settings, name) if is_name else None
    if path is None:
        raise RecordError(
            "there is no such record",
            subject=name[:_BY_CHARACTERS],
            hint="was it deleted or moved?",
        )
    return path


def _one_record(edit: Edit, action: EditorAction) -> str:
    paths = find_records(edit, action)
    if len(paths) != 1:
        raise UsageError(f"{action.kind} wants one story", subject=", ".join(action.stories)[:200])
    return paths[0]


def _put_verdicts(edit: Edit, action: EditorAction) -> EditStep:
    """Put one word on each of some stories into an edit."""
    said = next((word for word in get_args(Said) if word == action.said), None)
    paths = find_records(edit, action)
    if not paths or (said is None and action.said != "clear"):
        raise UsageError("a verdict wants a word and a story", subject=action.said[:100])
    steps = []
    for path in paths:
        if said is None:
            step = put_clearing(edit, path, action.by, action.why)
        else:
            verdict = Verdict(by=action.by, at=action.at, said=said, why=action.why)
            step = put_verdict(edit, path, verdict)
        edit = step.edit
        steps.append(step)
    return _join(steps)


def _join(steps: Sequence[EditStep]) -> EditStep:
    """Return the steps of one action as one."""
    last = steps[-1]
    if len(steps) == 1:
        return last
    action = " ".join([last.words.action, *(step.path for step in steps[:-1])])
    words = replace(
        last.words, action=action, subject=f"{last.words.subject} and {len(steps) - 1} more"
    )
    notes = tuple(dict.fromkeys(note for step in steps for note in step.notes))
    return replace(last, words=words, notes=notes)


def _put_rule(edit: Edit, action: EditorAction) -> EditStep:
    if action.said == "undo":
        return take_out_rule(edit, _find_rule(edit, action), action.by)
    said = next((kind for kind in RULING_KINDS if kind == action.said), None)
    if said is None:
        raise UsageError("no rule is called so", subject=action.said[:100])
    form = RULING_KINDS[said]
    for what, given, (least, most) in (
        ("stories", action.stories, form.stories),
        ("values", action.values, form.values),
    ):
        if not least <= len(given) <= most:
            raise UsageError(f"{said} wants other {what}", subject=f"{len(given)} are named")
    if action.until is not None and not form.may_end:
        raise UsageError(f"{said} does not end", hint="take it back when it is over")
    new = NewRule(
        said=said,
        why=action.why,
        by=action.by,
        paths=find_records(edit, action),
        values=action.values,
        until=action.until,
    )
    step, _ = put_rule(edit, new)
    return replace(step, edit=_with_upload(step.edit, action))


def _with_upload(edit: Edit, action: EditorAction) -> Edit:
    """Return an edit with the file of the upload that an action makes a story's picture."""
    is_picture = action.said == "set" and action.values[0] == "picture"
    return take_upload(edit, action.values[1]) if is_picture else edit


def _put_correction(edit: Edit, action: EditorAction) -> EditStep:
    path, after = _one_record(edit, action), edit
    for rule in list_rules_of(edit, path, action):
        step, _ = put_rule(after, rule)
        after = step.edit
    return note_correction(edit, after, path, action)


def _put_tip(edit: Edit, action: EditorAction) -> EditStep:
    """Let a page that an editor found wait for the next round; a second value is its topic."""
    if not 1 <= len(action.values) <= 2:
        raise UsageError("a page wants its address", subject=f"{len(action.values)} are named")
    url, topic = (*action.values, "")[:2]
    tip = new_tip(edit.newsroom, url, topic=topic, why=action.why, by=action.by)
    words = CommitWords(
        subject=f"file: {tip.url}"[:_BY_CHARACTERS],
        why=action.why,
        by=action.by,
        action=f"file {tip.url}",
    )
    waiting = replace(edit, tips=(*edit.tips, tip))
    return EditStep(edit=waiting, words=words, notes=("it waits for the next round",))


def _find_rule(edit: Edit, action: EditorAction) -> Ruling:
    """Return the rule that is taken back: its kind is the first value, its own come after that.

    Of a rule that sets a field, the field alone need be told.
    """
    said, *values = action.values or ("",)
    for rule in reversed(edit.rulings.rules):
        is_of_story = (rule.said, rule.stories) == (said, action.stories)
        if is_of_story and list(rule.values[: len(values)]) == values:
            return rule
    raise UsageError(
        "there is no such rule any more", subject=f"{said} {', '.join(action.stories)}"[:200]
    )


def _put_undoing(edit: Edit, action: EditorAction) -> EditStep:
    """Take an earlier action out of an edit, and leave what its commit holds of others."""
    undone = "".join(action.values[:1])
    note = find_undo_note(edit, undone)
    words = CommitWords(
        subject=f"undo: {note.subject.removeprefix('undo: ')}"[:_BY_CHARACTERS],
        why=action.why,
        by=action.by,
        action=f"undo {undone}",
    )
    return put_undoing(edit, note.files, words, is_in_the_way=_is_in_the_way)


def _is_in_the_way(conflict: EditConflict) -> bool:
    """Decide whether a change keeps an action from being taken back: a round's new heat does not.

    One that now stands behind another story does.
    """
    return conflict.field != "heat" or conflict.now == "-1"


def _put_list(edit: Edit, action: EditorAction) -> EditStep:
    """Put a reading list of stories that are there into an edit."""
    find_records(edit, action)
    return put_list(edit, action)


_STEPS: Mapping[ActionKind, Callable[[Edit, EditorAction], EditStep]] = {
    "verdict": _put_verdicts,
    "rule": _put_rule,
    "correct": _put_correction,
    "undo": _put_undoing,
    "file": _put_tip,
    "write": put_story,
    "list": _put_list,
}
