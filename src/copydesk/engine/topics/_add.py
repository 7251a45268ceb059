"""Add keywords to a topic: one commit of its file, in which all else stays as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copydesk.archive import topic_file
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.topics._topic_words import WordsChange, write_words
from copydesk.errors import UsageError
from copydesk.news import Beat, Topic

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

    With a `language` they are added to its words of that language. Raises what `write_words` does.
    """
    if language and not _LANGUAGE.fullmatch(language):
        raise UsageError(
            "no code of a language", subject=language, hint="two or three letters, such as de"
        )
    change = WordsChange(
        there=lambda topic: _list_words(topic, language),
        edit=lambda path, new: topic_file.keywords_change(newsroom.root, path, new, language),
        title="keyword",
        sign="+",
        by=by,
    )
    written = write_words(newsroom, said, words, change, language)
    return KeywordReport(
        topic=written.topic,
        path=written.path,
        added=written.new,
        known=written.known,
        commit=written.commit,
        notes=(*written.notes, *_note_twins(newsroom.beat, written.topic, written.new)),
    )


def _list_words(topic: Topic, language: str) -> tuple[str, ...]:
    if language:
        return dict(topic.translations).get(language, ())
    return (*topic.keywords, *topic.aliases)


def _note_twins(beat: Beat, name: str, words: Sequence[str]) -> Iterator[str]:
    """Yield a note for each added word that another topic has, too."""
    for topic in beat.topics:
        theirs = {word.casefold() for word in (*topic.keywords, *topic.aliases)}
        for word in words:
            if topic.name != name and word.casefold() in theirs:
                yield f"{topic.name} has the keyword, too: {word}"
