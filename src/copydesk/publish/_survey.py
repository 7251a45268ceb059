"""The survey: which stories are filed, what each is for planning; only what changed is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from copydesk.errors import PublishError
from copydesk.news import Beat, Story
from copydesk.placement import addressable_topics, addresses, topics_above
from copydesk.publish import _entries, page_index
from copydesk.publish._entries import StoryEntry
from copydesk.publish._filed import StoryReader
from copydesk.publish._fingerprint import digest_grounds
from copydesk.publish._keys import Grounds, StoryKey
from copydesk.publish.page_index import KeptStories, PageIndex, Pair, Pictured

_AT_ONCE = 500
PictureLook = Callable[[str, str], tuple[str, tuple[str, ...]]]  # of a path and its picture


@dataclass(slots=True, kw_only=True)
class Survey:
    """The page index of all filed stories as they are now, as `news.FiledStories`.

    `keys` are those by which it is listed, `grounds` what they depend on. `notes` are those of the
    last time, {} where nothing of it is known or wanted. `pairs` hold of each story that has
    changed since, by its path, what it was and what it is. `pictures` changes when the picture of
    any story may be shown otherwise.
    """

    index: PageIndex
    reader: StoryReader
    keys: tuple[StoryKey, ...]
    grounds: Grounds
    notes: Mapping[str, Any] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)
    pictures: str = ""

    def stamps(self) -> Mapping[str, str]:
        """Return what changes with each story, by its path."""
        return self.index.stamps()

    def read(self, path: str) -> Story | None:
        """Return the story at a path, None where it cannot be read any more."""
        return self.reader(path)

    def has_record(self, name: str) -> bool:
        """Decide whether a story of a name is filed, published or not."""
        return self.index.by_name(name) is not None

    def with_picture(self) -> Iterator[Pictured]:
        """Return the stories with a picture in short, the last by path first."""
        return self.index.with_picture()

    def has_public_image(self, image: str) -> bool:
        """Decide whether a public story has the picture of this address."""
        return self.index.has_public_image(image)

    def apply_pictures(self, look: PictureLook, digest: str) -> None:
        """Take in how pictures are shown now; `digest` changes when any may be shown otherwise."""
        self.pictures = digest
        fresh = {now.path for _, now in self.pairs.values() if now is not None}
        if self.notes.get("pictures") != digest:
            every = self.index.with_picture()
            fresh.update(entry.path for entry in every if _looks_otherwise(entry, look))
        paths = sorted(fresh)
        for start in range(0, len(paths), _AT_ONCE):
            self._apply_pictures(paths[start : start + _AT_ONCE], look)
        self.pairs = {path: pair for path, pair in self.pairs.items() if pair[0] != pair[1]}

    def _apply_pictures(self, paths: list[str], look: PictureLook) -> None:
        anew = [(old, _with_picture(old, look)) for old in self.index.at_paths(paths)]
        page_index.set_pictures(self.index, [new for old, new in anew if new is not old])
        if self.notes:  # else all is new, and there is nothing that it differs from
            for old, new in anew:
                was, _ = self.pairs.get(old.path, (old, old))
                self.pairs[old.path] = (was, new)


def _with_picture(entry: StoryEntry, look: PictureLook) -> StoryEntry:
    """Return an entry with how its picture is shown now."""
    shown, files = look(entry.path, entry.image)
    if (entry.shown, entry.files) == (shown, files):
        return entry
    return entry._replace(shown=shown, files=files)


def _looks_otherwise(entry: Pictured, look: PictureLook) -> bool:
    shown, files = look(entry.path, entry.image)
    return entry.shown != page_index.picture_key(shown, files)


def take_survey(
    reader: StoryReader,
    beat: Beat,
    keys: tuple[StoryKey, ...],
    known: PageIndex | None = None,
    *,
    full: bool = False,
) -> Survey:
    """See which stories there are, by what is known of the last time; `full` believes nothing.

    Raises PublishError when the beat names a time zone that does not exist.
    """
    index = known or PageIndex()
    grounds = Grounds(zone=_zone(beat.timezone), above=topics_above(addressable_topics(beat)))
    names = tuple(key.name for key in keys)
    listed = frozenset(key.name for key in keys if key.is_listed)
    notes = index.open(digest_grounds(beat.timezone, grounds.above, names), listed, anew=full)
    seen = Survey(index=index, reader=reader, keys=keys, grounds=grounds, notes=notes)
    if notes:
        reader.look_among(KeptStories(index))
    seen.pairs = _take_changes(seen) if notes else _take_all(seen)
    return seen


def _take_all(seen: Survey) -> dict[str, Pair]:
    """Read all stories into an empty index; there is nothing that they differ from."""
    index, stamps = seen.index, seen.reader.stamps()
    paths = sorted(stamps)
    last = {addresses.record_name(path): path for path in paths}
    page_index.fill(index, _read(paths, stamps, seen), last)
    lost = stamps.keys() - index.stamps().keys()
    unread = {addresses.record_name(path) for path in lost}
    others = [path for path in paths if addresses.record_name(path) in unread and path not in lost]
    page_index.update(index, list(_read(others, stamps, seen)), ())
    return {}


def _take_changes(seen: Survey) -> dict[str, Pair]:
    """Read what has changed into the page index; return what it was and is."""
    index = seen.index
    before, now = index.stamps(), seen.reader.stamps()
    changed = sorted(path for path, stamp in now.items() if before.get(path) != stamp)
    fresh = list(_read(changed, now, seen))
    unread = set(changed) - {entry.path for entry in fresh}
    lost = before.keys() & ((before.keys() - now.keys()) | unread)
    return page_index.update(index, _keep_pictures(fresh, index), sorted(lost))


def _read(paths: Iterable[str], stamps: Mapping[str, str], seen: Survey) -> Iterator[StoryEntry]:
    for path in paths:
        story = seen.reader(path)
        if story is not None:
            yield _entries.make_entry(story, stamps[path], seen.keys, seen.grounds)


def _keep_pictures(fresh: Iterable[StoryEntry], index: PageIndex) -> list[StoryEntry]:
    """Return entries shown as they were, where they have the picture that they had."""
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
            "no such time zone", subject=name, hint='site.timezone wants a name such as "UTC"'
        ) from error
