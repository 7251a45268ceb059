"""The tables of the search index and the page index, and how stories are written to the first."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import orjson

from copydesk.catalogue import _questions
from copydesk.catalogue._questions import microseconds
from copydesk.errors import CatalogueError, PublishError
from copydesk.kit import databases, tables, urls
from copydesk.kit.databases import DisposableDatabase
from copydesk.kit.text import squash
from copydesk.news import ReasonKind, Standing, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A story as the search index stores it: with its status and its record's signature.

    `source` is the URL of the source that listed it, `text` the stored text of its page, for the
    search; "" if unknown. `is_gone` means that its page was deleted by the publisher. `points` are
    those that the publishing threshold alone decided by, None if something else decided.
    `gate_points` are those of a story that an editor decided on, None if the threshold does not
    apply to it.
    """

    story: Story
    signature: int
    standing: Standing
    is_gone: bool = False
    source: str = ""
    text: str = ""
    points: int | None = None
    gate_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLabels:
    """The topics and relations of a stored story, without its text.

    `identities` are those of its URLs (`kit.urls.identity`).
    """

    path: str
    group: str
    copy_of: str
    publisher: str
    language: str
    topics: tuple[str, ...]
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRecord:
    """A story record that cannot be read: what is wrong with it, and how to repair it."""

    path: str
    signature: int
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMarks:
    """The fingerprint of a story's article text: 32-bit hashes, or () if the text is too short.

    It is valid as long as the pages of its `site` repeat the same texts; `habits` is their digest.
    """

    path: str
    site: str
    habits: str
    fingerprint: tuple[int, ...]


_ARCHIVED = "_archive/"


def forget(tables: DisposableDatabase, paths: Collection[str]) -> None:
    """Delete everything that the search index stores about the records at these paths."""
    for path in paths:
        tables.run("DELETE FROM broken WHERE path = ?", path)
        for (story,) in tables.run("SELECT id FROM stories WHERE path = ?", path):
            _forget_parts(tables, story)
            tables.run("DELETE FROM stories WHERE id = ?", story)


def put_entries(tables: DisposableDatabase, entries: Iterable[CatalogueEntry]) -> None:
    """Store stories in the search index; each replaces what was stored for its path."""
    for entry in entries:
        forget(tables, (entry.story.path,))
        ((number,),) = tables.run(_INSERT, *_row(entry))
        story = entry.story
        addresses = {urls.identity(url) for url in story.addresses}
        tables.run_many("INSERT INTO addresses VALUES (?, ?)", ((a, number) for a in addresses))
        topics = set(story.topics)
        tables.run_many("INSERT INTO topics VALUES (?, ?)", ((topic, number) for topic in topics))
        kinds = {reason.kind for reason in story.reasons}
        tables.run_many("INSERT INTO reasons VALUES (?, ?)", ((kind, number) for kind in kinds))
        names = _credits(story)
        tables.run_many("INSERT INTO credits VALUES (?, ?)", ((name, number) for name in names))
        if story.verdict is not None:
            tables.run("INSERT INTO decisions VALUES (?, ?, ?, ?)", number, *_decision(entry))
        words = (story.title, story.excerpt, entry.text)
        insert = "INSERT INTO words (rowid, title, excerpt, text) VALUES (?, ?, ?, ?)"
        tables.run(insert, number, *(_questions.index_form(_encodable(text)) for text in words))


def put_failures(tables: DisposableDatabase, broken: Iterable[BrokenRecord]) -> None:
    """Store unreadable records in the search index; each replaces what was stored for its path."""
    for record in broken:
        forget(tables, (record.path,))
        row = (record.path, record.signature, _encodable(record.what), _encodable(record.hint))
        tables.run("INSERT INTO broken VALUES (?, ?, ?, ?)", *row)


def put_notes(tables: DisposableDatabase, notes: Mapping[str, str]) -> None:
    """Store named texts about the search index's state; each replaces the one of its name."""
    tables.run_many("INSERT OR REPLACE INTO notes VALUES (?, ?)", notes.items())


def put_marks(tables: DisposableDatabase, marks: Iterable[TextMarks]) -> None:
    """Store text fingerprints in the search index; each replaces the earlier one of its story."""
    for text in marks:
        for (story,) in tables.run("SELECT id FROM stories WHERE path = ?", text.path):
            forget_marks(tables, (story,))
            packed = array("L" if array("L").itemsize == _HASH_BYTES else "I", text.fingerprint)
            row = (story, text.site, text.habits, packed.tobytes())
            tables.run("INSERT INTO marks VALUES (?, ?, ?, ?)", *row)
            hashes = ((value, story) for value in set(text.fingerprint))
            tables.run_many("INSERT INTO hashes VALUES (?, ?)", hashes)


def forget_marks(tables: DisposableDatabase, stories: Iterable[int]) -> None:
    """Delete the text fingerprints of stories, given by their row numbers."""
    for story in stories:
        for (kept,) in tables.run("SELECT fingerprint FROM marks WHERE story = ?", story):
            values = _unpack(kept)
            rows = ((value, story) for value in values)
            tables.run_many("DELETE FROM hashes WHERE value = ? AND story = ?", rows)
            tables.run("DELETE FROM marks WHERE story = ?", story)


_HASH_BYTES = 4
_INSERT = f"INSERT INTO stories VALUES (NULL{', ?' * 18}) RETURNING id"


def _unpack(kept: bytes) -> array[int]:
    values = array("L" if array("L").itemsize == _HASH_BYTES else "I")
    values.frombytes(kept)
    return values


def _credits(story: Story) -> set[str]:
    """Return the publishers that a story credits, squashed, as `count_credits` returns them."""
    credited = (reason for reason in story.reasons if reason.kind is ReasonKind.CREDITS)
    named = (name for reason in credited for name in reason.values["publishers"].split(","))
    return {squash(name) for name in named} - {""}


def _forget_parts(tables: DisposableDatabase, story: int) -> None:
    tables.run("DELETE FROM addresses WHERE story = ?", story)
    tables.run("DELETE FROM topics WHERE story = ?", story)
    tables.run("DELETE FROM decisions WHERE story = ?", story)
    tables.run("DELETE FROM reasons WHERE story = ?", story)
    tables.run("DELETE FROM credits WHERE story = ?", story)
    tables.run("DELETE FROM words WHERE rowid = ?", story)
    forget_marks(tables, (story,))


def _row(entry: CatalogueEntry) -> tuple[object, ...]:
    story = entry.story
    return (
        story.path,
        entry.signature,
        story.path.rsplit("/", 1)[-1].removesuffix(".md"),
        story.path.startswith(_ARCHIVED),
        None if story.published_at is None else microseconds(story.published_at),
        entry.standing,
        entry.is_gone,
        _encodable(story.provider.domain) if story.provider else "",
        entry.source,
        story.language,
        _within(story.quality),
        _within(story.heat),
        _encodable(story.group),
        _encodable(story.copy_of),
        _is_ruled(story),
        not story.published,
        _within(entry.points),
        story.verdict.said if story.verdict else "",
    )


def _decision(entry: CatalogueEntry) -> tuple[object, ...]:
    """Return an editor's decision as a row: its time, the story's points, and whether it waited."""
    verdict = entry.story.verdict
    assert verdict is not None
    has_waited = any(reason.about == "held" for reason in entry.story.reasons)
    return (microseconds(verdict.at), _within(entry.gate_points), has_waited)


def _is_ruled(story: Story) -> bool:
    """Return whether an editor's rule, or a decision on a member, changed a story's group."""
    if story.verdict is not None and story.group:
        return True
    return bool(story.returns_to) or any(reason.is_group_ruled for reason in story.reasons)


def _within(number: int | None) -> int | None:
    """Return a number from a record, or the nearest one that SQLite can store."""
    return None if number is None else max(-(2**63), min(2**63 - 1, number))


def _encodable(text: str) -> str:
    """Return a text that UTF-8 can encode, with "?" for half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


# The two files' tables.

_Stamp = TypeVar("_Stamp", int, str)
_Compared = tuple[list[str], set[str]]
_CATALOGUE_VERSION, _PAGE_INDEX_VERSION = 7, 1
_CAN_DELETE_WORDS = (3, 43)  # SQLite can delete from a contentless full-text index since then
_WORDS = """CREATE VIRTUAL TABLE words USING fts5(
    title, excerpt, text, tokenize = "unicode61 remove_diacritics 2"{contents}
)"""
PAGE_INDEX_PARTS = (
    "entries", "listed", "needs", "hidden", "sums", "pieces", "kept", "cards",
)  # all tables but that of sites  # fmt: skip
# the head is empty while a build is running, and after one was killed
_STAMPS = """SELECT path, stamp FROM paper_sites AS built JOIN paper_entries AS story
    ON story.site = built.id AND path IN (SELECT value FROM json_each(?))
    WHERE built.site = ? AND head <> x''"""


_PAGE_INDEX_HINT = (
    "check the permissions of the folder and the free disk space; the next build replaces "
    "damaged data"
)
_HINT = "check the permissions of the folder and the free disk space; you can delete the file"


def open_tables(file: Path | None) -> DisposableDatabase:
    """Open the tables of a search index of stories, in a file or in memory.

    Raises CatalogueError if the file can be neither opened nor made.
    """

    def complain(what: str, error: Exception) -> CatalogueError:
        what = f"the story catalogue could not be {what} ({error})"
        return CatalogueError(what, subject=str(file or "memory"), hint=_HINT)

    can_delete = sqlite3.sqlite_version_info >= _CAN_DELETE_WORDS
    contents = ", content = '', contentless_delete = 1" if can_delete else ""
    statements = tables.load_text(__package__, "stories.sql") + _WORDS.format(contents=contents)
    return _make(DisposableDatabase(file, complain), statements, _CATALOGUE_VERSION)


def open_page_index(file: Path | None) -> DisposableDatabase:
    """Open the tables of a page index, in a file or in memory; raises PublishError."""

    def complain(what: str, error: Exception) -> PublishError:
        what = f"the page index of the site could not be {what} ({error})"
        return PublishError(what, subject=str(file or "memory"), hint=_PAGE_INDEX_HINT)

    statements = tables.load_text(__package__, "pages.sql")
    return _make(DisposableDatabase(file, complain), statements, _PAGE_INDEX_VERSION)


def _make(database: DisposableDatabase, statements: str, version: int) -> DisposableDatabase:
    """Create all tables unless those of this version exist; drop others."""
    if _version(database) == version:
        return database
    with database.at_once():
        if _version(database) != version:  # unless another process was faster
            _drop_tables(database)
            for statement in statements.split(";"):
                database.run(statement)
            database.run(f"PRAGMA user_version = {version}")
    return database


def _version(database: DisposableDatabase) -> int:
    return int(database.run("PRAGMA user_version")[0][0])


def _drop_tables(database: DisposableDatabase) -> None:
    there = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
    others = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    for names in (there, others):  # dropping a full-text index drops its own tables, too
        for (name,) in database.run(names):
            database.run(f'DROP TABLE IF EXISTS "{name}"')


# Stamps: what changes with a record's file, as it was when the record was last read.


def compare_stamps(known: Mapping[str, _Stamp], now: Mapping[str, _Stamp]) -> _Compared:
    """Compare file stamps: return the paths of new and changed records, and of those that are gone.

    A record with a stamp of 0 may have changed.
    """
    changed = [path for path, stamp in now.items() if not stamp or known.get(path) != stamp]
    return sorted(changed), known.keys() - now.keys()


BELOW = "path >= ? AND path <= ? AND instr(substr(path, ?), '/') = 0"
_LIVE = (("", "_archive/", 1 << 30), ("_archive0", "\U0010ffff", 1 << 30))


def find_bounds(looked: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Yield values for `BELOW`, which select live records and those directly in some folders.

    A folder may be a record's path, too. Nothing in folders of these folders is selected.
    """
    yield from _LIVE
    for place in looked:
        yield place, place, 1 << 30
        yield f"{place}/", f"{place}0", len(place) + 2


_SIGNATURES = """SELECT path, signature FROM stories WHERE path IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT path, signature FROM broken WHERE path IN (SELECT value FROM json_each(?1))"""


def read_signatures(file: Path, paths: Iterable[str]) -> dict[str, int]:
    """Return by path the signatures (stat values) of record files when the index read them.

    {} if the file cannot be read or is of another version; it is neither created nor changed.
    """
    return dict(databases.read_rows(file, _SIGNATURES, orjson.dumps([*paths]).decode()))


def read_stamps(file: Path, site: str, paths: Iterable[str]) -> dict[str, str]:
    """Return by path the stamps (record versions) of the given stories in the site's last build.

    The result is empty if the index cannot be read or has another version. It is not changed.
    """
    return dict(databases.read_rows(file, _STAMPS, orjson.dumps([*paths]).decode(), site))
