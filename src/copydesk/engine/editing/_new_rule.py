"""A new rule: what a person said, made sure that it can hold.

paths, words, topics, a headline ── ruling ──> news.Ruling of records' names and the beat's topics
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from copydesk.engine.editing._edit import Edit
from copydesk.engine.editing._new_set import set_values
from copydesk.engine.editing._verdicts import speaker
from copydesk.engine.newsroom import find_record
from copydesk.errors import UsageError
from copydesk.kit import text, urls
from copydesk.news import RULING_KINDS, Beat, Ruling, RulingKind
from copydesk.review import rules

WHY_CHARACTERS = 10_000
TITLE_CHARACTERS = 500
WORD_CHARACTERS = 200
_LISTED = 20  # topics in a hint


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """What a person said: `paths` name records as for `record_path`, `by` is "" for git's user."""

    said: RulingKind
    why: str = ""
    by: str = ""
    paths: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    until: datetime | None = None


def ruling(edit: Edit, new: NewRule) -> Ruling:
    """Return the ruling that a person means; raises UsageError, RecordError if it cannot hold."""
    newsroom = edit.newsroom
    must_be_short(new.why, WHY_CHARACTERS, "--why")
    paths = [find_record(newsroom.root, newsroom.settings, path) for path in new.paths]
    names = tuple(dict.fromkeys(map(rules.record_name, paths)))
    if len(names) < max(RULING_KINDS[new.said].stories[0], len(paths)):
        raise UsageError(
            f"{new.said} wants different stories",
            subject=", ".join(new.paths)[:WORD_CHARACTERS],
            hint="name each by its record's path, two at least for a merge",
        )
    return Ruling(
        said=new.said,
        by=speaker(newsroom, new.by),
        at=newsroom.now,
        why=new.why,
        stories=names,
        values=_values(edit, new, paths),
        until=new.until,
    )


def _values(edit: Edit, new: NewRule, paths: Sequence[str]) -> tuple[str, ...]:
    match new.said:
        case "block":
            return tuple(dict.fromkeys(map(_block_value, new.values)))
        case "retopic":
            return topic_names(edit.beat, new.values)
        case "rename":
            return (_headline(new.values[0]),)
        case "set":
            return set_values(edit, paths[0], new.values)
    return ()


def _block_value(value: str) -> str:
    """Return a site's name, or a word as it is looked for."""
    word = urls.site_name(value) or text.fold(value)
    if not any(character.isalnum() for character in word):
        raise UsageError("no word and no site", subject=repr(value[:WORD_CHARACTERS]))
    must_be_short(word, WORD_CHARACTERS, "a word to block")
    return word


def _headline(said: str) -> str:
    title = text.fold(said)
    if not title:
        raise UsageError("the headline is empty", hint="copydesk rule rename PATH TITLE")
    must_be_short(title, TITLE_CHARACTERS, "the headline")
    return title


def must_be_short(words: str, most: int, what: str) -> None:
    """Raise UsageError for what is longer than so many characters."""
    if len(words) > most:
        raise UsageError(
            f"{what} is too long ({len(words)} characters)", hint=f"{most} characters at most"
        )


def topic_names(beat: Beat, said: Sequence[str]) -> tuple[str, ...]:
    """Return the beat's names of topics that a person named by name or id, in any case.

    Raises UsageError with the nearest name where one is none.
    """
    names = {key.casefold(): topic.name for topic in beat.topics for key in (topic.id, topic.name)}
    words = [text.fold(word)[:WORD_CHARACTERS] for word in said]
    for word in words:
        if word.casefold() not in names:
            raise UsageError("no topic of this beat", subject=word, hint=_nearest(word, names))
    return tuple(dict.fromkeys(names[word.casefold()] for word in words))


def _nearest(word: str, names: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(word.casefold(), names, 1, 0.5)
    return f"did you mean {names[near[0]]}" if near else _list_names(names.values())


def list_topics(beat: Beat) -> str:
    """Write which topics a beat has, for who named one that it has not."""
    return _list_names(topic.name for topic in beat.topics)


def _list_names(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    listed = ", ".join(known[:_LISTED])
    return f"its topics are {listed}{more}" if known else "add topics in _data/topics"
