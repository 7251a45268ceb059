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
    """Which stories to find: those that match every part.

    `source` is a publisher's domain or a source's URL; `topics` match a story with any of them.
    `since` is the earliest time of publication, `until` the first time that is too late. `quality`
    are the lowest and the highest. `words` are searched in headline, excerpt and stored text.
    `is_gone` matches stories whose page was deleted, by their records or by the paths in
    `known_gone`. `language` is that of the record, `reason` the kind of one of a story's reasons.
    `publishers` are domains. `decided` are two times: an editor's verdict was given from the first
    and before the second. `paths` are those of records.
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
    """Return a time in microseconds since 1970, as the catalogue stores it."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (known - _EPOCH) // _MICROSECOND


def where(wanted: StoryFilter) -> tuple[str, list[object]]:
    """Return a filter's condition on `stories`, with the values of its parameters."""
    parts = list(_conditions(wanted))
    condition = " AND ".join(part for part, _ in parts) or "TRUE"
    return condition, [value for _, values in parts for value in values]


def places(count: int) -> str:
    """Return so many SQL parameters in brackets."""
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
        known = json.dumps(sorted(wanted.known_gone))  # one parameter for any number of paths
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


_MOST_CHARACTERS = 20_000  # of a text that are indexed
_RUN = re.compile(f"[{plain_text.UNSPACED_LETTERS}]+")
_PART = re.compile(r'"([^"]*)"|(\S+)')


def index_form(text: str) -> str:
    """Return a text as it is put into the full-text index."""
    return _RUN.sub(lambda run: f" {_pair(run[0])} ", text[:_MOST_CHARACTERS])


def _pair(run: str) -> str:
    if len(run) == 1:
        return run
    return " ".join(run[at : at + 2] for at in range(len(run) - 1))


def question_form(question: str) -> str:
    """Return a search in the syntax of the full-text index, "" for one without a word."""
    phrases = (quoted or word for quoted, word in _PART.findall(question))
    found = (" ".join(plain_text.words(index_form(phrase))) for phrase in phrases)
    return " ".join(_phrase(words) for words in found if words)


def _phrase(words: str) -> str:
    """Return words as a phrase; a single word also matches words that begin with it."""
    return f'"{words}"' if " " in words or len(words) < 3 else f'"{words}"*'
