"""Translate filters for stories, and words to search for, into SQL.

The full-text index splits texts at blanks. Scripts without blanks are therefore indexed as pairs
of letters: "東京都" as "東京 京都". All words of a question must occur in a story, and those in
quotes one after another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from copydesk.kit import text as plain_text
from copydesk.kit.databases import DisposableDatabase
from copydesk.kit.tables import load_text
from copydesk.news import ReasonKind, Standing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFilter:
    """A filter for stories in the search index; a story matches if it fits every given field.

    `source` is a publisher's domain or a source's URL; `topics` match a story with any of them.
    `since` is the earliest time of publication, `until` the first time that is too late. `quality`
    are the lowest and the highest. `words` are searched in headline, excerpt and stored text.
    `is_gone` matches stories whose page was deleted, by their records or by the paths in
    `known_gone`. `language` is that of the record, `reason` the kind of one of a story's reasons.
    `publishers` are domains. `decided` are two times: an editor's decision was made from the first
    and before the second. `paths` are those of records, `but` those of records left out.
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
    but: frozenset[str] = frozenset()


def microseconds(moment: datetime) -> int:
    """Return a time in microseconds since 1970, as the search index stores it."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (known - _EPOCH) // _MICROSECOND


def where(wanted: StoryFilter) -> tuple[str, list[object]]:
    """Return the SQL condition for a filter of the table `stories`, with its parameters' values."""
    parts = list(_conditions(wanted))
    condition = " AND ".join(part for part, _ in parts) or "TRUE"
    return condition, [value for _, values in parts for value in values]


def places(count: int) -> str:
    """Return `count` SQL placeholders in brackets: `(?, ?, ?)`."""
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
    if wanted.but:
        yield "path NOT IN (SELECT value FROM json_each(?))", (json.dumps(sorted(wanted.but)),)
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
    """Return an article text in the form in which it is put into the full-text index."""
    return _RUN.sub(lambda run: f" {_pair(run[0])} ", text[:_MOST_CHARACTERS])


def _pair(run: str) -> str:
    if len(run) == 1:
        return run
    return " ".join(run[at : at + 2] for at in range(len(run) - 1))


def question_form(question: str) -> str:
    """Return a search query in the syntax of the full-text index, "" if it has no word."""
    phrases = (quoted or word for quoted, word in _PART.findall(question))
    found = (" ".join(plain_text.words(index_form(phrase))) for phrase in phrases)
    return " ".join(_phrase(words) for words in found if words)


def _phrase(words: str) -> str:
    """Return words as a search phrase; a single word also matches words that begin with it."""
    return f'"{words}"' if " " in words or len(words) < 3 else f'"{words}"*'


# Happenings: a group of stories, or a story with its copies, is listed as one.
#
# A happening has the name of its group, else of the original, else of the story itself
# (`placement.Groups`).

_LOT = 400  # names in one statement, and the least number of rows read at once
_FIRST_TIME = -(2**63)  # a story without a time is the oldest
_AT = f"coalesce(s.at, {_FIRST_TIME})"
_OF_ORIGINAL = """nullif(
    (SELECT o.story_group FROM stories o WHERE o.name = s.copy_of LIMIT 1), '')"""
_HAPPENING = f"""CASE WHEN s.story_group <> '' THEN s.story_group WHEN s.copy_of <> ''
    THEN coalesce({_OF_ORIGINAL}, s.copy_of) ELSE s.name END"""
# The stories that may belong to some events, each part found by an index: members of a group, a
# story and its copies, copies of members.
_CANDIDATES = """
    SELECT id FROM stories WHERE story_group <> '' AND story_group IN {names}
    UNION SELECT id FROM stories WHERE name IN {names}
    UNION SELECT id FROM stories WHERE copy_of <> '' AND copy_of IN {names}
    UNION SELECT c.id FROM stories o JOIN stories c ON c.copy_of = o.name AND c.copy_of <> ''
        WHERE o.story_group <> '' AND o.story_group IN {names}"""

HappeningCursor = tuple[int, str]  # a story's time in microseconds since 1970, its path


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledHappening:
    """An event (a group of stories) that has a story matching a filter.

    `path` is the newest such story, `at` its time in microseconds since 1970. `quality` and `heat`
    are the highest of the stories read, -1 for none.
    """

    name: str
    at: int
    path: str
    quality: int
    heat: int

    @property
    def cursor(self) -> HappeningCursor:
        """The event's position in the list of events, after which the next page begins."""
        return self.at, self.path


def list_happenings(
    tables: DisposableDatabase, wanted: StoryFilter, limit: int, after: HappeningCursor | None
) -> list[FiledHappening]:
    """Return the events of the stories that match a filter, by their newest story, latest first.

    `after` is the cursor of the last one of the page before.
    """
    found: dict[str, list[_Row]] = {}
    for row in _read_rows(tables, wanted, limit, after):
        if row.happening in found:
            found[row.happening].append(row)
        elif len(found) == limit:
            break
        elif after is None or not _is_known(tables, wanted, row.happening, after):
            found[row.happening] = [row]
    return [_make_happening(name, rows) for name, rows in found.items()]


def list_members(tables: DisposableDatabase, names: Collection[str]) -> dict[str, list[str]]:
    """Return the paths of all stories of the given events, by event, the newest first."""
    members: dict[str, list[str]] = {name: [] for name in names}
    waiting = iter(sorted(names))
    while some := tuple(islice(waiting, _LOT)):
        candidates = _CANDIDATES.format(names=places(len(some)))
        query = (
            f"SELECT s.path, {_HAPPENING} FROM ({candidates}) c CROSS JOIN stories s ON s.id = c.id"
            " ORDER BY s.at DESC, s.path"
        )
        for path, happening in tables.run(query, *some * 4):
            if happening in some:
                members[happening].append(path)
    return members


def find_happening(tables: DisposableDatabase, name: str) -> str:
    """Return the event (group) of the story with a record name, "" if there is none."""
    rows = tables.run(f"SELECT {_HAPPENING} FROM stories s WHERE s.name = ? LIMIT 1", name)
    return str(rows[0][0]) if rows else ""


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    at: int
    happening: str
    quality: int | None
    heat: int | None


def _read_rows(
    tables: DisposableDatabase, wanted: StoryFilter, limit: int, after: HappeningCursor | None
) -> Iterator[_Row]:
    """Yield the stories that match a filter, newest first, after a position; read many at once."""
    condition, values = where(wanted)
    lot, place = max(_LOT, 2 * limit), after
    while True:
        beyond, bounds = "TRUE", list[object]()
        if place is not None:  # the index leaves out stories without a time
            beyond = f"(s.at IS NULL OR s.at <= ?) AND ({_AT} < ? OR ({_AT} = ? AND s.path > ?))"
            bounds = [place[0], place[0], place[0], place[1]]
        query = (
            f"SELECT s.path, {_AT}, {_HAPPENING}, s.quality, s.heat FROM stories s"
            f" WHERE ({condition}) AND {beyond} ORDER BY s.at DESC, s.path LIMIT ?"
        )
        rows = [_Row(*row) for row in tables.run(query, *values, *bounds, lot)]
        yield from rows
        if len(rows) < lot:
            return
        place = (rows[-1].at, rows[-1].path)


def _is_known(
    tables: DisposableDatabase, wanted: StoryFilter, happening: str, after: HappeningCursor
) -> bool:
    """Return whether a matching story of an event is before or at a position in the list."""
    condition, values = where(wanted)
    candidates = _CANDIDATES.format(names=places(1))
    query = (
        f"SELECT 1 FROM ({candidates}) c CROSS JOIN stories s USING (id)"
        f" WHERE ({condition}) AND ({_AT} > ? OR ({_AT} = ? AND s.path <= ?)) AND {_HAPPENING} = ?"
    )
    bounds = (after[0], after[0], after[1])
    return bool(tables.run(f"{query} LIMIT 1", *[happening] * 4, *values, *bounds, happening))


def _make_happening(name: str, rows: list[_Row]) -> FiledHappening:
    return FiledHappening(
        name=name,
        at=rows[0].at,
        path=rows[0].path,
        quality=max((row.quality for row in rows if row.quality is not None), default=-1),
        heat=max((row.heat for row in rows if row.heat is not None), default=-1),
    )


# Count filed stories by time, publisher and topic, list decisions, and rank stories by quality.

_QUARTER_HOUR = 900
_MICROSECONDS = 1_000_000
# With the status as a parameter, SQLite reads only the wanted days of its index.
_BY_TIME = f"""
SELECT at / {_QUARTER_HOUR * _MICROSECONDS}, standing, count(*) FROM stories
WHERE standing = ? AND at >= ? GROUP BY 1
"""
_BY_PUBLISHER = """
SELECT publisher, standing, count(*) FROM stories WHERE at >= ? GROUP BY 1, 2
"""
# Both numbers come from one scan; a join with 50,000 stories takes five times as long.
_BY_TOPIC = """
SELECT topic, count(*),
    count(*) FILTER (WHERE story IN (SELECT id FROM stories WHERE at >= ?))
FROM topics GROUP BY topic
"""
_DECISIONS = """
SELECT path, said, decisions.at, decisions.points, decisions.waited
FROM decisions JOIN stories ON id = story WHERE decisions.at >= ? ORDER BY decisions.at, path
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherCount:
    """The number of a publisher's stories with one status; `domain` is "" if unknown."""

    domain: str
    standing: Standing
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCount:
    """The number of stories of a topic: all, and those published since a time."""

    stories: int = 0
    recent: int = 0


def count_by_time(tables: DisposableDatabase, since: int) -> Mapping[tuple[int, Standing], int]:
    """Count stories by quarter hour of publication (its first second since 1970) and by status."""
    return {
        (quarter * _QUARTER_HOUR, Standing(known)): count
        for standing in Standing
        for quarter, known, count in tables.run(_BY_TIME, standing, since)
    }


def count_publishers(tables: DisposableDatabase, since: int) -> list[PublisherCount]:
    """Count stories since a time by publisher and status."""
    return [
        PublisherCount(domain=domain, standing=Standing(standing), stories=count)
        for domain, standing, count in tables.run(_BY_PUBLISHER, since)
    ]


_WORK = load_text(__package__, "publisher_work.sql")
_CREDITS = """
SELECT DISTINCT credits.name, publisher FROM credits JOIN stories ON id = story
WHERE copy_of = '' AND publisher <> ''
"""


def count_work(tables: DisposableDatabase) -> list[tuple[str, int, int, int, int, int, int]]:
    """Return what each publisher's stories say of it, as `Catalogue.count_work`."""
    kinds = (ReasonKind.OWN_REPORTING, ReasonKind.INVESTIGATION)
    rows = tables.run(_WORK, *kinds)
    return [(domain, *map(int, counts)) for domain, *counts in rows]


def count_credits(tables: DisposableDatabase) -> Mapping[str, frozenset[str]]:
    """Return which publishers credit a name, by squashed name."""
    found: dict[str, set[str]] = {}
    for name, publisher in tables.run(_CREDITS):
        found.setdefault(name, set()).add(publisher)
    return {name: frozenset(by) for name, by in found.items()}


def count_topics(tables: DisposableDatabase, since: int) -> Mapping[str, TopicCount]:
    """Count stories by topic; topics without stories are left out."""
    return {
        topic: TopicCount(stories=stories, recent=recent)
        for topic, stories, recent in tables.run(_BY_TOPIC, since)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedStory:
    """An editor's decision on a stored story, and when it was made.

    `points` are what the publishing threshold is compared with, None if it does not apply;
    `has_waited` means that the story waited for the decision, as its record says.
    """

    path: str
    said: str
    at: datetime
    points: int | None
    has_waited: bool


def list_decisions(tables: DisposableDatabase, since: int) -> list[DecidedStory]:
    """Return the editors' decisions since a time, the oldest first."""
    return [
        DecidedStory(
            path=path,
            said=said,
            at=_EPOCH + timedelta(microseconds=at),
            points=points,
            has_waited=bool(waited),
        )
        for path, said, at, points, waited in tables.run(_DECISIONS, since)
    ]


Shown = tuple[int, str]  # a story's quality and standing


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRank:
    """The rank of a story by quality among `stories` stories, itself included.

    Equal stories share a `place`. `median` is the middle quality, `published` the number on the
    site.
    """

    place: int
    stories: int
    median: int
    published: int


def rank_among(story: Shown, others: Sequence[Shown]) -> TopicRank:
    """Return a story's rank by quality among others."""
    every = (story, *others)
    return TopicRank(
        place=1 + sum(quality > story[0] for quality, _ in others),
        stories=len(every),
        median=_find_median([quality for quality, _ in every]),
        published=sum(standing == Standing.PUBLISHED for _, standing in every),
    )


def _find_median(numbers: Sequence[int]) -> int:
    """Return the median; of an even count the lower of the two."""
    return sorted(numbers)[(len(numbers) - 1) // 2]
