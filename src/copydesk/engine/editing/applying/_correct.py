"""Correct: a published story's headline or excerpt changed, with a note that its readers see.

field, words, why ──> the rules that keep the words ──> the record, a line of its history
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from copydesk.engine.editing._action import CommitWords
from copydesk.engine.editing._edit import Edit, EditStep
from copydesk.engine.editing._new_rule import NewRule
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import EditorAction, Event, EventKind
from copydesk.review import corrections

_FIELDS = ("title", "excerpt")


def list_rules_of(edit: Edit, path: str, action: EditorAction) -> list[NewRule]:
    """Return the rules that keep the words of a correction in later rounds.

    Its values are a field and its words, or two of each. Raises UsageError where nobody could see
    the note: the story is not published, the profile's records have no history, or no reason is
    given.
    """
    _must_have_readers(edit, path, action)
    return list(_list_rules(action, path))


def note_correction(before: Edit, after: Edit, path: str, action: EditorAction) -> EditStep:
    """Put the note that readers see beside the words of a correction."""
    story, corrected = before.find(path), after.find(path)
    words = CommitWords(
        subject=f"correct: {text.fold(story.title)}",
        why=action.why,
        by=action.by,
        action=f"correct {path}",
    )
    if corrected == story:
        return EditStep(edit=before, words=words, path=path)
    events = [Event.of(EventKind.CORRECTED, why=text.fold(action.why))]
    if corrected.title != story.title:
        events.insert(0, Event.of(EventKind.HEADLINE_CHANGED, title=story.title))
    noted = corrections.add_to_history(
        replace(corrected, updated_at=action.at.replace(microsecond=0)), action.at, events
    )
    return EditStep(edit=after.with_need(corrected, noted), words=words, path=path)


def _must_have_readers(edit: Edit, path: str, action: EditorAction) -> None:
    if not edit.beat.scoring.traits.has_blocks:
        raise UsageError(
            "records of this profile have no place for what was corrected",
            subject=path,
            hint="change the headline or the excerpt, and say why in a note",
        )
    if not edit.find(path).published:
        raise UsageError(
            "it is not published", subject=path, hint="change it: nobody has read it yet"
        )
    if not text.fold(action.why):
        raise UsageError("a correction wants its note", hint="say what was wrong, for readers")


def _list_rules(action: EditorAction, path: str) -> Iterator[NewRule]:
    """Walk a correction's fields as rules."""
    fields, words = action.values[::2], action.values[1::2]
    if not fields or len(fields) != len(words) or not set(fields) <= set(_FIELDS):
        raise UsageError(
            "a correction is of a headline or an excerpt", hint=f"fields are {', '.join(_FIELDS)}"
        )
    for field, value in zip(fields, words, strict=True):
        yield NewRule(
            said="rename" if field == "title" else "set",
            why=action.why,
            by=action.by,
            paths=(path,),
            values=(value,) if field == "title" else (field, value),
        )
