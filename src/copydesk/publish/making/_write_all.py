"""All that is wanted of a site is made and put: pages by one worker or several, then copies.

The first piece of the work is whatever goes not through all stories; the others are legs of the
walk. The lists of the first API come when all stories have their piece.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from copydesk.errors import PublishError, WorkerError
from copydesk.kit import processes
from copydesk.placement.addresses import is_path
from copydesk.publish import _redirects, api, feeds, signs, site, sitemaps
from copydesk.publish._entries import StoryEntry
from copydesk.publish._plan import SitePlan
from copydesk.publish._share_pictures import FOLDER, SharePictures
from copydesk.publish.api import v2
from copydesk.publish.making._options import PublishOptions
from copydesk.publish.writing import Origin, Sheet, Writer
from copydesk.rendering import Renderer

PICTURES = "pictures/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a worker tells beside its pages: share pictures on them, records that nobody can read.

    Share pictures are told as `SharePictures.used` has them, records by their paths.
    """

    used: dict[str, str]
    lost: frozenset[str]


def write_all(
    writer: Writer, plan: SitePlan, options: PublishOptions, share_pictures: SharePictures
) -> None:
    """Make all that is wanted; the share pictures that pages name come last.

    Workers make pages and this process writes them: two that make files on one disk would wait for
    each other.
    """
    pages = _Pages(plan, options, share_pictures)
    job = processes.Job(
        pieces=1 + pages.legs,
        make=pages.sheets,
        take=writer.put,
        tell=lambda: _Told(used=share_pictures.used, lost=plan.read.lost),
    )
    for told in _do_all(job, _share_with(pages.legs, plan, options)):
        share_pictures.used |= told.used
        for path in sorted(told.lost):
            plan.read(path)  # whoever filed it is told in this process, too
    for sheet in pages.lists():
        writer.put(sheet)
    for path, origin in chain(
        _find_copies(plan, options),
        _assets(plan, options),
        _icons_and_cards(share_pictures, options),
    ):
        writer.copy(path, origin)


def _do_all(job: processes.Job[Sheet, _Told], workers: int) -> list[_Told]:
    try:
        return processes.do_all(job, workers)
    except WorkerError as error:
        raise PublishError(f"a page cannot be made: {error.what}", hint=error.hint) from error


def _share_with(legs: int, plan: SitePlan, options: PublishOptions) -> int:
    """Return how many workers there are to be, after they have been given what they need."""
    workers = min(options.workers, legs) if plan.wanted.everything else 1
    is_shared = workers > 1 and processes.can_fork() and plan.index.share()
    return workers if is_shared else 1


class _Pages:
    """The sheets of a site in pieces, each made when it is asked for."""

    def __init__(
        self, plan: SitePlan, options: PublishOptions, share_pictures: SharePictures
    ) -> None:
        self._plan = plan
        self._share_pictures = share_pictures
        self._renderer = Renderer(options.templates)
        self._shapes = v2.Shapes(plan)
        self._site = site.Site(plan, self._renderer, share_pictures, self._beside)
        self.legs = self._site.legs

    def sheets(self, piece: int) -> Iterator[Sheet]:
        """Yield the sheets of a piece."""
        return self._site.leg(piece - 1) if piece else self._beside_the_walk()

    def lists(self) -> Iterator[Sheet]:
        """Yield the lists of the first API, which all stories have a piece for by now."""
        return api.sheets(self._plan) if self._plan.look.outputs.api_v1 else iter(())

    def _beside(self, number: int) -> Iterator[Sheet]:
        """Yield what the APIs say of the stories on a page of the archive."""
        on = self._plan.look.outputs
        if on.api_v1:
            api.prepare(number, self._plan)
        if on.api_v2:
            yield from v2.page(number, self._shapes)

    def _beside_the_walk(self) -> Iterator[Sheet]:
        plan, on = self._plan, self._plan.look.outputs
        yield from feeds.sheets(plan)
        yield from sitemaps.sheets(plan, site.OUTPUTS)
        yield from signs.sheets(plan, self._share_pictures.icons)
        if on.api_v2:
            yield from v2.lists(self._shapes)
        pages = api.old_pages(plan) if on.api_v1 else ()
        own = self._renderer.read_source(_redirects.FILE)
        yield from _redirects.sheets(plan, own, pages)
        yield from self._site.beside_the_walk()


def picture_files(entries: Iterable[StoryEntry]) -> set[str]:
    """Return the paths of our copies of pictures that these stories' pages show."""
    return {f"{PICTURES}{name}" for entry in entries if entry.is_public for name in entry.files}


def _icons_and_cards(
    share_pictures: SharePictures, options: PublishOptions
) -> Iterator[tuple[str, Origin]]:
    """Yield the icons, and the share pictures that pages name."""
    for path, icon in options.icons.items():
        yield path, Origin(icon.parent, icon.name)
    if options.cards_folder is not None:
        for name in sorted(set(share_pictures.used.values())):
            yield f"{FOLDER}{name}", Origin(options.cards_folder, name)


def _find_copies(plan: SitePlan, options: PublishOptions) -> Iterator[tuple[str, Origin]]:
    """Yield our copies of the pictures that pages show, with where they are."""
    folder = options.pictures_folder
    if folder is not None:
        for path in sorted(picture_files(plan.wanted.entries(plan.stories.entries))):
            yield path, Origin(folder, path.removeprefix(PICTURES))


def _assets(plan: SitePlan, options: PublishOptions) -> Iterator[tuple[str, Origin]]:
    """Yield the newsroom's own files, with where they are, where everything is made."""
    if options.static is None or options.static.is_symlink() or not plan.wanted.everything:
        return
    above = options.static.parent
    for where, folders, names in os.walk(options.static):
        folders.sort()
        below = Path(where).relative_to(options.static).as_posix()
        for name in sorted(names):
            file = Path(where) / name
            path = ("assets/" if below == "." else f"assets/{below}/") + name
            if file.is_file() and not file.is_symlink() and is_path(path):
                yield path, Origin(above, file.relative_to(above).as_posix())
