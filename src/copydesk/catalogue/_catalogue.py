"""The catalogue: a search index of the stored stories, in an SQLite file or in memory."""

from __future__ import annotations

import contextlib
import json
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from copydesk.catalogue import _entries, _questions
from copydesk.catalogue._entries import (
    BrokenRecord,
    CatalogueEntry,
    StoryLabels,
    TextMarks,
    open_tables,
)
from copydesk.catalogue._questions import (
    DecidedStory,
    FiledHappening,
    HappeningCursor,
    PublisherCount,
    StoryFilter,
    TopicCount,
    TopicRank,
    microseconds,
    places,
    rank_among,
    where,
)
from copydesk.kit import urls
from copydesk.kit.databases import DisposableDatabase
from copydesk.news import ReasonKind, Standing
from copydesk.news.story import CountedTerms, IndexedDocument, number_of

_Value = TypeVar("_Value")
_AT_ONCE = 500  # values in one statement
# The order in which records are read: live ones before archived ones, each by path.
_AS_READ = "ORDER BY archived, path"
_BY_TIME = "ORDER BY at, path"
_LATEST = "ORDER BY at DESC, path LIMIT ?"


class Catalogue:
    """A search index of the stored stories; queries return the paths of story records.

    A file that is damaged or of another version is replaced. Methods raise CatalogueError if the
    database fails. For one thread at a time; several processes may open it. `corpus` has the terms
    of stories, `findings` what was found in their articles, as far as they were put there.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Open the search index in a file, or in memory if none is given; raises CatalogueError."""
        self._tables = open_tables(file)
        self.corpus = StoredCorpus(self._tables)
        self.findings = StoredFindings(self._tables)

    def close(self) -> None:
        """Close the search index's database."""
        self._tables.close()

    # ---- what it holds, and bringing it up to date -----------------------------------------------

    def note(self, name: str) -> str:
        """Return the text that the index's last update stored under a name, "" for none."""
        rows = self._tables.run("SELECT value FROM notes WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def signatures(self, looked: Collection[str] | None = None) -> dict[str, int]:
        """Return by path the signature (stat values) that each record file had when last read.

        With `looked`, only of live records, and those in these folders of the archive or at these
        paths.
        """
        every = "(SELECT path, signature FROM stories UNION ALL SELECT path, signature FROM broken)"
        if looked is None:
            return dict(self._tables.run(f"SELECT * FROM {every}"))
        select = f"SELECT * FROM {every} WHERE {_entries.BELOW}"
        return {
            path: signature
            for bounds in _entries.find_bounds(looked)
            for path, signature in self._tables.run(select, *bounds)
        }

    def signatures_of(self, paths: Collection[str]) -> dict[str, int]:
        """Return by path the signatures that the given record files had when last read."""
        return dict(self._in_lots("SELECT path, signature FROM stories WHERE path IN", paths))

    def update(
        self,
        entries: Iterable[CatalogueEntry] = (),
        broken: Iterable[BrokenRecord] = (),
        lost: Collection[str] = (),
        notes: Mapping[str, str] | None = None,
    ) -> None:
        """Store new and changed stories and unreadable records; delete the `lost` paths.

        All in one transaction, together with notes on what the catalogue is up to date with.
        """
        with self.updating(lost, notes or {}) as put:
            put(entries, broken)

    @contextlib.contextmanager
    def updating(
        self, lost: Collection[str], notes: Mapping[str, str]
    ) -> Iterator[Callable[[Iterable[CatalogueEntry], Iterable[BrokenRecord]], None]]:
        """Update the index as `update` does; the block stores stories in lots, by a function."""

        def put(entries: Iterable[CatalogueEntry], broken: Iterable[BrokenRecord]) -> None:
            _entries.put_entries(self._tables, entries)
            _entries.put_failures(self._tables, broken)

        with self._tables.at_once():
            _entries.forget(self._tables, lost)
            yield put
            _entries.put_notes(self._tables, notes)

    def set_standings(self, standings: Mapping[str, Standing], notes: Mapping[str, str]) -> None:
        """Change the statuses of stories by path; store notes in the same transaction."""
        with self._tables.at_once():
            rows = [(standing, path) for path, standing in standings.items()]
            self._tables.run_many("UPDATE stories SET standing = ? WHERE path = ?", rows)
            _entries.put_notes(self._tables, notes)

    def put_marks(self, marks: Iterable[TextMarks]) -> None:
        """Store fingerprints of article texts; those for unknown paths are ignored."""
        with self._tables.at_once():
            _entries.put_marks(self._tables, marks)

    def forget_marks(self, before: datetime) -> None:
        """Delete text fingerprints of stories published before a time, or at an unknown time."""
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
        """Return the path of the first story record with this URL (normalized), or None.

        Records at the paths `but` are left out.
        """
        query = (
            f"SELECT path FROM addresses JOIN stories ON id = story WHERE identity = ? {_AS_READ}"
        )
        paths = self._paths(query, urls.identity(url))
        return next((path for path in paths if path not in but), None)

    def at_addresses(self, addresses: Iterable[str]) -> list[str]:
        """Return the paths of the story records with any of these URLs, sorted."""
        query = "SELECT DISTINCT path FROM addresses JOIN stories ON id = story WHERE identity IN"
        return sorted(self._among(query, {urls.identity(url) for url in addresses}))

    def between(self, start: datetime, end: datetime) -> list[str]:
        """Return the paths of the stories published from start to end, ordered by time and path."""
        query = f"SELECT path FROM stories WHERE at BETWEEN ? AND ? {_BY_TIME}"
        return self._paths(query, microseconds(start), microseconds(end))

    def in_groups(self, groups: Collection[str]) -> list[str]:
        """Return the paths of the stories in these groups of stories about one event, sorted."""
        query = "SELECT path FROM stories WHERE story_group <> '' AND story_group IN"
        return sorted(self._among(query, groups))

    def find_by_name(self, names: Collection[str]) -> list[str]:
        """Return the paths of the story records with these names, live before archived ones."""
        query = "SELECT archived, path FROM stories WHERE name IN"
        return [path for _, path in sorted(self._in_lots(query, names))]

    def copies_of(self, name: str) -> list[str]:
        """Return the paths of the stories that copy the text of the story with a record name."""
        query = "SELECT path FROM stories WHERE copy_of <> '' AND copy_of = ? ORDER BY path"
        return self._paths(query, name)

    def find_grouped_by_hand(self) -> list[str]:
        """Return the paths of the stories whose group an editor's rule or decision has changed."""
        return self._paths("SELECT path FROM stories WHERE ruled = 1 ORDER BY path")

    def find_unsure(self) -> list[str]:
        """Return the paths of the stories whose status depends on the current rules."""
        query = "SELECT path FROM stories WHERE judged = 1 OR standing <> ? ORDER BY path"
        return self._paths(query, Standing.PUBLISHED)

    def list_failures(self) -> list[BrokenRecord]:
        """Return the story records that cannot be read, with the reasons, sorted by path."""
        rows = self._tables.run("SELECT path, signature, what, hint FROM broken ORDER BY path")
        return [
            BrokenRecord(path=path, signature=signature, what=what, hint=hint)
            for path, signature, what, hint in rows
        ]

    def near(self, fingerprint: Sequence[int], at_most: int) -> Iterator[tuple[str, int]]:
        """Yield the paths of stories with similar texts, and the number of hashes that they share.

        For each hash, at most `at_most` stories are looked at, live ones first.
        """
        query = (
            f"SELECT path FROM hashes JOIN stories ON id = story WHERE value = ? {_AS_READ} LIMIT ?"
        )
        shared: Counter[str] = Counter()
        for value in fingerprint:
            shared.update(self._paths(query, value, at_most))
        yield from shared.items()

    def marks(self, since: datetime) -> dict[str, tuple[str, str]]:
        """Return by path the web site of each story since a time, and a digest of that site's
        repeated texts.

        ("", "") for a story without a fingerprint.
        """
        query = (
            "SELECT path, coalesce(site, ''), coalesce(habits, '') FROM stories"
            " LEFT JOIN marks ON story = id WHERE at >= ?"
        )
        rows = self._tables.run(query, microseconds(since))
        return {path: (site, habits) for path, site, habits in rows}

    def list_texts(self, since: datetime) -> list[tuple[str, int, str]]:
        """Return path, record signature and a digest of its site's repeated texts of each story
        since a time.

        The digest comes with the site whose pages repeat the text. Copies are left out.
        """
        query = (
            "SELECT path, signature, coalesce(site || ' ' || habits, '') FROM stories"
            f" LEFT JOIN marks ON story = id WHERE at >= ? AND copy_of = '' {_AS_READ}"
        )
        return self._tables.run(query, microseconds(since))

    def times(self, paths: Collection[str]) -> dict[str, int | None]:
        """Return by path when stories were published, in microseconds since 1970."""
        return dict(self._in_lots("SELECT path, at FROM stories WHERE path IN", paths))

    def find(self, wanted: StoryFilter, limit: int | None = None) -> list[str]:
        """Return the paths of the stories that match a filter, the newest first."""
        condition, values = where(wanted)
        query = f"SELECT path FROM stories WHERE {condition} {_LATEST}"
        return self._paths(query, *values, -1 if limit is None else limit)

    def count(self, wanted: StoryFilter) -> int:
        """Return the number of stories that match a filter."""
        condition, values = where(wanted)
        query = f"SELECT count(*) FROM stories WHERE {condition}"
        return int(self._tables.run(query, *values)[0][0])

    def list_happenings(
        self, wanted: StoryFilter, limit: int, after: HappeningCursor | None = None
    ) -> list[FiledHappening]:
        """Return the events (groups of stories) that have stories matching a filter, newest first.

        A group, or a story with its copies, is one event. `after` is the `cursor` of the last one
        of the page before.
        """
        return _questions.list_happenings(self._tables, wanted, limit, after)

    def list_members(self, happenings: Collection[str]) -> dict[str, list[str]]:
        """Return the paths of all stories of the given events (groups), by event, newest first."""
        return _questions.list_members(self._tables, happenings)

    def match(self, wanted: StoryFilter, paths: Collection[str]) -> set[str]:
        """Return those of the paths whose stories match a filter."""
        condition, values = where(wanted)
        found: set[str] = set()
        waiting = iter(paths)
        while some := tuple(islice(waiting, _AT_ONCE)):
            # the limit keeps the inner query separate, so that it runs first
            these = f"SELECT * FROM stories WHERE path IN {places(len(some))} LIMIT -1"
            query = f"SELECT path FROM ({these}) stories WHERE {condition}"
            found.update(self._paths(query, *some, *values))
        return found

    def find_happening(self, name: str) -> str:
        """Return the event (group) of the story with a record name, "" if there is none."""
        return _questions.find_happening(self._tables, name)

    def version(self) -> int:
        """Return a number that changes when another process changes the search index."""
        return int(self._tables.run("PRAGMA data_version")[0][0])

    def count_values(self, wanted: StoryFilter, of: Literal["publisher", "language"]) -> list[str]:
        """Return the publishers or languages of the matching stories, the most frequent first."""
        condition, values = where(wanted)
        query = f"SELECT {of} FROM stories WHERE {condition} AND {of} <> '' GROUP BY 1"
        return self._paths(f"{query} ORDER BY count(*) DESC, 1 LIMIT 200", *values)

    def count_reasons(self, wanted: StoryFilter) -> list[ReasonKind]:
        """Return the kinds of reasons for the statuses of matching stories, most frequent first."""
        condition, values = where(wanted)
        query = (
            f"SELECT kind FROM stories CROSS JOIN reasons ON story = id WHERE {condition}"
            " GROUP BY 1 ORDER BY count(*) DESC, 1"
        )
        return [ReasonKind(kind) for kind in self._paths(query, *values)]

    def count_by_time(self, since: datetime) -> Mapping[tuple[int, Standing], int]:
        """Count the stories since a time by quarter hour of publication and by status.

        A quarter hour is its first second since 1970; in every time zone days begin with one.
        """
        return _questions.count_by_time(self._tables, microseconds(since))

    def count_publishers(self, since: datetime) -> list[PublisherCount]:
        """Count the stories since a time by publisher and status."""
        return _questions.count_publishers(self._tables, microseconds(since))

    def count_work(self) -> list[tuple[str, int, int, int, int, int, int]]:
        """Return for each publisher what its stories say of it.

        That is (domain, stories, with own reporting, events that others reported on as well, first
        on them, editors' decisions, those to publish); copies count nowhere.
        """
        return _questions.count_work(self._tables)

    def count_credits(self) -> Mapping[str, frozenset[str]]:
        """Map each squashed name that stories credit to the domains of the crediting publishers."""
        return _questions.count_credits(self._tables)

    def count_topics(self, since: datetime) -> Mapping[str, TopicCount]:
        """Count the stories of each topic, all and since a time; leave out topics without stories.

        The same numbers as `count` for each topic, in one query.
        """
        return _questions.count_topics(self._tables, microseconds(since))

    def list_decisions(self, since: datetime) -> list[DecidedStory]:
        """Return the editors' decisions on stories since a time, the oldest first."""
        return _questions.list_decisions(self._tables, microseconds(since))

    def rank(self, path: str, topic: str, most: int) -> TopicRank | None:
        """Return a story's rank by quality among the latest stories of a topic, at most `most`.

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
        """Return by path the points that decided on the publication of each story since a time.

        None for a story that something else decided.
        """
        return dict(
            self._tables.run("SELECT path, points FROM stories WHERE at >= ?", microseconds(since))
        )

    def find_verdicts(self) -> list[str]:
        """Return the paths of the records with an editor's decision, the oldest story first."""
        return self._paths(f"SELECT path FROM stories WHERE said <> '' {_BY_TIME}")

    def standings(self, paths: Collection[str]) -> dict[str, Standing]:
        """Return the statuses (published, held …) of the stories at these paths, by path."""
        pairs = self._in_lots("SELECT path, standing FROM stories WHERE path IN", paths)
        return {path: Standing(standing) for path, standing in pairs}

    def list_labels(self, most: int) -> list[StoryLabels]:
        """Return the topics and relations of the `most` newest stories, the newest first."""
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
        """Return the paths that a query finds for any of these values, its last parameters."""
        return {path for (path,) in self._in_lots(query, values)}

    def _in_lots(self, query: str, values: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        waiting = iter(values)
        while some := tuple(islice(waiting, _AT_ONCE)):
            yield from self._tables.run(f"{query} {places(len(some))}", *some)


class StoredFindings:
    """Findings in article texts, stored by kind and key, and encoded as MessagePack."""

    def __init__(self, tables: DisposableDatabase) -> None:
        self._tables = tables

    def read(self, kind: str, form: type[_Value]) -> dict[str, _Value]:
        """Return the stored findings of a kind by key, without those that cannot be decoded."""
        decode, found = msgspec.msgpack.Decoder(form).decode, {}
        for key, value in self._tables.run("SELECT key, value FROM findings WHERE kind = ?", kind):
            with contextlib.suppress(msgspec.MsgspecError):
                found[key] = decode(value)
        return found

    def put(self, kind: str, values: Mapping[str, object]) -> None:
        """Store findings of a kind by key; each replaces the earlier one."""
        rows = [(kind, key, msgspec.msgpack.encode(value)) for key, value in values.items()]
        self._tables.run_many("INSERT OR REPLACE INTO findings VALUES (?, ?, ?)", rows)

    def forget(self, kind: str, keys: Iterable[str]) -> None:
        """Delete the findings with these keys."""
        rows = [(kind, key) for key in keys]
        self._tables.run_many("DELETE FROM findings WHERE kind = ? AND key = ?", rows)

    def keep_kinds(self, kinds: Collection[str]) -> None:
        """Delete the findings of all other kinds, such as those of an earlier version."""
        there = {kind for (kind,) in self._tables.run("SELECT DISTINCT kind FROM findings")}
        rows = [(kind,) for kind in there.difference(kinds)]
        if rows:
            self._tables.run_many("DELETE FROM findings WHERE kind = ?", rows)


# The index terms of filed stories in SQLite; only the stories that are asked for are read.

_COUNTS = "SELECT term, documents FROM term_counts WHERE term IN (SELECT value FROM json_each(?))"
_CONTENTS = """
SELECT number, second, words, ngrams, names, terms, counts, rates, telling, checksum
FROM documents JOIN document_terms ON document = number
WHERE number IN (SELECT value FROM json_each(?))
"""
_NEAR = """
SELECT second, key FROM (SELECT * FROM (
  SELECT places.second, document, key FROM term_places places JOIN documents ON number = document
  WHERE term = ?1 AND places.second < ?2 ORDER BY places.second DESC, document DESC LIMIT ?3
) UNION ALL SELECT * FROM (
  SELECT places.second, document, key FROM term_places places JOIN documents ON number = document
  WHERE term = ?1 AND places.second >= ?2 ORDER BY places.second, document LIMIT ?3
)) ORDER BY abs(second - ?2), document LIMIT ?3
"""


class StoredCorpus:
    """The terms (words, names) of stored stories in SQLite tables, as a `news.Corpus`."""

    def __init__(self, tables: DisposableDatabase) -> None:
        self._tables = tables

    # ---- what it holds, and bringing it up to date -----------------------------------------------

    def digests(self) -> dict[str, bytes]:
        """Return the digest of every indexed document (story), by key."""
        return dict(self._tables.run("SELECT key, digest FROM documents"))

    def update(self, put: Sequence[IndexedDocument], forget: Collection[str] = ()) -> None:
        """Store new and changed documents, and delete others by key, in one transaction."""
        with self._tables.at_once():
            changes: Counter[int] = Counter()
            self._remove([*forget, *(document.key for document in put)], changes)
            self._insert(put, changes)
            self._count(changes)

    def set_digests(self, digests: Mapping[str, bytes]) -> None:
        """Change the digests of indexed documents (stories); their terms and times stay."""
        with self._tables.at_once():
            rows = ((digest, number_of(key)) for key, digest in digests.items())
            self._tables.run_many("UPDATE documents SET digest = ? WHERE number = ?", rows)

    def _remove(self, keys: Collection[str], changes: Counter[int]) -> None:
        """Delete documents; subtract their terms from the counts in `changes`."""
        places = []
        for number, second, counted in self._read(keys):
            changes.subtract(counted.terms)
            places += [(term, second, number) for term in counted.telling]
        run = self._tables.run_many
        run("DELETE FROM term_places WHERE term = ? AND second = ? AND document = ?", places)
        numbers = [(number_of(key),) for key in keys]
        run("DELETE FROM documents WHERE number = ?", numbers)
        run("DELETE FROM document_terms WHERE document = ?", numbers)

    def _insert(self, documents: Iterable[IndexedDocument], changes: Counter[int]) -> None:
        rows, contents, places = [], [], []
        for document in documents:
            number, counted = number_of(document.key), document.terms
            changes.update(counted.terms)
            rows.append((number, document.key, document.second, document.digest, *counted.sizes))
            contents.append((number, *_pack(counted)))
            places += [(term, document.second, number) for term in counted.telling]
        run = self._tables.run_many
        run("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        run("INSERT INTO document_terms VALUES (?, ?, ?, ?, ?, ?)", contents)
        run("INSERT OR IGNORE INTO term_places VALUES (?, ?, ?)", sorted(places))

    def _count(self, changes: Mapping[int, int]) -> None:
        rows = sorted((term, change) for term, change in changes.items() if change)
        self._tables.run_many(
            "INSERT INTO term_counts VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET documents = documents + excluded.documents",
            rows,
        )
        fewer = [(term,) for term, change in rows if change < 0]
        self._tables.run_many("DELETE FROM term_counts WHERE term = ? AND documents <= 0", fewer)

    # ---- questions -------------------------------------------------------------------------------

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, and the total of their words, n-grams and names."""
        query = "SELECT count(*), total(words), total(ngrams), total(names) FROM documents"
        documents, words, ngrams, names = map(int, self._tables.run(query)[0])
        return (documents, words, ngrams, names)

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Return how many documents contain each of these terms; unknown terms are left out."""
        return dict(self._tables.run(_COUNTS, json.dumps(list(terms))))

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return the documents (time, key) for which a term is typical, closest to a time first."""
        return self._tables.run(_NEAR, term, second, most)

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Return the terms of these documents by key; unknown documents are left out."""
        names = {number_of(key): key for key in keys}
        return {names[number]: counted for number, _, counted in self._read(keys)}

    def _read(self, keys: Collection[str]) -> Iterator[tuple[int, int, CountedTerms]]:
        """Yield the row number, the time (second) and the terms of each of these documents."""
        for row in self._tables.run(_CONTENTS, json.dumps([number_of(key) for key in keys])):
            number, second, *sizes = row[:5]
            counted = _unpack(sizes, row[5:])
            if counted is not None:
                yield number, second, counted


def _unpack(sizes: Sequence[int], row: Sequence[Any]) -> CountedTerms | None:
    """Return unpacked terms, None if the checksum is wrong: then the document counts as lost."""
    *packed, checksum = row
    if _sum_up(packed) != checksum:
        return None
    terms, counts, rates, telling = packed
    words, ngrams, names = sizes
    return CountedTerms(
        terms=array("I", terms),
        counts=counts,
        rates=rates,
        sizes=(words, ngrams, names),
        telling=array("I", telling),
    )


def _pack(counted: CountedTerms) -> tuple[bytes, bytes, bytes, bytes, int]:
    packed = (counted.terms.tobytes(), counted.counts, counted.rates, counted.telling.tobytes())
    return (*packed, _sum_up(packed))


def _sum_up(packed: Iterable[bytes]) -> int:
    checksum = 0
    for part in packed:
        checksum = zlib.crc32(part, checksum)
    return checksum
