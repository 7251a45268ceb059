"""Keep in git what a site shows and its records lack, before the site is built from them.

That are the front page, and the pictures and cards of stories. So the site can be built again, byte
for byte, from a clone of the newsroom: `copydesk verify` does it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import copydesk
from copydesk import placement
from copydesk.archive import FileChange, shown
from copydesk.archive.change import Change
from copydesk.config import Settings
from copydesk.errors import CopydeskError
from copydesk.kit import within
from copydesk.memory import Memory
from copydesk.news import Story
from copydesk.news.edition import (
    Draw,
    FrontPlace,
    FrontRule,
    KeptFront,
    Show,
    ShownPicture,
    SiteOrigin,
    Thumbnail,
)
from copydesk.newsroom import Newsroom, Troubles
from copydesk.placement import addresses
from copydesk.publish import SharePictures, SitePlan, Survey
from copydesk.publish.site import find_editions, show_fronts

_PICTURE_BYTES = 50_000_000


def keeps_fronts(newsroom: Newsroom) -> bool:
    """Return whether a run has begun to keep front pages in this newsroom."""
    return (newsroom.root / shown.FRONTS).is_dir()


def choose_past(fronts: Iterable[KeptFront], now: datetime) -> tuple[KeptFront, ...]:
    """Return the front pages up to a time; later ones were kept by a clock that was wrong."""
    return tuple(front for front in fronts if front.at <= now)


def is_due(fronts: Sequence[KeptFront], now: datetime) -> bool:
    """Return whether the hour of a time has no kept front page yet."""
    hour = f"{now:%F %H}"
    return all(f"{front.at:%F %H}" != hour for front in fronts[-1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNotes:
    """Notes what a build shows: `fronts` are all kept front pages, as git has them before.

    `points` are those for page views. `draw` draws cards, as in `PublishOptions`.
    """

    newsroom: Newsroom
    seen: Survey
    fronts: tuple[KeptFront, ...]
    points: Mapping[str, int]
    draw: Draw
    troubles: Troubles

    def note(self, plan: SitePlan) -> SitePlan:
        """Commit what the plan shows and git lacks; return the plan with all kept front pages.

        What cannot be committed now is noted by the next build, which looks at all stories again.
        """
        now = self.newsroom.now
        fronts = self._add_front(plan)
        is_whole = not self.seen.notes.get("noted")
        fronts = placement.thin_fronts(fronts, find_editions(plan, fronts), now)
        try:
            changes = [*self._change_fronts(fronts), *self._change_pictures(plan, is_whole)]
            is_kept = not changes or self._commit(changes)
        except CopydeskError as error:
            self.troubles(error)
            is_kept = False
        past = choose_past(fronts if is_kept else self.fronts, now)
        return replace(show_fronts(plan, past, find_origin(self.newsroom)), is_noted=is_kept)

    def _add_front(self, plan: SitePlan) -> list[KeptFront]:
        """Return the kept front pages, with the present one if it differs, once an hour."""
        past = choose_past(self.fronts, self.newsroom.now)
        last = past[-1] if past else KeptFront(at=self.newsroom.now)
        front = KeptFront(at=self.newsroom.now, places=tuple(_list_places(plan)), reads=self.points)
        is_same = front.places == last.places and front.reads == last.reads
        if is_same or not is_due(past, self.newsroom.now):
            return list(self.fronts)
        return sorted([*self.fronts, shown.seal_front(front)], key=lambda front: front.at)

    def _change_fronts(self, fronts: Sequence[KeptFront]) -> Iterator[FileChange]:
        before, after = _sort_by_day(self.fronts), _sort_by_day(fronts)
        days = {day: after.get(day, []) for day in before | after}
        others = {day: some for day, some in days.items() if some != before.get(day)}
        return shown.change_fronts(self.newsroom.root, others)

    def _change_pictures(self, plan: SitePlan, is_whole: bool) -> Iterator[FileChange]:
        """Yield the changed files of `_data/pictures`: for stories that changed, or for all."""
        root = self.newsroom.root
        if is_whole:
            before = shown.read_pictures(root, self.troubles)
            ruled = map(addresses.record_name, plan.look.shows)
            names = {*before, *ruled, *(entry.name for entry in plan.stories.entries)} - {""}
        else:
            pairs = self.seen.pairs.values()
            names = {entry.name for pair in pairs for entry in pair if entry is not None} - {""}
            before = shown.read_pictures_of_days(root, names, self.troubles)
        share_pictures = SharePictures(plan, self.draw)
        now = {name: self._describe(name, before.get(name), share_pictures) for name in names}
        others = {name: one for name, one in now.items() if one != before.get(name)}
        return shown.change_pictures(root, others, self.troubles)

    def _describe(
        self, name: str, before: ShownPicture | None, share_pictures: SharePictures
    ) -> ShownPicture | None:
        """Return how a story's picture is shown, None if its record says all of it."""
        plan = share_pictures.plan
        entry = plan.index.by_name(name)
        if entry is None:
            return None
        show = plan.look.shows.get(entry.path, plan.look.show) if entry.image else plan.look.show
        found = ShownPicture(story=name, show=show)
        if show != plan.look.show:
            found = replace(found, url=entry.image)
        if entry.is_public:
            thumbnail = plan.look.pictures.get(entry.image) if show == "cached" else None
            if thumbnail is not None:
                return self._describe_files(replace(found, url=entry.image), thumbnail, before)
            if show == "cached" and entry.image in plan.look.awaited:
                found = replace(found, show="awaited", url=entry.image)
            story = plan.read(entry.path)
            has_card = story is not None and share_pictures.has_card(story)
            found = replace(found, has_card=has_card)
        return found if found.url or found.has_card else None

    def _describe_files(
        self, found: ShownPicture, thumbnail: Thumbnail, before: ShownPicture | None
    ) -> ShownPicture | None:
        """Return how a cached picture is shown, with the digests of its files."""
        if before and (before.url, before.thumbnail) == (found.url, thumbnail):
            return before
        digests = self._digest_files(thumbnail)
        return replace(found, thumbnail=thumbnail, digests=digests) if digests else None

    def _digest_files(self, thumbnail: Thumbnail) -> Mapping[str, str]:
        """Return the SHA-256 of each file of a picture, {} if one cannot be read."""
        digests = {}
        for form in thumbnail.forms:
            try:
                path = f"pictures/{form.name}"
                data = within.read(self.newsroom.private, path, _PICTURE_BYTES)
            except OSError:  # the cache may delete files at any moment
                return {}
            digests[form.name] = hashlib.sha256(data).hexdigest()
        return digests

    def _commit(self, changes: Sequence[FileChange]) -> bool:
        """Commit the changes; return whether that was possible."""
        newsroom = self.newsroom
        if newsroom.repository.obstacle():
            return False
        change = Change(
            files=tuple(changes),
            message=f"site: front page and pictures of {newsroom.now:%F %H:%M}",
            when=newsroom.now,
        )
        from copydesk.newsroom.filing import hold_write_lock  # it loads the rules of review

        with hold_write_lock(newsroom) as lock:
            return change.begin(lock, needed=change.paths).finish().commit is not None


def find_origin(newsroom: Newsroom, commit: str = "") -> SiteOrigin | None:
    """Return the commit, version and public address of the site's records; None if front pages are
    not kept, or git has no commit yet. `commit` is by default HEAD.
    """
    commit = commit or newsroom.repository.head()
    if not (commit and newsroom.settings.front.keep):
        return None
    records = newsroom.beat.records.removeprefix("public at ").strip()
    return SiteOrigin(commit=commit, version=copydesk.__version__, records=records)


def _list_places(plan: SitePlan) -> Iterator[FrontPlace]:
    front = plan.front
    for number, story in enumerate(front.top):
        first: FrontRule = "heat" if number else "lead"
        yield _place(plan, story, "pin" if story.path in front.pinned else first)
    yield from (_place(plan, story, "fill") for story in front.more)
    yield from (_place(plan, story, "new") for story in front.latest)


def _place(plan: SitePlan, story: Story, rule: FrontRule) -> FrontPlace:
    name = addresses.record_name(story.path)
    return FrontPlace(story=name, rule=rule, newsrooms=plan.coverages.of(story).newsrooms)


def _sort_by_day(fronts: Iterable[KeptFront]) -> dict[str, list[KeptFront]]:
    by_day: defaultdict[str, list[KeptFront]] = defaultdict(list)
    for front in fronts:
        by_day[f"{front.at:%F}"].append(front)
    return dict(by_day)


# How a build uses what was noted.


def find_points(
    newsroom: Newsroom, fronts: Sequence[KeptFront], *, is_clone: bool, is_noted: bool
) -> Mapping[str, int]:
    """Return the points for page views; if they are noted, those of the last kept front page, and
    once an hour new ones.

    So a clone of the newsroom, which counts no page views, has the same front page.
    """
    if not newsroom.settings.serve.count_reads:
        return {}
    last = fronts[-1].reads if fronts else {}
    if is_clone or (is_noted and fronts and not is_due(fronts, newsroom.now)):
        return last
    return placement.read_points(read_counts(newsroom.settings, newsroom.memory, newsroom.now))


def read_counts(settings: Settings, memory: Memory, now: datetime) -> dict[str, int]:
    """Return the number of recent page views by story record, {} if views are not counted."""
    if not settings.serve.count_reads:
        return {}
    return memory.reads.since((now - placement.READ_WITHIN).date())


def read_looks(
    noted: Mapping[str, ShownPicture], seen: Survey
) -> tuple[Mapping[str, Show], frozenset[str], frozenset[str]]:
    """Return from git's notes how pictures are shown, by record path; the URLs of awaited ones; and
    the names of stories with a card.
    """
    paths = {addresses.record_name(entry.path): entry.path for entry in seen.with_picture()}
    shows: dict[str, Show] = {}
    for name, picture in noted.items():
        if picture.show != "awaited" and name in paths and picture.url:
            shows[paths[name]] = picture.show
    awaited = frozenset(one.url for one in noted.values() if one.show == "awaited")
    return shows, awaited, frozenset(name for name, one in noted.items() if one.has_card)
