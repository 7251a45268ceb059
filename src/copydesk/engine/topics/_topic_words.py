"""Words into a topic's file: what somebody said of them, as one commit of that file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from copydesk import archive, config
from copydesk.archive.change import Change
from copydesk.engine.editing import topic_names
from copydesk.engine.filing import begin_change, hold_write_lock, notes_on
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.settings import clean_keyword
from copydesk.news import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsChange:
    """What is to become of a topic's file.

    `there` lists the words that stand in it already, `edit` makes the change of the file from its
    path and the words that do not; `title` begins the commit's message, `sign` each of its lines.
    """

    there: Callable[[Topic], Sequence[str]]
    edit: Callable[[str, Sequence[str]], archive.FileChange]
    title: str
    sign: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenWords:
    """What was written into a topic's file, what stood there, and the commit."""

    topic: str
    path: str
    new: tuple[str, ...]
    known: tuple[str, ...]
    commit: str | None
    notes: tuple[str, ...]


def write_words(
    newsroom: Newsroom, said: str, words: Sequence[str], change: WordsChange, language: str = ""
) -> WrittenWords:
    """Write words into the file of a topic, named by name or id; what stands there is left out.

    Raises UsageError for a topic that is none and a word that nothing can be found by, RecordError
    where the file cannot be rewritten or has edits that are not committed, BusyError where another
    process writes.
    """
    (name,) = topic_names(newsroom.beat, [said])
    wanted = dict.fromkeys(clean_keyword(word, language) for word in words)
    path = config.find_topic_file(newsroom.root, name)
    with hold_write_lock(newsroom) as lock:
        topic = next(topic for topic in newsroom.beat.topics if topic.name == name)
        there = {word.casefold() for word in change.there(topic)}
        new = tuple(word for word in wanted if word.casefold() not in there)
        lines = "\n".join(f"{change.sign} {word}" for word in new)
        committed = Change(
            files=(change.edit(path, new),) if new else (),
            message=f"topics: {name}, {_count(new, change.title)}\n\n{lines}\n\nby {change.by}",
            when=newsroom.now,
        )
        done = begin_change(
            newsroom.memory, lock, committed, lambda _skipped: None, needed=committed.paths
        ).finish()
    return WrittenWords(
        topic=name,
        path=path,
        new=new,
        known=tuple(word for word in wanted if word not in new),
        commit=done.commit,
        notes=notes_on(done, "it is"),
    )


def _count(words: Sequence[str], what: str) -> str:
    return f"1 {what}" if len(words) == 1 else f"{len(words)} {what}s"
