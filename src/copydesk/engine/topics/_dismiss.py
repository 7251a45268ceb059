"""Dismiss suggestions: words that a topic's file says are no keywords of it, in one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.archive import topic_file
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.topics._topic_words import WordsChange, write_words


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissReport:
    """What is suggested for a topic no more, and what was dismissed already."""

    topic: str
    path: str
    dismissed: tuple[str, ...]
    known: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def dismiss_words(newsroom: Newsroom, said: str, words: Sequence[str], by: str) -> DismissReport:
    """Let words be suggested for a topic no more: they stand in its file as dismissed.

    Nothing is judged by them. Raises what `write_words` does.
    """
    change = WordsChange(
        there=lambda topic: topic.dismissed,
        edit=lambda path, new: topic_file.dismissal_change(newsroom.root, path, new),
        title="dismissed word",
        sign="-",
        by=by,
    )
    written = write_words(newsroom, said, words, change)
    return DismissReport(
        topic=written.topic,
        path=written.path,
        dismissed=written.new,
        known=written.known,
        commit=written.commit,
        notes=written.notes,
    )
