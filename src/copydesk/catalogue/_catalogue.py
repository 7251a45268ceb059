"""The catalogue of filed stories: an SQLite file, or tables in memory, with a method a question."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from copydesk.catalogue import _entries, _happenings, _sums
from copydesk.catalogue._entries import (
    BrokenRecord,
    CatalogueEntry,
    DecidedStory,
    StoryLabels,
    TextMarks,
)
from copydesk.catalogue._happenings import FiledHappening, HappeningCursor
from copydesk.catalogue._questions import StoryFilter, microseconds, places, where
from copydesk.catalogue._stored_corpus import StoredCorpus
from copydesk.catalogue._sums import PublisherCount, TopicCount, TopicRank, rank_among
from copydesk.catalogue._tables import open_tables
from copydesk.kit import urls
from copydesk.news import ReasonKind, Standing

_AT_ONCE = 500  # values in one statement
# Live records come before archived ones, each in the order of their paths: so they are read.
_AS_READ = "ORDER BY archived, path"
_BY_TIME = "ORDER BY at, path"
_LATEST = "ORDER BY at DESC, path LIMIT ?"


class Catalogue:
    """Know of each filed story what questions ask; give paths, whose records are the truth.

    A file that is damaged or of another version is made anew. Methods raise CatalogueError where
    the database fails. Used by one thread at a time; several processes may have it open. `corpus`
    has the terms of stories, as far as somebody put them there.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Open the catalogue in a file, without one in memory; raises CatalogueError."""
        self._tables = open_tables(file)
        self.corpus = StoredCorpus(self._tables)

    def close(self) -> None:
        """Let go of the file."""
        self._tables.close()

    # ---- what it holds, and bringing it up to date -----------------------------------------------

    def note(self, name: str) -> str:
        """Return what was noted under a name with the last update, "" for nothing."""
        rows = self._tables.run("SELECT value FROM notes WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def signatures(self) -> dict[str, int]:
        """Return the signature of every record when it was last read, by its path."""
        query = "SELECT path, signature FROM stories UNION ALL SELECT path, signature FROM broken"
        return dict(self._tables.run(query))

    def signatures_of(self, paths: Collection[str]) -> dict[str, int]:
        """Return the signatures of these records when they were last read, by path."""
        return dict(self._pairs("SELECT path, signature FROM stories WHERE path IN", paths))

    def update(
        self,
        entries: Iterable[CatalogueEntry] = (),
        broken: Iterable[BrokenRecord] = (),
        lost: Collection[str] = (),
        notes: Mapping[str, str] | None = None,
    ) -> None:
        """Take in stories and broken records that are new or changed, and forget lost paths.

        All at once, with notes of what it is up to date with; nobody else writes meanwhile.
        """
        with self._tables.at_once():
            _entries.forget(self._tables, lost)
            _entries.put_entries(self._tables, entries)
            _entries.put_failures(self._tables, broken)
            _entries.put_notes(self._tables, notes or {})

    def set_standings(self, standings: Mapping[str, Standing], notes: Mapping[str, str]) -> None:
        """Note where stories stand under other rules, by path; all else of them is as it was."""
        with self._tables.at_once():
            rows = [(standing, path) for path, standing in standings.items()]
            self._tables.run_many("UPDATE stories SET standing = ? WHERE path = ?", rows)
            _entries.put_notes(self._tables, notes)

    def put_marks(self, marks: Iterable[TextMarks]) -> None:
        """Take in the fingerprints of texts; those of paths that are not known are passed over."""
        with self._tables.at_once():
            _entries.put_marks(self._tables, marks)

    def forget_marks(self, before: datetime) -> None:
        """Forget the fingerprints of stories published before a time, or at none that is known."""
        old = "SELECT id FROM stories WHERE at IS NULL OR at < ?"
        gone = [
            story
            for (story,) in self._tables.run(
                f"SELECT story FROM marks WHERE story IN ({old})", microseconds(before)
            )
        ]
        if gone:
            with self._tables.at_once():
                _entries.forget_marks(self._tables, gone)

    # ---- questions -------------------------------------------------------------------------------

    def path_at(self, url: str, but: Collection[str] = ()) -> str | None:
        """Return the path of the first record that stands for an address, by its identity.

        Those at the paths `but` are passed over.
        """
        query = (
            f"SELECT path FROM addresses JOIN stories ON id = story WHERE identity = ? {_AS_READ}"
        )
        paths = self._paths(query, urls.identity(url))
        return next((path for path in paths if path not in but), None)

    def at_addresses(self, addresses: Iterable[str]) -> list[str]:
        """Return the paths of the records that stand for any of these addresses."""
        query = "SELECT DISTINCT path FROM addresses JOIN stories ON id = story WHERE identity IN"
        return sorted(self._among(query, {urls.identity(url) for url in addresses}))

    def between(self, start: datetime, end: datetime) -> list[str]:
        """Return the paths of the stories published in [start, end], by time and path."""
        query = f"SELECT path FROM stories WHERE at BETWEEN ? AND ? {_BY_TIME}"
        return self._paths(query, microseconds(start), microseconds(end))

    def in_groups(self, groups: Collection[str]) -> list[str]:
        """Return the paths of the stories of these groups."""
        query = "SELECT path FROM stories WHERE story_group <> '' AND story_group IN"
        return sorted(self._among(query, groups))

    def find_by_name(self, names: Collection[str]) -> list[str]:
        """Return the paths of the records with these names, in the order in which they are read."""
        query = "SELECT archived, path FROM stories WHERE name IN"
        return [path for _, path in sorted(self._in_lots(query, names))]

    def copies_of(self, name: str) -> list[str]:
        """Return the paths of the copies of a story."""
        query = "SELECT path FROM stories WHERE copy_of <> '' AND copy_of = ? ORDER BY path"
        return self._paths(query, name)

    def find_grouped_by_hand(self) -> list[str]:
        """Return the paths of stories that a ruling or an editor's word on their group moved."""
        return self._paths("SELECT path FROM stories WHERE ruled = 1 ORDER BY path")

    def find_unsure(self) -> list[str]:
        """Return the paths of the stories whose standing hangs on today's rules."""
        query = "SELECT path FROM stories WHERE judged = 1 OR standing <> ? ORDER BY path"
        return self._paths(query, Standing.PUBLISHED)

    def list_failures(self) -> list[BrokenRecord]:
        """Return the records that cannot be read, by path."""
        rows = self._tables.run("SELECT path, signature, what, hint FROM broken ORDER BY path")
        return [
            BrokenRecord(path=path, signature=signature, what=what, hint=hint)
            for path, signature, what, hint in rows
        ]

    def near(self, fingerprint: Sequence[int], at_most: int) -> Iterator[tuple[str, int]]:
        """Yield the paths of stories whose text shares hashes, with how many they share.

        Of each hash `at_most` stories are looked at, the first by the order in which records are
        read.
        """
        query = (
            f"SELECT path FROM hashes JOIN stories ON id = story WHERE value = ? {_AS_READ} LIMIT ?"
        )
        shared: Counter[str] = Counter()
        for value in fingerprint:
            shared.update(self._paths(query, value, at_most))
        yield from shared.items()

    def marks(self, since: datetime) -> dict[str, tuple[str, str]]:
        """Return the site and the digest of its habits of each fingerprint since a time, by path.

        ("", "") for a story whose fingerprint is not known.
        """
        query = (
            "SELECT path, coalesce(site, ''), coalesce(habits, '') FROM stories"
            " LEFT JOIN marks ON story = id WHERE at >= ?"
        )
        rows = self._tables.run(query, microseconds(since))
        return {path: (site, habits) for path, site, habits in rows}

    def list_texts(self, since: datetime) -> list[tuple[str, int, str]]:
        """Return the path and the signature of each story since a time, with its text's habits.

        That is the site and the digest of what its pages repeat, together. Copies are left out.
        """
        query = (
            "SELECT path, signature, coalesce(site || ' ' || habits, '') FROM stories"
            f" LEFT JOIN marks ON story = id WHERE at >= ? AND copy_of = '' {_AS_READ}"
        )
        return self._tables.run(query, microseconds(since))

    def times(self, paths: Collection[str]) -> dict[str, int | None]:
        """Return when these stories were published, in microseconds since 1970, by path."""
        return dict(self._pairs("SELECT path, at FROM stories WHERE path IN", paths))

    def find(self, wanted: StoryFilter, limit: int | None = None) -> list[str]:
        """Return the paths of the stories that a filter wants, the newest first."""
        condition, values = where(wanted)
        query = f"SELECT path FROM stories WHERE {condition} {_LATEST}"
        return self._paths(query, *values, -1 if limit is None else limit)

    def count(self, wanted: StoryFilter) -> int:
        """Return how many stories a filter wants."""
        condition, values = where(wanted)
        query = f"SELECT count(*) FROM stories WHERE {condition}"
        return int(self._tables.run(query, *values)[0][0])

    def list_happenings(
        self, wanted: StoryFilter, limit: int, after: HappeningCursor | None = None
    ) -> list[FiledHappening]:
        """Return the happenings of the stories that a filter wants, the one with the newest first.

        A group, or a story with its copies, is one happening. `after` is the `cursor` of the last
        one that is known already.
        """
        return _happenings.list_happenings(self._tables, wanted, limit, after)

    def list_members(self, happenings: Collection[str]) -> dict[str, list[str]]:
        """Return the paths of all stories of some happenings by their names, newest first."""
        return _happenings.list_members(self._tables, happenings)

    def match(self, wanted: StoryFilter, paths: Collection[str]) -> set[str]:
        """Return those of some paths whose stories a filter wants."""
        condition, values = where(wanted)
        found: set[str] = set()
        waiting = iter(paths)
        while some := tuple(islice(waiting, _AT_ONCE)):
            # by its limit the inner question stays one of its own: those paths first
            these = f"SELECT * FROM stories WHERE path IN {places(len(some))} LIMIT -1"
            query = f"SELECT path FROM ({these}) stories WHERE {condition}"
            found.update(self._paths(query, *some, *values))
        return found

    def find_happening(self, name: str) -> str:
        """Return the happening of the story of a name, "" where there is none."""
        return _happenings.find_happening(self._tables, name)

    def version(self) -> int:
        """Return a number that is another one after some other process changed the catalogue."""
        return int(self._tables.run("PRAGMA data_version")[0][0])

    def count_values(self, wanted: StoryFilter, of: Literal["publisher", "language"]) -> list[str]:
        """Return the publishers or languages of the wanted stories, the most frequent first."""
        condition, values = where(wanted)
        query = f"SELECT {of} FROM stories WHERE {condition} AND {of} <> '' GROUP BY 1"
        return self._paths(f"{query} ORDER BY count(*) DESC, 1 LIMIT 200", *values)

    def count_reasons(self, wanted: StoryFilter) -> list[ReasonKind]:
        """Return the kinds of the reasons of the wanted stories, the most frequent first."""
        condition, values = where(wanted)
        query = (
            f"SELECT kind FROM stories CROSS JOIN reasons ON story = id WHERE {condition}"
            " GROUP BY 1 ORDER BY count(*) DESC, 1"
        )
        return [ReasonKind(kind) for kind in self._paths(query, *values)]

    def count_by_time(self, since: datetime) -> Mapping[tuple[int, Standing], int]:
        """Return how many stories since a time stand where, by the quarter hour of publication.

        That is its first second since 1970: every zone's days begin with one.
        """
        return _sums.count_by_time(self._tables, microseconds(since))

    def count_publishers(self, since: datetime) -> list[PublisherCount]:
        """Return how many stories since a time each publisher has, by where they stand."""
        return _sums.count_publishers(self._tables, microseconds(since))

    def count_topics(self, since: datetime) -> Mapping[str, TopicCount]:
        """Return how many stories each topic has, all and since a time; one without has no count.

        They are the numbers of `count` for each name, in one question.
        """
        return _sums.count_topics(self._tables, microseconds(since))

    def list_decisions(self, since: datetime) -> list[DecidedStory]:
        """Return what editors said of stories since a time, the oldest word first."""
        return _sums.list_decisions(self._tables, microseconds(since))

    def rank(self, path: str, topic: str, most: int) -> TopicRank | None:
        """Return the place by quality that a story has beside the `most` - 1 latest of a topic.

        Copies are left out; "" is every topic. None for a story without a quality, or alone.
        """
        in_topic = "AND EXISTS (SELECT 1 FROM topics WHERE topic = ? AND story = id)"
        query = (
            "SELECT quality, standing FROM stories"
            f" WHERE quality IS NOT NULL AND copy_of = '' AND path <> ?"
            f" {in_topic if topic else ''} {_LATEST}"
        )
        own = self._tables.run(
            "SELECT quality, standing FROM stories WHERE quality IS NOT NULL AND path = ?", path
        )
        others = self._tables.run(query, path, *([topic] if topic else []), most - 1)
        return rank_among(own[0], others) if own and others else None

    def gate_points(self, since: datetime) -> dict[str, int | None]:
        """Return the points by which the gate decided on each story since a time, by path.

        None for a story that something else decided.
        """
        return dict(
            self._tables.run("SELECT path, points FROM stories WHERE at >= ?", microseconds(since))
        )

    def find_verdicts(self) -> list[str]:
        """Return the paths of the records that keep an editor's verdict, the oldest first."""
        return self._paths(f"SELECT path FROM stories WHERE said <> '' {_BY_TIME}")

    def standings(self, paths: Collection[str]) -> dict[str, Standing]:
        """Return where these stories stand, by path."""
        pairs = self._pairs("SELECT path, standing FROM stories WHERE path IN", paths)
        return {path: Standing(standing) for path, standing in pairs}

    def list_labels(self, most: int) -> list[StoryLabels]:
        """Return what the `most` newest stories are about, the newest first."""
        query = (
            "SELECT path, story_group, copy_of, publisher, language,"
            " (SELECT json_group_array(topic) FROM topics WHERE story = id),"
            " (SELECT json_group_array(identity) FROM addresses WHERE story = id)"
            " FROM stories ORDER BY at DESC, path LIMIT ?"
        )
        return [
            StoryLabels(
                path=path,
                group=group,
                copy_of=copy_of,
                publisher=publisher,
                language=language,
                topics=tuple(json.loads(topics)),
                identities=tuple(json.loads(identities)),
            )
            for path, group, copy_of, publisher, language, topics, identities in self._tables.run(
                query, most
            )
        ]

    def _paths(self, query: str, *values: object) -> list[str]:
        return [path for (path,) in self._tables.run(query, *values)]

    def _among(self, query: str, values: Iterable[str]) -> set[str]:
        """Return the paths that a query gives for any of these values, which come last in it."""
        return {path for (path,) in self._in_lots(query, values)}

    def _pairs(self, query: str, values: Iterable[str]) -> Iterator[tuple[str, Any]]:
        yield from self._in_lots(query, values)

    def _in_lots(self, query: str, values: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        waiting = iter(values)
        while some := tuple(islice(waiting, _AT_ONCE)):
            yield from self._tables.run(f"{query} {places(len(some))}", *some)
