"""Find which stories changed since the last build, and keep the page index of all stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from copydesk.catalogue import compare_stamps, page_entries, page_updates
from copydesk.catalogue.page_entries import Grounds, StoryEntry, StoryKey
from copydesk.catalogue.page_index import KeptStories, PageIndex, Pictured
from copydesk.catalogue.page_updates import Pair
from copydesk.errors import PublishError
from copydesk.kit import processes
from copydesk.news import Beat, Story
from copydesk.news.ruling import find_ruled_matters, list_matter_acts
from copydesk.placement import addresses
from copydesk.placement.addresses import addressable_topics, topics_above
from copydesk.publish._story_reader import StoryReader
from copydesk.publish.writing import files_of, fingerprint

_AT_ONCE = 500
_PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("catalogue", "placement", "publish", "rendering")  # whose code and templates make a site
PictureLook = Callable[[str, str], tuple[str, tuple[str, ...]]]  # from a story's path and picture


@dataclass(slots=True, kw_only=True)
class Survey:
    """What changed since the last build, and the updated index of all stories (a `FiledStories`).

    `keys` are the keys by which the index lists stories, `grounds` what the keys' values depend on.
    `notes` are those of the last build, {} if there are none or they are ignored. `pairs` has the
    old and the new entry of each changed story, by path. `pictures` changes when the picture of any
    story may be shown differently. `matters` are the names in rules on matters that are new or
    undone.
    """

    index: PageIndex
    reader: StoryReader
    keys: tuple[StoryKey, ...]
    grounds: Grounds
    notes: Mapping[str, Any] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)
    pictures: str = ""
    matters: frozenset[str] = frozenset()

    def stamps(self) -> Mapping[str, str]:
        """Map each story's path to a version text, which changes when the story's
        record changes.
        """
        return self.index.stamps()

    def read(self, path: str) -> Story | None:
        """Return the story at a path, None if it cannot be read any more."""
        return self.reader(path)

    def has_record(self, name: str) -> bool:
        """Return whether a story record with this name exists, published or not."""
        return self.index.by_name(name) is not None

    def with_picture(self) -> Iterator[Pictured]:
        """Yield the stories that have a picture, in short form, last path first."""
        return self.index.with_picture()

    def has_public_image(self, image: str) -> bool:
        """Return whether a published story has the picture with this URL."""
        return self.index.has_public_image(image)

    def apply_pictures(self, look: PictureLook, digest: str) -> None:
        """Update how pictures are shown in the index of all stories; `digest` is a hash of that."""
        self.pictures = digest
        fresh = {now.path for _, now in self.pairs.values() if now is not None}
        if self.notes.get("pictures") != digest:
            every = self.index.with_picture()
            fresh.update(entry.path for entry in every if _looks_otherwise(entry, look))
        paths = sorted(fresh)
        for some in _split(paths):
            self._apply_pictures(some, look)
        self.pairs = {path: pair for path, pair in self.pairs.items() if pair[0] != pair[1]}

    def _apply_pictures(self, paths: Sequence[str], look: PictureLook) -> None:
        anew = [(old, _with_picture(old, look)) for old in self.index.at_paths(paths)]
        page_updates.set_pictures(self.index, [new for old, new in anew if new is not old])
        if self.notes:  # else all is new, and nothing can have changed
            for old, new in anew:
                was, _ = self.pairs.get(old.path, (old, old))
                self.pairs[old.path] = (was, new)


def _with_picture(entry: StoryEntry, look: PictureLook) -> StoryEntry:
    """Return a story's index entry, updated by how its picture is shown now."""
    shown, files = look(entry.path, entry.image)
    if (entry.shown, entry.files) == (shown, files):
        return entry
    return entry._replace(shown=shown, files=files)


def _looks_otherwise(entry: Pictured, look: PictureLook) -> bool:
    shown, files = look(entry.path, entry.image)
    return entry.shown != page_updates.picture_key(shown, files)


@cache
def _code() -> str:
    """Return a text that changes when copydesk's code for making pages changes or is installed
    again.
    """
    files = (file for room in _ROOMS for file in files_of(_PACKAGE / room))
    return repr([file for file in files if not file[0].endswith(".pyc")])


def digest_grounds(zone: str, above: Mapping[str, tuple[str, ...]], keys: tuple[str, ...]) -> str:
    """Return a hash of everything, besides a story itself, that decides which lists it is in."""
    return fingerprint(StoryEntry._fields, zone, above, keys, _code())


def take_survey(
    reader: StoryReader,
    beat: Beat,
    keys: tuple[StoryKey, ...],
    known: PageIndex | None = None,
    *,
    full: bool = False,
    workers: int = 1,
) -> Survey:
    """Find the stories whose records changed since the last build. With `full`, read all again.

    Raises PublishError if the site's time zone does not exist, WorkerError if a worker is killed.
    """
    index = known or PageIndex()
    above = topics_above(addressable_topics(beat))
    grounds = Grounds(zone=_zone(beat.timezone), above=above, rulings=beat.rulings)
    names = tuple(key.name for key in keys)
    listed = frozenset(key.name for key in keys if key.is_listed)
    notes = index.open(digest_grounds(beat.timezone, grounds.above, names), listed, anew=full)
    seen = Survey(index=index, reader=reader, keys=keys, grounds=grounds, notes=notes)
    if notes:
        reader.look_among(KeptStories(index))
        before = [tuple(act) for act in notes.get("matters", ())]
        seen.matters = find_ruled_matters(before, list_matter_acts(beat.rulings))
    seen.pairs = _take_changes(seen) if notes else _take_all(seen, workers)
    return seen


def _take_all(seen: Survey, workers: int) -> dict[str, Pair]:
    """Read all stories into an empty index of stories.

    What will not stay in memory is read by several processes.
    """
    index, stamps = seen.index, seen.reader.sweep("").stamps
    paths = sorted(stamps)
    last = {addresses.record_name(path): path for path in paths}
    lots = _split(paths[: -seen.reader.most], workers)
    with page_updates.filling(index, last) as add:
        job = processes.Job(
            pieces=len(lots),
            make=lambda number: [list(_read(lots[number], seen))],
            take=add,
            tell=lambda: seen.reader.lost,
        )
        count = workers if len(lots) > 1 and processes.can_fork() else 1
        for not_found in processes.do_all(job, count):
            seen.reader.read_again(not_found)
        for lot in _split(paths[-seen.reader.most :]):
            add(list(_read(lot, seen)))
    lost = stamps.keys() - index.stamps().keys()
    unread = {addresses.record_name(path) for path in lost}
    others = [path for path in paths if addresses.record_name(path) in unread and path not in lost]
    page_updates.update(index, list(_read(others, seen)), ())
    return {}


def _split(paths: Sequence[str], shares: int = 1) -> list[Sequence[str]]:
    size = min(_AT_ONCE, len(paths) // shares + 1)
    return [paths[start : start + size] for start in range(0, len(paths), size)]


def _take_changes(seen: Survey) -> dict[str, Pair]:
    """Read changed stories into the index of stories; return their old and new entries."""
    index, sweep = seen.index, seen.reader.sweep(seen.notes.get("swept", ""))
    before = index.stamps(sweep.looked)
    changed, gone = compare_stamps(before, sweep.stamps)
    if seen.matters:
        ruled = {entry.path for entry in page_updates.find_in_matters(index, seen.matters)}
        changed = sorted(({*changed} | ruled | index.list_passed_over()) - gone)
    fresh = list(_read(changed, seen))
    unread = set(changed) - {entry.path for entry in fresh}
    lost = gone | (before.keys() & unread)
    return page_updates.update(index, _keep_pictures(fresh, index), sorted(lost))


def _read(paths: Iterable[str], seen: Survey) -> Iterator[StoryEntry]:
    for path in paths:
        story = seen.reader(path)
        if story is not None:
            stamp = seen.reader.find_stamp(path)
            yield page_entries.make_entry(story, stamp, seen.keys, seen.grounds)


def _keep_pictures(fresh: Iterable[StoryEntry], index: PageIndex) -> list[StoryEntry]:
    """Return new index entries, with the old entry's cached picture if the picture is the same."""
    found = []
    for entry in fresh:
        was = index.at(entry.path)
        same = was is not None and was.image == entry.image
        found.append(entry._replace(shown=was.shown, files=was.files) if was and same else entry)
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PublishError(
            "unknown time zone", subject=name, hint='set site.timezone to a name such as "UTC"'
        ) from error
