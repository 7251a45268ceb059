"""Sort records that are not news (people, samples, newsletter issues, …) and find their pages.

Pages of records stay at everyday.cc's paths. Its readers guessed the paths of lists from them
(`/sample/`), so these paths lead to the lists.
"""

from __future__ import annotations

import dataclasses
import hashlib
import html
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast, overload

import orjson

from copydesk.catalogue.page_index import KeptStories
from copydesk.kit import dates, tables, text, urls
from copydesk.news import Record, Story
from copydesk.news.edition import FiledStories, StampSweep, SweptStories
from copydesk.placement import addresses
from copydesk.placement.addresses import Links

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from copydesk.catalogue.page_entries import StoryEntry

COLLECTIONS = tables.read_rows("copydesk.publish", "collections.toml", tuple[str, str])
_WITHOUT_PAGES = "communities"
_CUT = 138  # everyday.cc cut excerpts at the first space after 140 or 300 characters
# in the order in which pages link to them; each list is at a folder with its name
SHELVES = (
    "learning", "samples", "people", "communities", "companies", "events", "projects",
    "challenges",
)  # fmt: skip


def rank(records: Iterable[Record]) -> list[Record]:
    """Sort records by heat (score of current interest), hottest first, without those that editors
    removed.
    """
    shown = [record for record in records if not is_removed(record)]
    return sorted(shown, key=lambda record: (-heat(record), record.path))


def is_removed(record: Record) -> bool:
    """Return whether an editor removed a record from lists (SPEC 2.4)."""
    return record.fields.get("removed") is True or record.fields.get("published") is False


def is_shown(records: Iterable[Record]) -> bool:
    """Return whether any of the records is in lists, that is, not removed by an editor."""
    return not all(map(is_removed, records))


def heat(record: Record) -> float:
    """Return a record's heat (score of current interest) for sorting, 0 if it has none."""
    value = record.fields.get("heat")
    if isinstance(value, float) and math.isnan(value):
        return 0
    return value if isinstance(value, int | float) else 0


def list_letters(records: Iterable[Record]) -> list[Record]:
    """Return the newsletter issues that are not removed, newest first, undated ones last."""
    shown = [record for record in records if not is_removed(record)]
    return sorted(shown, key=lambda record: (sending_time(record), record.path), reverse=True)


def sending_time(record: Record) -> str:
    """Return when a newsletter issue was sent, as RFC 3339; "" if unknown."""
    at = record.fields.get("publishedDateTime")
    return dates.rfc3339(at) if isinstance(at, datetime) else ""


def first_text(value: object, *keys: str) -> str:
    """Return the text of the first named field that has one, white space folded; "" if none has."""
    fields = value.fields if isinstance(value, Record) else value
    if isinstance(fields, Mapping):
        for key in keys:
            found = fields.get(key)
            if isinstance(found, str) and (folded := text.fold(found)):
                return folded
    return ""


def prose(record: Record) -> str:
    """Return a record's short text (excerpt, bio or overview), with an ellipsis if it was cut."""
    value = first_text(record, "excerpt", "bio", "overview")
    plain = text.fold(html.unescape(html.unescape(value)))
    is_cut = len(plain) >= _CUT and plain[-1].isalnum()
    return f"{plain} …" if is_cut else plain


def texts(record: Record, key: str) -> list[str]:
    """Return a record's field as a list of names, [] if the field is no list."""
    value = record.fields.get(key)
    return [str(name) for name in value] if isinstance(value, list | tuple) else []


def _folder(collection: str) -> str:
    return "" if collection == _WITHOUT_PAGES else COLLECTIONS.get(collection, ("",))[0]


def page_folder(record: Record) -> str:
    """Return the folder of a record's own page on the site, "" if its collection has no pages."""
    folder = _folder(record.collection)
    below = addresses.record_folder(record.path).split("/", 1)[1]
    return f"{folder}/{below}" if folder else ""


def address(holder: object, key: str) -> str:
    """Return the URL in a record's field, "" if the field has no http(s) URL."""
    fields = holder.fields if isinstance(holder, Record) else holder
    value = fields.get(key) if isinstance(fields, Mapping) else None
    return first_text(fields, key) if isinstance(value, str) and urls.may_be_of_web(value) else ""


def page_address(record: Record, links: Links) -> str | None:
    """Return the URL of a record's own page on the site, None if the site has no page for it.

    A record has a page here if it has no `webUrl`, or if its `webUrl` is that very page. Every
    newsletter issue has one, whatever its `webUrl`.
    """
    folder = page_folder(record)
    address = links.page(folder) if folder else None
    if record.collection == "newsletters":
        return address
    return address if record.fields.get("webUrl") in {None, "", address} else None


def folder_redirects(records: Mapping[str, Iterable[Record]]) -> Mapping[str, str]:
    """Map old folders of lists, from the earlier program everyday.cc, to the folders that replace
    them.
    """
    shown = (*SHELVES, "newsletters")
    moved = {
        f"{_folder(name)}/": f"{name}/"
        for name in shown
        if _folder(name) and is_shown(records.get(name, ()))
    }
    found = {old: new for old, new in moved.items() if old != new}
    return found | ({"news/": "archive/"} if found else {})


# Read stories from their records when pages need them, with a cache; repair their texts.

IN_HAND = 32_768  # stories, 100 MB; pages are first made of those that the survey read last

Read = Callable[[str], Story | None]
_Item = TypeVar("_Item", Story, Record)


class StoryList:
    """A list of stories in memory, used in place of stories that are stored in files."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self._stories = {story.path: story for story in stories}

    def stamps(self) -> Mapping[str, str]:
        """Map each story's path to a hash of the story."""
        return {
            path: hashlib.blake2b(repr(story).encode("utf-8", "replace"), digest_size=8).hexdigest()
            for path, story in self._stories.items()
        }

    def read(self, path: str) -> Story | None:
        """Return the story at a path, None if there is none."""
        return self._stories.get(path)


class StoryReader:
    """Reads stories from their files by path, with a cache of the last `in_hand` stories."""

    def __init__(self, filed: FiledStories | Iterable[Story], in_hand: int = IN_HAND) -> None:
        self._filed = StoryList(filed) if isinstance(filed, Iterable) else filed
        self.most = in_hand
        self._in_hand: OrderedDict[str, Story | None] = OrderedDict()
        self._checked: set[str] = set()
        self._lost: set[str] = set()
        self._stamps: Mapping[str, str] = {}
        self._kept: KeptStories | None = None
        self._fresh: deque[tuple[str, Story]] = deque(maxlen=KeptStories.MOST)

    @property
    def lost(self) -> frozenset[str]:
        """Return the paths at which no story was found."""
        return frozenset(self._lost)

    def read_again(self, lost: frozenset[str]) -> None:
        """Read what another process could not, so that this one knows of it, too."""
        for path in sorted(lost - self._lost):
            self(path)

    def sweep(self, noted: str) -> StampSweep:
        """Return the version texts (stamps) of stories that may have changed since a `note`."""
        filed = self._filed
        found = (
            filed.sweep(noted)
            if isinstance(filed, SweptStories)
            else StampSweep(stamps=filed.stamps())
        )
        self._stamps = found.stamps
        return found

    def note(self) -> str:
        """Return the text by which the next build's sweep finds what changed, "" for none."""
        return self._filed.note() if isinstance(self._filed, SweptStories) else ""

    def look_among(self, kept: KeptStories) -> None:
        """Use `kept`, a cache of stories that earlier builds read, before reading a
        story's file.
        """
        self._kept = kept

    def keep(self) -> None:
        """Store the stories that this build read from their files, for the next build."""
        if self._kept is not None:
            self._kept.keep(self._fresh)

    def forget(self, paths: Iterable[str]) -> None:
        """Delete the stories at these paths from the cache that the next build uses."""
        if self._kept is not None:
            self._kept.forget(paths)

    def __call__(self, path: str) -> Story | None:
        """Return the story at a path with its texts repaired for UTF-8, or None if its file is
        gone.
        """
        if path in self._in_hand:
            self._in_hand.move_to_end(path)
            return self._in_hand[path]
        self._in_hand[path] = story = self._recall(path) or self._read(path)
        if len(self._in_hand) > self.most:
            self._in_hand.popitem(last=False)
        return story

    def _recall(self, path: str) -> Story | None:
        stamp = self.find_stamp(path)
        return self._kept.find(path, stamp) if self._kept is not None and stamp else None

    def find_stamp(self, path: str) -> str:
        """Return a story's version text: as it was seen now, or, if it was not, in the index."""
        stamp = self._stamps.get(path)
        return stamp or (self._kept.read_stamp(path) if self._kept is not None else "")

    def _read(self, path: str) -> Story | None:
        """Read a story from its record; one that needed no repair is not checked again."""
        found = self._filed.read(path)
        if found is None:
            self._lost.add(path)
        if found is None or path in self._checked:
            return found
        story = repair(found)
        if story is found:
            self._checked.add(path)
        if self._kept is not None and (stamp := self.find_stamp(path)):
            self._fresh.append((stamp, story))
        return story


class ListedStories(Sequence[Story]):
    """A sequence of stories, each read when it is needed. Stories whose file is gone are left out.

    `paths` are the paths of the entries, if they can be had without reading entries.
    """

    def __init__(
        self, entries: Sequence[StoryEntry], read: Read, paths: Sequence[str] | None = None
    ) -> None:
        self.entries = entries
        self._read = read
        self._paths = paths

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, at: int) -> Story: ...
    @overload
    def __getitem__(self, at: slice) -> ListedStories: ...
    def __getitem__(self, at: int | slice) -> Story | ListedStories:
        if isinstance(at, slice):
            paths = None if self._paths is None else self._paths[at]
            return ListedStories(self.entries[at], self._read, paths)
        story = self._read(self.entries[at].path)
        if story is None:
            raise IndexError(at)
        return story

    def __iter__(self) -> Iterator[Story]:
        paths = (entry.path for entry in self.entries) if self._paths is None else self._paths
        for path in paths:
            story = self._read(path)
            if story is not None:
                yield story


def repair(item: _Item) -> _Item:
    """Return a story or record in which texts that UTF-8 cannot encode (lone surrogates) are
    repaired.

    YAML can have `"\\ud83d"`, UTF-8 cannot. The fast encoder finds the one item in ten thousand.
    """
    try:
        orjson.dumps(item)
    except (TypeError, orjson.JSONEncodeError):
        return cast("_Item", _repair(item))
    return item


def _repair(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(_repair(key)): _repair(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_repair(inner) for inner in value)
    if isinstance(value, list):
        return [_repair(inner) for inner in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _repair_fields(value)
    return value


def _repair_fields(value: DataclassInstance) -> object:
    fields = {f.name: _repair(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return dataclasses.replace(value, **fields)
