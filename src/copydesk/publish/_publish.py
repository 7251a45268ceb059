"""An edition becomes files.

edition | plan | api, feeds, sitemaps, site | write what changed | sweep what is gone
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from copydesk.news import Draw, Edition, Form, Show, Story, Thumbnail
from copydesk.publish import api, feeds, signs, site, sitemaps
from copydesk.publish._front import HALF_LIFE_HOURS
from copydesk.publish._links import is_path, is_segment
from copydesk.publish._plan import Plan, plan
from copydesk.publish._posters import FOLDER, Posters
from copydesk.publish._render import Press
from copydesk.publish._write import Manifest, Sheet, Writer
from copydesk.publish.api import v2


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """How to publish.

    `full` writes every file whatever is known of the last time. `pictures_folder` holds the cached
    pictures that the edition names; without it none is shown from the cache. `show` says how
    pictures are shown, `shows` the same for single stories, by the record's path. The front page
    takes heat as halved by each `half_life_hours`. `draw` makes share pictures in `cards_folder`;
    `icons` are the site's, by the names that they have at its root. `static` is the newsroom's
    `assets/`, copied as it is; `templates` its `_templates/`.
    """

    full: bool = False
    api_v1: bool = True
    api_v2: bool = True
    pictures_folder: Path | None = None
    show: Show = "cached"
    shows: Mapping[str, Show] = field(default_factory=dict)
    half_life_hours: float = HALF_LIFE_HOURS
    draw: Draw | None = None
    cards_folder: Path | None = None
    icons: Mapping[str, Path] = field(default_factory=dict)
    static: Path | None = None
    templates: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published: stories and HTML pages there are now, files written and deleted.

    `skipped` holds the paths of records whose name cannot be an address, `gone` the folders of the
    pages that an editor removed for good, `cards` the names of the share pictures in use.
    """

    stories: int
    pages: int
    written: int
    deleted: int
    unchanged: int
    skipped: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    cards: frozenset[str] = frozenset()


def publish(edition: Edition, out: Path, manifest: Manifest, options: PublishOptions) -> Published:
    """Bring `out` to the edition: write what changed, delete what no longer belongs.

    The same edition gives the same bytes, and a second time writes none. Raises PublishError; what
    was written until then stands, and the next time goes on from there.
    """
    pictures = _cached(edition, options)
    made = plan(edition, pictures, options.show, options.shows, options.half_life_hours)
    writer = Writer(out=out, manifest=manifest, full=options.full)
    writer.open()
    pages = 0
    posters = Posters(made, options.draw, tuple(options.icons))
    for sheet in _sheets(made, options, posters):
        writer.put(sheet)
        pages += sheet.path.endswith(".html")
    for path, origin in chain(_copies(made, options), _drawn(posters, options)):
        writer.copy(path, origin)
    writer.sweep()
    return Published(
        stories=len(made.stories),
        pages=pages,
        written=writer.written,
        deleted=writer.deleted,
        unchanged=writer.unchanged,
        skipped=made.skipped,
        gone=made.gone,
        cards=frozenset(posters.used),
    )


def _sheets(made: Plan, options: PublishOptions, posters: Posters) -> Iterator[Sheet]:
    if options.api_v1:
        yield from api.sheets(made)
    if options.api_v2:
        yield from v2.sheets(made)
    yield from feeds.sheets(made)
    yield from sitemaps.sheets(made)
    yield from signs.sheets(made, posters.icons, api_v1=options.api_v1, api_v2=options.api_v2)
    yield from site.sheets(made, Press(options.templates), posters)


def _cached(edition: Edition, options: PublishOptions) -> Mapping[str, Thumbnail]:
    """Give the edition's pictures that lie in the folder: a page shows nothing that is lost."""
    folder = options.pictures_folder
    if folder is None or not folder.is_dir():
        return {}
    there = {entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False)}

    def is_there(form: Form) -> bool:
        return form.name in there and is_segment(form.name)

    return {
        url: replace(thumbnail, forms=tuple(filter(is_there, thumbnail.forms)))
        for url, thumbnail in (edition.pictures or {}).items()
        if thumbnail.forms and is_there(thumbnail.forms[0])
    }


def _shown(story: Story, made: Plan) -> Sequence[Form]:
    """Give the files of a story's picture, if pages show our copy of it."""
    thumbnail = made.pictures.get(story.images[0].url) if story.images else None
    if thumbnail is None or made.show_of(story) != "cached":
        return ()
    return thumbnail.forms


def _drawn(posters: Posters, options: PublishOptions) -> Iterator[tuple[str, Path]]:
    """Give the icons, and the share pictures that pages name."""
    yield from options.icons.items()
    if options.cards_folder is not None:
        for name in sorted(posters.used):
            yield f"{FOLDER}{name}", options.cards_folder / name


def _copies(made: Plan, options: PublishOptions) -> Iterator[tuple[str, Path]]:
    """Give the pictures that pages show and the newsroom's own files, with where they are."""
    folder = options.pictures_folder
    if folder is not None:
        used = {form.name for story in made.stories for form in _shown(story, made)}
        yield from ((f"pictures/{name}", folder / name) for name in sorted(used))
    if options.static is not None and not options.static.is_symlink():
        for where, folders, names in os.walk(options.static):
            folders.sort()
            below = Path(where).relative_to(options.static).as_posix()
            for name in sorted(names):
                origin = Path(where) / name
                path = ("assets/" if below == "." else f"assets/{below}/") + name
                if origin.is_file() and not origin.is_symlink() and is_path(path):
                    yield path, origin
