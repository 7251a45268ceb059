"""Find out which stories changed since the last build, and make the plan of the site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from copydesk.catalogue import compare_stamps, page_entries, page_updates
from copydesk.catalogue.page_entries import DAY, Grounds, StoryEntry, StoryKey
from copydesk.catalogue.page_index import KeptStories, PageIndex, Pictured, Shelves
from copydesk.catalogue.page_updates import Pair
from copydesk.errors import PublishError
from copydesk.kit import urls
from copydesk.news import Beat, Edition, Record, Story
from copydesk.placement import (
    Coverages,
    FrontRules,
    Groups,
    Owners,
    addressable_topics,
    addresses,
    choose_front,
    local_time,
    pins_in_force,
    read_points,
    topics_above,
)
from copydesk.publish import _records, _story_reader
from copydesk.publish._plan import TRUSTED, Look, SitePlan, digest_grounds
from copydesk.publish._story_reader import ListedStories, StoryReader
from copydesk.publish.newsletters import LetterShelf, shelve_letters

_AT_ONCE = 500
PictureLook = Callable[[str, str], tuple[str, tuple[str, ...]]]  # from a story's path and picture


def make_site_plan(edition: Edition, seen: Survey, look: Look) -> SitePlan:
    """Sort an edition with surveyed stories into what is published."""
    beat = edition.beat
    seen.apply_pictures(look.picture, look.digest())
    read, index = seen.reader, seen.index
    records, lost_records = _addressable(map(_story_reader.repair, edition.records))
    groups = Groups(index)
    coverages = Coverages(owners=Owners(beat.organizations), index=index, read=read)
    official = frozenset(urls.registrable_domain(s.url) for s in beat.sources if s.official)
    by_collection = _by_collection(records)
    rules = _rules(edition, groups, coverages, official)
    rules = replace(rules, options=look.front, named=_find_public(groups, read))
    topics = addressable_topics(beat)
    stories = ListedStories(index.stories(), read, index.story_paths())
    counts = {key.name: index.sums(key.name) for key in seen.keys if key.is_listed}
    listed = {name: Shelves(some, _under(name, index, read)) for name, some in counts.items()}
    days = {date.fromisoformat(day): count for day, count in counts[DAY.name].items()}
    return SitePlan(
        beat=beat,
        at=edition.at,
        zone=seen.grounds.zone,
        links=_addresses(beat),
        index=index,
        counts=counts,
        listed=listed,
        by_day=Shelves(days, _under(DAY.name, index, read)),
        read=read,
        stories=stories,
        front=choose_front(stories, rules),
        topics=topics,
        groups=groups,
        coverages=coverages,
        official=official,
        gone=tuple(sorted(entry.folder for entry in index.removals())),
        records=by_collection,
        above=seen.grounds.above,
        look=look,
        letters=_shelve_letters(by_collection, edition, seen),
        lists={found.id: found for found in sorted(edition.lists, key=lambda found: found.id)},
        skipped=(*index.nameless(), *lost_records),
    )


def make_front_rules(edition: Edition, plan: SitePlan) -> FrontRules:
    """Return the rules that order the front page, from an edition and its plan."""
    rules = _rules(edition, plan.groups, plan.coverages, plan.official)
    named = _find_public(plan.groups, plan.read)
    return replace(rules, options=plan.look.front, named=named)


def _shelve_letters(
    records: Mapping[str, tuple[Record, ...]], edition: Edition, seen: Survey
) -> LetterShelf:
    letters = _records.list_letters(records.get("newsletters", ()))
    zone = seen.grounds.zone
    return shelve_letters(letters, edition.letters, lambda at: local_time(at, zone))


def _under(key: str, index: PageIndex, read: StoryReader) -> Callable[[object, int], ListedStories]:
    """Return a function that makes the list of stories under a value of a key."""

    def stories(value: object, count: int) -> ListedStories:
        heading = (key, str(value), count)
        return ListedStories(index.listing(*heading), read, index.paths(*heading))

    return stories


def _find_public(groups: Groups[StoryEntry], read: StoryReader) -> Callable[[str], Story | None]:
    def read_public(name: str) -> Story | None:
        entry = groups.public(name)
        return read(entry.path) if entry else None

    return read_public


def _addresses(beat: Beat) -> addresses.Links:
    site = beat.url or "http://localhost"
    return addresses.Links(site, beat.api_url or site)


def _rules(
    edition: Edition, groups: Groups[StoryEntry], coverages: Coverages, official: frozenset[str]
) -> FrontRules:
    """Return the rules that order the front page."""
    beat, owners = edition.beat, coverages.owners

    def is_firm(story: Story) -> bool:
        if coverages.of(story).newsrooms:
            return True
        return _domain(story) in official if story.trust is None else story.trust >= TRUSTED

    return FrontRules(
        at=edition.at,
        event=groups.event,
        owner=lambda story: owners.of(story.provider) or urls.host(story.web_url) or story.path,
        is_firm=is_firm,
        main_topic=beat.topic,
        read_points=read_points(edition.reads),
        pins=pins_in_force(beat, edition.at),
    )


def _domain(story: Story) -> str:
    return addresses.addressable_domain(story.provider.domain) if story.provider else ""


def _addressable(records: Iterable[Record]) -> tuple[dict[str, Record], list[str]]:
    """Map records to their folders, and list those that cannot have a URL."""
    by_folder: dict[str, Record] = {}
    lost = []
    for record in sorted(records, key=lambda record: record.path):
        folder = addresses.record_folder(record.path)
        if all(map(addresses.is_folder, folder.rstrip("/").split("/"))):
            by_folder[folder] = record
        else:
            lost.append(record.path)
    return by_folder, lost


def _by_collection(records: Mapping[str, Record]) -> dict[str, tuple[Record, ...]]:
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for _, record in sorted(records.items()):
        found[record.collection].append(record)
    return {collection: tuple(some) for collection, some in found.items()}


@dataclass(slots=True, kw_only=True)
class Survey:
    """The page index of all filed stories, up to date, as a `news.FiledStories`.

    `keys` are those by which it lists stories, `grounds` what these depend on. `notes` are those of
    the last build, {} if there are none or they are ignored. `pairs` has the old and the new entry
    of each changed story, by path. `pictures` changes when the picture of any story may be shown
    differently.
    """

    index: PageIndex
    reader: StoryReader
    keys: tuple[StoryKey, ...]
    grounds: Grounds
    notes: Mapping[str, Any] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)
    pictures: str = ""

    def stamps(self) -> Mapping[str, str]:
        """Return the stamps of all stories by path."""
        return self.index.stamps()

    def read(self, path: str) -> Story | None:
        """Return the story at a path, None if it cannot be read any more."""
        return self.reader(path)

    def has_record(self, name: str) -> bool:
        """Decide whether a story with this name is filed, published or not."""
        return self.index.by_name(name) is not None

    def with_picture(self) -> Iterator[Pictured]:
        """Return the stories with a picture in short form, the last by path first."""
        return self.index.with_picture()

    def has_public_image(self, image: str) -> bool:
        """Decide whether a published story has the picture of this URL."""
        return self.index.has_public_image(image)

    def apply_pictures(self, look: PictureLook, digest: str) -> None:
        """Update how pictures are shown; `digest` changes when any may be shown differently."""
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
        page_updates.set_pictures(self.index, [new for old, new in anew if new is not old])
        if self.notes:  # else all is new, and nothing can have changed
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
    return entry.shown != page_updates.picture_key(shown, files)


def take_survey(
    reader: StoryReader,
    beat: Beat,
    keys: tuple[StoryKey, ...],
    known: PageIndex | None = None,
    *,
    full: bool = False,
) -> Survey:
    """Find the stories that changed since the last build; with `full` read all again.

    Raises PublishError if the beat's time zone does not exist.
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
    """Read all stories into an empty index."""
    index, stamps = seen.index, seen.reader.stamps()
    paths = sorted(stamps)
    last = {addresses.record_name(path): path for path in paths}
    page_updates.fill(index, _read(paths, stamps, seen), last)
    lost = stamps.keys() - index.stamps().keys()
    unread = {addresses.record_name(path) for path in lost}
    others = [path for path in paths if addresses.record_name(path) in unread and path not in lost]
    page_updates.update(index, list(_read(others, stamps, seen)), ())
    return {}


def _take_changes(seen: Survey) -> dict[str, Pair]:
    """Read changed stories into the page index; return old and new entries."""
    index = seen.index
    before, now = index.stamps(), seen.reader.stamps()
    changed, gone = compare_stamps(before, now)
    fresh = list(_read(changed, now, seen))
    unread = set(changed) - {entry.path for entry in fresh}
    lost = gone | (before.keys() & unread)
    return page_updates.update(index, _keep_pictures(fresh, index), sorted(lost))


def _read(paths: Iterable[str], stamps: Mapping[str, str], seen: Survey) -> Iterator[StoryEntry]:
    for path in paths:
        story = seen.reader(path)
        if story is not None:
            yield page_entries.make_entry(story, stamps[path], seen.keys, seen.grounds)


def _keep_pictures(fresh: Iterable[StoryEntry], index: PageIndex) -> list[StoryEntry]:
    """Return entries with pictures shown as before, if they have the same picture."""
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
