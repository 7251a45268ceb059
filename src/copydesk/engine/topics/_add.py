"""Add keywords to a topic: one commit of its file, in which all else stays as it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from copydesk import archive, config, judge
from copydesk.engine.editing import topic_names
from copydesk.engine.filing import begin_change, hold_write_lock, notes_on
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import Beat, Topic

_CHARACTERS = 100
_LANGUAGE = re.compile("[a-z]{2,3}")  # as a topic's file has it


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordReport:
    """What was added to a topic's file, and what stood there already."""

    topic: str
    path: str
    added: tuple[str, ...]
    known: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def add_keywords(
    newsroom: Newsroom, said: str, words: Sequence[str], by: str, language: str = ""
) -> KeywordReport:
    """Add words to the keywords of a topic, named by name or id; what is one already is left out.

    With a `language` they are added to its words of that language. Raises UsageError for a topic
    that is none and a word that nothing can be found by, RecordError where the file cannot be
    rewritten or has edits that are not committed, BusyError where another process writes.
    """
    if language and not _LANGUAGE.fullmatch(language):
        raise UsageError(
            "no code of a language", subject=language, hint="two or three letters, such as de"
        )
    (name,) = topic_names(newsroom.beat, [said])
    wanted = dict.fromkeys(_clean(word, language) for word in words)
    path = config.find_topic_file(newsroom.root, name)
    with hold_write_lock(newsroom) as lock:
        topic = _find(newsroom.beat, name)
        there = {word.casefold() for word in _list_words(topic, language)}
        added = tuple(word for word in wanted if word.casefold() not in there)
        files = archive.keywords_change(newsroom.root, path, added, language) if added else None
        change = archive.Change(
            files=(files,) if files else (),
            message=f"topics: {name}, {_count(added)}\n\n{_list(added)}\n\nby {by}",
            when=newsroom.now,
        )
        done = begin_change(
            newsroom.memory, lock, change, lambda _skipped: None, needed=change.paths
        ).finish()
    return KeywordReport(
        topic=name,
        path=path,
        added=added,
        known=tuple(word for word in wanted if word not in added),
        commit=done.commit,
        notes=(*notes_on(done, "it is"), *_note_twins(newsroom.beat, name, added)),
    )


def _clean(word: str, language: str) -> str:
    """Return a keyword as it is written down; UsageError where nothing can be found by it."""
    clean = text.fold(word).strip()
    if len(clean) > _CHARACTERS:
        raise UsageError(
            f"a keyword has at most {_CHARACTERS} characters", subject=f"{clean[:_CHARACTERS]}…"
        )
    if not judge.can_be_found(clean, language):
        raise UsageError(
            "nothing can be found by this keyword", subject=repr(word), hint="write a word"
        )
    return clean


def _find(beat: Beat, name: str) -> Topic:
    return next(topic for topic in beat.topics if topic.name == name)


def _list_words(topic: Topic, language: str) -> tuple[str, ...]:
    if language:
        return dict(topic.translations).get(language, ())
    return (*topic.keywords, *topic.aliases)


def _count(words: Collection[str]) -> str:
    return "1 keyword" if len(words) == 1 else f"{len(words)} keywords"


def _list(words: Collection[str]) -> str:
    return "\n".join(f"+ {word}" for word in words)


def _note_twins(beat: Beat, name: str, words: Collection[str]) -> Iterator[str]:
    """Yield a note for each added word that another topic has, too."""
    for topic in beat.topics:
        theirs = {word.casefold() for word in (*topic.keywords, *topic.aliases)}
        for word in words:
            if topic.name != name and word.casefold() in theirs:
                yield f"{topic.name} has the keyword, too: {word}"
