"""A new `set`: what a person wants a field of a story to be, made sure that it can stand there.

field, words ── set_values ──> the values of a `news.Ruling` that says set
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import get_args

from copydesk.engine.cataloguing import ask_catalogue
from copydesk.engine.editing._edit import Edit
from copydesk.errors import RecordError, UsageError
from copydesk.kit import text, urls
from copydesk.news import NO_PICTURE, SetField, Story

NOTE_CHARACTERS = 2_000
STORY_CHARACTERS = 10_000  # of a story without a source, whose note is its text
ADDRESS_CHARACTERS = 2_000

_FIELDS: tuple[SetField, ...] = get_args(SetField)
_SHOWN = 200


def set_values(edit: Edit, path: str, said: Sequence[str]) -> tuple[str, ...]:
    """Return the field, its value, and for an address those that it takes the place of.

    Raises UsageError where there is no such field, or the value cannot stand in it.
    """
    field, value = _field(said[0]), said[1]
    match field:
        case "excerpt":
            most = edit.beat.excerpt.max_characters
            return field, _short(text.fold(value), most, "the excerpt")
        case "note":
            most = note_characters(edit.find(path))
            return field, _short(text.tidy(value), most, "the note")
        case "picture":
            is_none = value.strip() in {"", NO_PICTURE}
            return field, NO_PICTURE if is_none else _address(urls.fetchable(value), value)
        case "url":
            new = _address(urls.canonical(value), value)
            return (field, new, *_former_addresses(edit, path, new))


def note_characters(story: Story) -> int:
    """Return how long the note on a story may be: that of an editor's own story is its text."""
    return STORY_CHARACTERS if story.is_own else NOTE_CHARACTERS


def _field(said: str) -> SetField:
    word = said.strip().casefold()
    found = next((field for field in _FIELDS if field == word), None)
    if found is None:
        near = difflib.get_close_matches(word, _FIELDS, 1, 0.5)
        hint = f"did you mean {near[0]}" if near else f"the fields are {', '.join(_FIELDS)}"
        raise UsageError("no field that can be set", subject=text.fold(said)[:_SHOWN], hint=hint)
    return found


def _short(words: str, most: int, what: str) -> str:
    if not words:
        raise UsageError(f"{what} is empty", hint="copydesk rule undo takes back what was set")
    if len(words) > most:
        raise UsageError(
            f"{what} is too long ({len(words)} characters)", hint=f"{most} characters at most"
        )
    return words


def _address(found: str | None, said: str) -> str:
    """Return an address; one with blanks or characters that nobody sees is none."""
    if found is None or not said.strip().isprintable() or " " in said.strip():
        raise UsageError(
            "no address of the web", subject=repr(said[:_SHOWN]), hint="write it with https://"
        )
    return _short(found, ADDRESS_CHARACTERS, "the address")


def _former_addresses(edit: Edit, path: str, new: str) -> tuple[str, ...]:
    """Return the addresses that a story had before; raises UsageError where another one has it."""
    identity, story = urls.identity(new), edit.find(path)
    filed = ask_catalogue(edit.newsroom, lambda catalogue: catalogue.at_addresses([new]))
    for other in {*filed, *edit.stories} - {path}:
        if identity in _list_identities(edit, other):
            raise UsageError("another record has this address", subject=other)
    former = (story.web_url, *_find_earlier_sets(edit, story))
    if identity in map(urls.identity, edit.rulings.removed):
        raise UsageError("an editor removed what has this address for good", subject=new)
    return tuple(dict.fromkeys(url for url in former if url and url != new))


def _list_identities(edit: Edit, path: str) -> set[str]:
    """Return what tells the addresses of a record, of none for one that cannot be read."""
    try:
        return set(map(urls.identity, edit.find(path).addresses))
    except RecordError:
        return set()


def _find_earlier_sets(edit: Edit, story: Story) -> tuple[str, ...]:
    """Return the addresses that an earlier `set` of this one took the place of."""
    name = story.path.rsplit("/", 1)[-1].removesuffix(".md")
    rules = edit.rulings.rules
    ours = (rule for rule in rules if rule.field == "url" and rule.stories == (name,))
    return next((rule.values[2:] for rule in ours), ())
