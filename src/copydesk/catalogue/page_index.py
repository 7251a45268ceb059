"""The page index: what a build of the site knows of each story, listed by topic, day and so on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar, overload

import msgspec
import orjson

from copydesk.catalogue._entries import BELOW, PAGE_INDEX_PARTS, find_bounds, open_page_index
from copydesk.catalogue.page_entries import StoryEntry, restore_entry
from copydesk.news import Story

# values of `place`; a story out of an archive of the web is public, but not among the others
ARCHIVED, PUBLIC, FILED, REMOVED, PASSED = 3, 2, 1, 0, -1
_IN_HAND = 4096  # entries in the cache by name
_AT_ONCE = 500  # values in one statement
# All lists have the newest stories first, those of equal time by path.
_ALL = """SELECT entry FROM paper_entries WHERE site = ? AND place = 2
    ORDER BY at DESC, path LIMIT ? OFFSET ?"""
_ALL_PATHS = """SELECT path FROM paper_entries WHERE site = ? AND place = 2
    ORDER BY at DESC, path LIMIT ? OFFSET ?"""
_HOSTED = """SELECT entry FROM paper_entries WHERE site = ? AND place = 2 AND hosted = 1
    ORDER BY at DESC, path LIMIT ? OFFSET ?"""
_LISTED = """SELECT entry FROM paper_listed AS under JOIN paper_entries AS story
    ON story.site = under.site AND story.path = under.path
    WHERE under.site = ? AND kind = ? AND value = ?
    ORDER BY under.at DESC, under.path LIMIT ? OFFSET ?"""
_OLDEST_FIRST = """SELECT entry FROM paper_listed AS under JOIN paper_entries AS story
    ON story.site = under.site AND story.path = under.path
    WHERE under.site = ? AND kind = ? AND value = ?
    ORDER BY under.at, under.path DESC LIMIT ? OFFSET ?"""
_LISTED_PAGES = """SELECT name, changed FROM paper_listed AS under JOIN paper_entries AS story
    ON story.site = under.site AND story.path = under.path
    WHERE under.site = ? AND kind = ? AND value = ?
    ORDER BY under.at DESC, under.path LIMIT ? OFFSET ?"""
_LISTED_PATHS = """SELECT path FROM paper_listed WHERE site = ? AND kind = ? AND value = ?
    ORDER BY at DESC, path LIMIT ? OFFSET ?"""
# the number of stories before one in a list: newer ones, then those of the same time
_NEWER = (
    """SELECT count(*) FROM paper_entries INDEXED BY paper_stories
    WHERE site = ? AND place = 2 AND at > ?""",
    """SELECT count(*) FROM paper_entries INDEXED BY paper_stories
    WHERE site = ? AND place = 2 AND at = ? AND path < ?""",
)
_NEWER_LISTED = (
    """SELECT count(*) FROM paper_listed
    WHERE site = ? AND kind = ? AND value = ? AND at > ?""",
    """SELECT count(*) FROM paper_listed
    WHERE site = ? AND kind = ? AND value = ? AND at = ? AND path < ?""",
)
_FIRST_FETCHED, _MOST_FETCHED = (125, 1000)  # entries fetched first, and at most, by an iteration
_Item = TypeVar("_Item")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def entry_of(kept: bytes) -> StoryEntry:
    """Decode a story's page index entry from JSON."""
    return restore_entry(orjson.loads(kept))


class Pictured(NamedTuple):
    """A story with a picture, in short form; `shown` is how the last build showed the picture."""

    path: str
    image: str
    shown: str
    web_url: str
    domain: str


class PageIndex:
    """An index of one site's stories by topic, day and so on, from which a build makes the pages.

    If several records have one name, the last by path counts, and the others are passed over: their
    entries have no name. `listed` are the names of the keys for which it keeps ordered lists.
    """

    def __init__(self, file: Path | None = None, site: str = "") -> None:
        self.tables = open_page_index(file)
        self.listed: frozenset[str] = frozenset()
        self.number = 0
        self._site = site
        self._by_name: dict[str, StoryEntry | None] = {}
        self._copied: frozenset[str] | None = None

    def open(self, made_by: str, listed: frozenset[str], *, anew: bool = False) -> dict[str, Any]:
        """Open the index for a build; return the last build's notes, {} if there are none of this
        version.

        Changes from here on are kept only by `commit`.
        """
        self.listed = listed
        self.tables.begin()
        self.number, known, head = self._open_site(made_by)
        self.forget_names()
        if head and known == made_by and not anew:
            return dict(orjson.loads(head))
        for part in PAGE_INDEX_PARTS:  # a build that was killed left its entries, too
            self.tables.run(f"DELETE FROM paper_{part} WHERE site = ?", self.number)
        update = "UPDATE paper_sites SET made_by = ?, head = x'' WHERE id = ?"
        self.tables.run(update, made_by, self.number)
        return {}

    def _open_site(self, made_by: str) -> tuple[int, str, bytes]:
        """Return the site's number, the version of the code that wrote it, and its notes (b"" for
        none).
        """
        find = "SELECT id, made_by, head FROM paper_sites WHERE site = ?"
        insert = "INSERT INTO paper_sites VALUES (NULL, ?, ?, x'') RETURNING id, made_by, head"
        run, site = self.tables.run, self._site
        found: tuple[int, str, bytes] = (run(find, site) or run(insert, site, made_by))[0]
        return found

    def share(self) -> bool:
        """Make the index readable for forked processes until `resume`; False if it is in memory.

        What there is so far is committed, but without notes, so that after an interruption the next
        build starts afresh.
        """
        self.tables.run("UPDATE paper_sites SET head = ? WHERE id = ?", b"", self.number)
        return self.tables.share()

    def resume(self) -> None:
        """End `share`: collect changes again, which are stored only by `commit`."""
        self.tables.resume()

    def commit(self) -> None:
        """Store the changes since `open` permanently."""
        self.tables.commit()

    def rollback(self) -> None:
        """Undo the changes since `open`."""
        self.tables.rollback()

    def close(self) -> None:
        """Close the index's file; changes without `commit` are lost."""
        self.tables.close()

    def note(self, notes: Mapping[str, object]) -> None:
        """Store notes (JSON values) that the next build's `open` returns."""
        head = orjson.dumps(notes)
        self.tables.run("UPDATE paper_sites SET head = ? WHERE id = ?", head, self.number)

    def stamps(self, looked: Collection[str] | None = None) -> dict[str, str]:
        """Return by path the stamp (record version) that each story had when it was last read.

        With `looked`, only of live stories, and those in these folders of the archive or at these
        paths.
        """
        query = "SELECT path, stamp FROM paper_entries WHERE site = ?"
        if looked is None:
            return dict(self._rows(query))
        lots = (self._rows(f"{query} AND {BELOW}", *bounds) for bounds in find_bounds(looked))
        return {path: stamp for rows in lots for path, stamp in rows}

    def sums(self, kind: str) -> dict[str, int]:
        """Return the number of published stories for each value of a key, such as each topic."""
        query = "SELECT what, count FROM paper_sums WHERE site = ? AND kind = ? AND count > 0"
        return dict(self._rows(query, kind))

    def newest_under(self, kind: str, most: int) -> list[str]:
        """Return the values of a key, such as matters, those with the newest stories first."""
        query = (
            "SELECT value FROM paper_listed WHERE site = ? AND kind = ?"
            " GROUP BY value ORDER BY max(at) DESC, value LIMIT ?"
        )
        return [value for (value,) in self._rows(query, kind, most)]

    def count(self) -> int:
        """Return the number of published stories."""
        return self.sums("all").get("", 0)

    def count_under(self, kind: str, value: str) -> int:
        """Return the number of published stories under a key and value ("topic", "ai-policy")."""
        query = "SELECT count FROM paper_sums WHERE site = ? AND kind = ? AND what = ?"
        return next((count for (count,) in self._rows(query, kind, value)), 0)

    def listing(self, kind: str, value: str, count: int) -> Listing[StoryEntry]:
        """Return the stories listed under a key and value (such as a topic), newest first, then by
        path.
        """
        return Listing(partial(self._fetch, _LISTED, (kind, value)), count)

    def oldest_first(self, kind: str, value: str, count: int) -> Listing[StoryEntry]:
        """Return the stories listed under a key and value (such as a topic), oldest first."""
        return Listing(partial(self._fetch, _OLDEST_FIRST, (kind, value)), count)

    def paths(self, kind: str, value: str, count: int) -> Listing[str]:
        """Return the paths of the stories listed under a key and value; faster than `listing`."""
        return Listing(partial(self._paths, _LISTED_PATHS, (kind, value)), count)

    def pages_under(self, kind: str, value: str, count: int) -> Listing[tuple[str, str]]:
        """Return record name and last change of each story listed under a key and value."""

        def fetch(start: int, some: int) -> list[tuple[str, str]]:
            return self._rows(_LISTED_PAGES, kind, value, some, start)

        return Listing(fetch, count)

    def stories(self) -> Listing[StoryEntry]:
        """Return the index entries of all published stories, newest first."""
        return Listing(partial(self._fetch, _ALL, ()), self.count())

    def story_paths(self) -> Listing[str]:
        """Return the paths of all published stories, newest first."""
        return Listing(partial(self._paths, _ALL_PATHS, ()), self.count())

    def only_here(self) -> Listing[StoryEntry]:
        """Return the published stories that this site itself hosts, and that are on no other."""
        query = "SELECT count(*) FROM paper_entries WHERE site = ? AND place = 2 AND hosted = 1"
        return Listing(partial(self._fetch, _HOSTED, ()), self._rows(query)[0][0])

    def by_name(self, name: str) -> StoryEntry | None:
        """Return the story whose file has this name without `.md`, published or not, or None."""
        if name not in self._by_name:
            if len(self._by_name) >= _IN_HAND:
                self._by_name.clear()
            query = "SELECT entry FROM paper_entries WHERE site = ? AND name = ? AND place >= 0"
            self._by_name[name] = next(iter(self._entries(query, name)), None)
        return self._by_name[name]

    def forget_names(self) -> None:
        """Empty the cache that finds entries by record name, after entries changed."""
        self._by_name.clear()
        self._copied = None

    def at_paths(self, paths: Collection[str]) -> list[StoryEntry]:
        """Return the entries at these paths, except those whose record name another path has."""
        query = (
            "SELECT entry FROM paper_entries WHERE site = ? AND path IN ({}) AND place >= 0"
            " ORDER BY path"
        )
        return [entry_of(entry) for (entry,) in self._among(query, paths)]

    def at(self, path: str) -> StoryEntry | None:
        """Return the entry at a path, None if there is none or another path has its name."""
        query = "SELECT entry FROM paper_entries WHERE site = ? AND path = ? AND place >= 0"
        return next(iter(self._entries(query, path)), None)

    def members(self, group: str) -> list[StoryEntry]:
        """Return the published stories of a group (on one event), newest first."""
        query = (
            "SELECT entry FROM paper_entries INDEXED BY paper_groups"
            " WHERE site = ? AND story_group = ? AND story_group <> '' AND place = 2"
            " ORDER BY at DESC, path"
        )
        return self._entries(query, group)

    def list_with_changes(self, group: str) -> list[StoryEntry]:
        """Return the stories of a group that their publishers changed, with a page or not, by path.

        Stories that an editor removed are left out.
        """
        query = (
            "SELECT entry FROM paper_entries INDEXED BY paper_groups"
            " WHERE site = ? AND story_group = ? AND story_group <> '' AND place >= 1 ORDER BY path"
        )
        return [entry for entry in self._entries(query, group) if entry.has_changed]

    def groups(self) -> Iterator[str]:
        """Yield the names of groups that have published stories, in order of their newest story."""
        query = (
            "SELECT story_group FROM paper_entries"
            " WHERE site = ? AND place = 2 AND story_group <> ''"
            " ORDER BY at DESC, path LIMIT ? OFFSET ?"
        )
        seen: set[str] = set()
        for start in range(0, self.count(), _AT_ONCE):
            for (story_group,) in self._rows(query, _AT_ONCE, start):
                if story_group not in seen:
                    seen.add(story_group)
                    yield story_group

    def copies(self, name: str) -> list[StoryEntry]:
        """Return the stories that copy the text of the story with a record name, by path."""
        if self._copied is None:
            query = "SELECT DISTINCT copy_of FROM paper_entries WHERE site = ? AND copy_of <> ''"
            self._copied = frozenset(original for (original,) in self._rows(query))
        if name not in self._copied:
            return []
        query = (
            "SELECT entry FROM paper_entries INDEXED BY paper_copies"
            " WHERE site = ? AND copy_of = ? AND copy_of <> '' AND place >= 1 ORDER BY path"
        )
        return self._entries(query, name)

    def addresses_to_hide(self, addresses: Collection[str]) -> set[str]:
        """Return those of the URLs that belong to copies, or to stories that an editor removed."""
        query = "SELECT address FROM paper_hidden WHERE site = ? AND address IN ({})"
        return {address for (address,) in self._among(query, addresses)}

    def credits(self, addresses: Collection[str]) -> dict[str, str]:
        """Return by URL the news agency that wrote the story there, if any."""
        query = (
            "SELECT address, credit FROM paper_entries INDEXED BY paper_credits"
            " WHERE site = ? AND address IN ({}) AND credit <> '' AND place >= 1 ORDER BY path"
        )
        return dict(self._among(query, addresses))

    def needing(self, whats: Collection[str]) -> set[str]:
        """Return the paths of stories whose pages may mention these story or publisher names."""
        query = "SELECT path FROM paper_needs WHERE site = ? AND what IN ({})"
        return {path for (path,) in self._among(query, whats)}

    def names_of(self, groups: Collection[str]) -> set[str]:
        """Return the record names of all stories in the given groups."""
        query = (
            "SELECT name FROM paper_entries WHERE site = ? AND story_group <> '' AND place >= 0"
            " AND story_group IN ({})"
        )
        return {name for (name,) in self._among(query, groups)}

    def former_leaders(self, groups: Collection[str] | None = None) -> list[StoryEntry]:
        """Return stories without a page that once were the main one of their group (any, or
        `groups`).
        """
        query = "SELECT entry FROM paper_entries WHERE site = ? AND place = 1 AND led = 1"
        if groups is None:
            return self._entries(f"{query} ORDER BY path")
        among = query + " AND story_group <> '' AND story_group IN ({})"
        return [entry_of(entry) for (entry,) in self._among(among, groups)]

    def removals(self) -> list[StoryEntry]:
        """Return the index entries of stories that an editor removed."""
        query = "SELECT entry FROM paper_entries WHERE site = ? AND place = 0 ORDER BY path"
        return self._entries(query)

    def list_passed_over(self) -> set[str]:
        """Return the paths of records that have no page, as a later one has their name."""
        query = "SELECT path FROM paper_entries WHERE site = ? AND place = -1"
        return {path for (path,) in self._rows(query)}

    def nameless(self) -> list[str]:
        """Return the paths of story records whose name cannot be part of a URL."""
        query = "SELECT path FROM paper_entries WHERE site = ? AND name = '' ORDER BY path"
        return [path for (path,) in self._rows(query)]

    def with_picture(self) -> Iterator[Pictured]:
        """Yield the stories that have a picture, in short form, last path first."""
        query = (
            "SELECT path, image, shown, web_url, domain FROM paper_entries"
            " WHERE site = ? AND image <> '' ORDER BY path DESC"
        )
        yield from map(Pictured._make, self._rows(query))

    def has_public_image(self, image: str) -> bool:
        """Return whether a published story has the picture with this URL."""
        query = (
            "SELECT 1 FROM paper_entries WHERE site = ? AND image = ? AND image <> ''"
            " AND place = 2 LIMIT 1"
        )
        return bool(self._rows(query, image))

    def showing(self, image: str) -> Iterator[StoryEntry]:
        """Return the published stories that have the picture with this URL."""
        query = (
            "SELECT entry FROM paper_entries WHERE site = ? AND image = ? AND image <> ''"
            " AND place = 2"
        )
        return iter(self._entries(query, image))

    def newer(self, entry: StoryEntry, kind: str, value: str) -> int:
        """Return how many published stories come before a story in the list of a key and value."""
        is_listed = kind in self.listed
        heading = (kind, value) if is_listed else ()
        by_time, by_path = _NEWER_LISTED if is_listed else _NEWER
        newer = self._rows(by_time, *heading, entry.when)
        beside = self._rows(by_path, *heading, entry.when, entry.path)
        return int(newer[0][0]) + int(beside[0][0])

    def _paths(self, query: str, values: tuple[object, ...], start: int, count: int) -> list[str]:
        return [path for (path,) in self._rows(query, *values, count, start)]

    def _fetch(
        self, query: str, values: tuple[object, ...], start: int, count: int
    ) -> list[StoryEntry]:
        return self._entries(query, *values, count, start)

    def _entries(self, query: str, *values: object) -> list[StoryEntry]:
        return [entry_of(entry) for (entry,) in self._rows(query, *values)]

    def _among(self, query: str, values: Iterable[str]) -> Iterator[tuple[Any, ...]]:
        asked = sorted(set(values))
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            yield from self._rows(query.format(", ".join("?" * len(some))), *some)

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.tables.run(query, self.number, *values)


class Listing(Sequence[_Item]):
    """A sequence of page index entries, or of parts of them, fetched from the database on demand.

    `fetch` returns a number of them from a position on.
    """

    def __init__(
        self, fetch: Callable[[int, int], list[_Item]], count: int, start: int = 0
    ) -> None:
        self._fetch = fetch
        self._count = count
        self._start = start

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> _Item: ...
    @overload
    def __getitem__(self, at: slice) -> Listing[_Item]: ...
    def __getitem__(self, at: int | slice) -> _Item | Listing[_Item]:
        if isinstance(at, slice):
            start, stop, _ = at.indices(self._count)
            return Listing(self._fetch, max(0, stop - start), self._start + start)
        place = at + self._count if at < 0 else at
        if not 0 <= place < self._count:
            raise IndexError(at)
        return self._fetch(self._start + place, 1)[0]

    def __iter__(self) -> Iterator[_Item]:
        start, some = 0, _FIRST_FETCHED
        while start < self._count:
            yield from self._fetch(self._start + start, min(some, self._count - start))
            start, some = start + some, min(_MOST_FETCHED, 2 * some)


class Shelves(Mapping[_Key, _Value], Generic[_Key, _Value]):
    """Maps each value of a key (such as each topic) to the list of its stories, made on demand."""

    def __init__(self, counts: Mapping[_Key, int], make: Callable[[_Key, int], _Value]) -> None:
        self._counts = counts
        self._make = make

    def __getitem__(self, key: _Key) -> _Value:
        return self._make(key, self._counts[key])

    def __contains__(self, key: object) -> bool:
        return key in self._counts

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)


# What the page index keeps beside entries: stories' list fragments, and share pictures in use.

Make = Callable[[StoryEntry], bytes | None]


class Pieces:
    """JSON of single stories ("fragments"), stored for making the lists of the site's API."""

    def __init__(self, index: PageIndex) -> None:
        self._tables = index.tables
        self._site = index.number

    def prepare(self, entries: Iterable[StoryEntry], make: Make) -> None:
        """Make and store the JSON fragments of those of the stories that have none."""
        for _ in self.each(entries, make):
            pass

    def each(self, entries: Iterable[StoryEntry], make: Make) -> Iterator[tuple[StoryEntry, bytes]]:
        """Yield stories with their JSON fragments; make missing ones, skip stories without any."""
        stories = iter(entries)
        while some := list(islice(stories, _AT_ONCE)):
            known = self._find(some)
            fresh = [entry for entry in some if entry.path not in known]
            made = {entry.path: piece for entry in fresh if (piece := make(entry)) is not None}
            self._keep([entry for entry in fresh if entry.path in made], made)
            found = {**known, **made}
            yield from ((entry, found[entry.path]) for entry in some if entry.path in found)

    def forget(self, paths: Iterable[str]) -> None:
        """Delete the stored JSON fragments of the stories at the given paths."""
        drop = "DELETE FROM paper_pieces WHERE site = ? AND path = ?"
        self._tables.run_many(drop, [(self._site, path) for path in paths])

    def forget_all(self) -> None:
        """Delete all stored JSON fragments, after a change of anything else in them."""
        self._tables.run("DELETE FROM paper_pieces WHERE site = ?", self._site)

    def _find(self, entries: Sequence[StoryEntry]) -> dict[str, bytes]:
        """Return the JSON fragments of those of the stories that did not change since."""
        stamps = {entry.path: _stamp(entry) for entry in entries}
        marks = ", ".join("?" * len(stamps))
        query = f"SELECT path, stamp, piece FROM paper_pieces WHERE site = ? AND path IN ({marks})"
        rows = self._tables.run(query, self._site, *stamps)
        return {path: piece for path, stamp, piece in rows if stamp == stamps[path]}

    def _keep(self, entries: Sequence[StoryEntry], made: dict[str, bytes]) -> None:
        rows = [(self._site, entry.path, _stamp(entry), made[entry.path]) for entry in entries]
        if rows:
            self._tables.run_many("INSERT OR REPLACE INTO paper_pieces VALUES (?, ?, ?, ?)", rows)


def _stamp(entry: StoryEntry) -> str:
    return f"{entry.stamp} {entry.shown}"


class Drawings:
    """The share image files that a site's pages show, by the story's path or the page's heading."""

    def __init__(self, index: PageIndex) -> None:
        self._run = index.tables.run
        self._run_many = index.tables.run_many
        self._site = index.number

    def all(self) -> frozenset[str]:
        """Return the file names of all share images in use."""
        query = "SELECT DISTINCT file FROM paper_cards WHERE site = ?"
        return frozenset(file for (file,) in self._run(query, self._site))

    def replace(self, pages: Iterable[str], used: Mapping[str, str]) -> frozenset[str]:
        """Store which share images some pages show now; return the files that no page shows now."""
        keys = sorted({*pages, *used})
        before = {file for key in keys for file in self._files_of(key)}
        query = "DELETE FROM paper_cards WHERE site = ? AND page = ?"
        self._run_many(query, [(self._site, key) for key in keys])
        rows = [(self._site, key, file) for key, file in used.items()]
        self._run_many("INSERT INTO paper_cards VALUES (?, ?, ?)", rows)
        return frozenset(file for file in before if not self._is_shown(file))

    def reset(self, used: Mapping[str, str]) -> frozenset[str]:
        """Store that `used` are all share images in use; return the files no longer shown."""
        before = self.all()
        self._run("DELETE FROM paper_cards WHERE site = ?", self._site)
        rows = [(self._site, key, file) for key, file in used.items()]
        self._run_many("INSERT INTO paper_cards VALUES (?, ?, ?)", rows)
        return before - set(used.values())

    def _files_of(self, page: str) -> list[str]:
        query = "SELECT file FROM paper_cards WHERE site = ? AND page = ?"
        return [file for (file,) in self._run(query, self._site, page)]

    def _is_shown(self, file: str) -> bool:
        query = "SELECT 1 FROM paper_cards WHERE site = ? AND file = ?"
        return bool(self._run(query, self._site, file))


_FIND = "SELECT story FROM paper_kept WHERE site = ? AND path = ? AND stamp = ?"
_KEEP = "INSERT OR REPLACE INTO paper_kept VALUES (NULL, ?, ?, ?, ?)"
_DROP = """DELETE FROM paper_kept WHERE site = ?1 AND id <= (
    SELECT id FROM paper_kept WHERE site = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)"""


class KeptStories:
    """A cache of the last thousand stories that builds of a site read, stored in the page index.

    A build that adds a story prints some hundred others on its lists: front page, search, feeds. To
    parse a record takes ten times as long as to decode a kept story.
    """

    MOST = 1_000  # of a site: 6 MB, at most 64
    LONGEST = 64_000  # bytes, so that no record makes the index large

    def __init__(self, index: PageIndex) -> None:
        self._index = index
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Story).decode

    def find(self, path: str, stamp: str) -> Story | None:
        """Return the cached story for a path and stamp (record version), None if there is none."""
        rows = self._index.tables.run(_FIND, self._index.number, path, stamp)
        return self._decode_soundly(rows[0][0]) if rows else None

    def read_stamp(self, path: str) -> str:
        """Return the stamp that a story had when the index read it, "" if it has none."""
        query = "SELECT stamp FROM paper_entries WHERE site = ? AND path = ?"
        rows = self._index.tables.run(query, self._index.number, path)
        return str(rows[0][0]) if rows else ""

    def keep(self, stories: Iterable[tuple[str, Story]]) -> None:
        """Add stories, given as (stamp, story), to the cache; the oldest ones are dropped."""
        site = self._index.number
        rows = [
            (site, story.path, stamp, kept)
            for stamp, story in stories
            if (kept := self._encode_soundly(story)) is not None
        ]
        if rows:
            self._index.tables.run_many(_KEEP, rows[-self.MOST :])
            self._index.tables.run(_DROP, site, self.MOST)

    def forget(self, paths: Iterable[str]) -> None:
        """Delete the stories at the given paths from the cache."""
        drop = "DELETE FROM paper_kept WHERE site = ? AND path = ?"
        self._index.tables.run_many(drop, [(self._index.number, path) for path in paths])

    def _encode_soundly(self, story: Story) -> bytes | None:
        """Encode a story so that decoding returns it unchanged, None if that is impossible."""
        try:
            kept = self._encode(story)
        except (msgspec.EncodeError, ValueError):
            return None
        is_small = len(kept) <= self.LONGEST
        return kept if is_small and repr(self._decode_soundly(kept)) == repr(story) else None

    def _decode_soundly(self, kept: bytes) -> Story | None:
        """Decode a stored story, None if the bytes are not in our format."""
        try:
            return self._decode(kept)
        except msgspec.DecodeError:
            return None
