"""Translate questions for stories, and words to search for, into SQL.

The full-text index splits texts at blanks. Scripts without blanks are therefore indexed as pairs
of letters: "東京都" as "東京 京都". All words of a question must occur in a story, and those in
quotes one after another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copydesk.kit import text as plain_text
from copydesk.news import ReasonKind, Standing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFilter:
    """Which stories are wanted: all that every part agrees to.

    `source` is a publisher's domain or the address of a source; `topics` are names of which a story
    has one. `since` is the earliest time of publication. `quality` are the least and the highest.
    `words` are looked for in headline, excerpt and kept text. `is_gone`: those whose page is gone,
    by their records or by the paths in `known_gone`. `language` is what the record says.
    `reason` is the kind of one of a story's reasons. `until` is the first time of publication that
    is too late, `publishers` are domains, and `decided` are the times between which an editor
    decided a story, the later one left out. `paths` are those of records.
    """

    standings: frozenset[Standing] = frozenset()
    topics: frozenset[str] = frozenset()
    source: str = ""
    since: datetime | None = None
    quality: tuple[int, int] | None = None
    words: str = ""
    is_gone: bool = False
    known_gone: frozenset[str] = frozenset()
    language: str = ""
    reason: ReasonKind | None = None
    until: datetime | None = None
    publishers: frozenset[str] | None = None
    decided: tuple[datetime, datetime] | None = None
    paths: frozenset[str] | None = None


def microseconds(moment: datetime) -> int:
    """Return a time as whole microseconds since 1970, as the catalogue keeps it."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (known - _EPOCH) // _MICROSECOND


def where(wanted: StoryFilter) -> tuple[str, list[object]]:
    """Return the condition on `stories` of a filter, with the values of its places."""
    parts = list(_conditions(wanted))
    condition = " AND ".join(part for part, _ in parts) or "TRUE"
    return condition, [value for _, values in parts for value in values]


def places(count: int) -> str:
    """Return so many places of a statement, in brackets."""
    return f"({', '.join('?' * count)})"


def _conditions(wanted: StoryFilter) -> Iterator[tuple[str, tuple[object, ...]]]:
    if wanted.standings:
        yield f"standing IN {places(len(wanted.standings))}", tuple(sorted(wanted.standings))
    yield from _label_conditions(wanted)
    yield from _time_conditions(wanted)
    if wanted.quality is not None:
        yield "quality BETWEEN ? AND ?", wanted.quality
    if wanted.paths is not None:
        yield "path IN (SELECT value FROM json_each(?))", (json.dumps(sorted(wanted.paths)),)
    if wanted.is_gone:
        known = json.dumps(sorted(wanted.known_gone))  # one value, however many there are
        yield "(gone = 1 OR path IN (SELECT value FROM json_each(?)))", (known,)
    if wanted.words.strip():
        question = question_form(wanted.words)
        if question:
            yield "id IN (SELECT rowid FROM words WHERE words MATCH ?)", (question,)
        else:
            yield "FALSE", ()


def _time_conditions(wanted: StoryFilter) -> Iterator[tuple[str, tuple[object, ...]]]:
    if wanted.since is not None:
        yield "at >= ?", (microseconds(wanted.since),)
    if wanted.until is not None:
        yield "at < ?", (microseconds(wanted.until),)
    if wanted.decided is not None:
        among = "SELECT story FROM decisions WHERE at >= ? AND at < ?"
        yield f"id IN ({among})", tuple(map(microseconds, wanted.decided))


def _label_conditions(wanted: StoryFilter) -> Iterator[tuple[str, tuple[object, ...]]]:
    if wanted.publishers is not None:
        known = json.dumps(sorted(wanted.publishers))
        yield "publisher IN (SELECT value FROM json_each(?))", (known,)
    if wanted.topics:
        among = f"SELECT story FROM topics WHERE topic IN {places(len(wanted.topics))}"
        yield f"id IN ({among})", tuple(sorted(wanted.topics))
    if wanted.source:
        yield "(publisher = ? OR source = ?)", (wanted.source, wanted.source)
    if wanted.language:
        yield "language = ?", (wanted.language,)
    if wanted.reason is not None:
        yield "id IN (SELECT story FROM reasons WHERE kind = ?)", (wanted.reason,)


_MOST_CHARACTERS = 20_000  # of one text
_RUN = re.compile(f"[{plain_text.UNSPACED_LETTERS}]+")
_PART = re.compile(r'"([^"]*)"|(\S+)')


def index_form(text: str) -> str:
    """Return a text as it is put into the index."""
    return _RUN.sub(lambda run: f" {_pair(run[0])} ", text[:_MOST_CHARACTERS])


def _pair(run: str) -> str:
    if len(run) == 1:
        return run
    return " ".join(run[at : at + 2] for at in range(len(run) - 1))


def question_form(question: str) -> str:
    """Return a question in the index's own language, "" for one without a word."""
    phrases = (quoted or word for quoted, word in _PART.findall(question))
    found = (" ".join(plain_text.words(index_form(phrase))) for phrase in phrases)
    return " ".join(_phrase(words) for words in found if words)


def _phrase(words: str) -> str:
    """Return words that stand one after another; of a single one also what begins like it."""
    return f'"{words}"' if " " in words or len(words) < 3 else f'"{words}"*'
