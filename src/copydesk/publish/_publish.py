"""Publish a site: plan its pages, make the files, write those that changed, delete old ones.

    edition | plan | api, feeds, sitemaps, site | write what changed | delete what is gone

Several processes may share the pages. The first piece of work is everything outside the pass over
all stories; the others are parts (legs) of the pass. The lists of the first API come last, when
each story has its fragment of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import chain, compress
from pathlib import Path

from copydesk.catalogue.page_entries import ALL, StoryEntry
from copydesk.catalogue.page_index import Drawings, PageIndex
from copydesk.errors import PublishError, WorkerError
from copydesk.kit import processes
from copydesk.news import Beat, Story
from copydesk.news.edition import Draw, Edition, FiledStories, Poster, Thumbnail
from copydesk.news.ruling import list_matter_acts
from copydesk.placement.addresses import STORIES, is_path, is_segment
from copydesk.publish import _pictures, _plan, _story_reader, api, crawlers, feeds, site
from copydesk.publish._pictures import CARDS_FOLDER, SharePictures
from copydesk.publish._plan import (
    Look,
    SitePlan,
    Wanted,
    fingerprint_beat,
    make_site_plan,
)
from copydesk.publish._story_reader import IN_HAND, StoryReader, is_shown
from copydesk.publish._survey import Survey, take_survey
from copydesk.publish.api import v2
from copydesk.publish.change import (
    StoryChange,
    Touched,
    digest_lists,
    find_effects,
    fingerprint_letters,
    list_pins,
    place_letters,
)
from copydesk.publish.developments import CHANGED
from copydesk.publish.writing import BuiltManifest, Count, Origin, Sheet, Writer, files_of
from copydesk.rendering import Renderer

# all outputs that list stories; a new one is one file, and one line in its room's `OUTPUTS`
_SITE: tuple[_plan.AnyOutput, ...] = (*site.OUTPUTS, *feeds.OUTPUTS, *crawlers.OUTPUTS)
_APIS: tuple[tuple[_plan.AnyOutput, ...], ...] = (api.OUTPUTS, v2.OUTPUTS)
_KEYS = _plan.story_keys(chain(_SITE, *_APIS))
PICTURES = "pictures/"
_REDIRECTS = "_redirects"
_REDIRECTS_HEAD = (
    "# Redirects from old addresses, in the format of Netlify and Cloudflare Pages.\n"
    "# Other servers need their own format. Old addresses of pages also have redirect pages.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """Options for publishing a site: how pages look, where pictures and templates are, worker
    count.

    `full` writes every file again. `look` is what pages show; pictures of the edition that are in
    `pictures_folder` are added to its `pictures`. `draw` makes share pictures in `cards_folder`,
    `draw_ahead` many at once when the whole site is made. `icons` are the site's, by their names at
    its root. `static` is the newsroom's `assets/`, copied as it is, `templates` its `_templates/`.
    A whole large site is made by several `workers`, with the same bytes for any number. Before it
    is made, `expect` gets the number of its story pages; `step` is called when one of them is made.
    `note` gets the plan before any file is made, and returns it with what it noted of it. With
    `lends_pictures` the edition's pictures are shown without their files, which are elsewhere.
    """

    full: bool = False
    look: Look = field(default_factory=Look)
    pictures_folder: Path | None = None
    draw: Draw | None = None
    draw_ahead: Callable[[Iterable[Poster]], None] | None = None
    cards_folder: Path | None = None
    icons: Mapping[str, Path] = field(default_factory=dict)
    static: Path | None = None
    templates: Path | None = None
    workers: int = 1
    note: Callable[[SitePlan], SitePlan] | None = None
    lends_pictures: bool = False
    expect: Callable[[int], object] | None = None
    step: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The result of publishing a site: the numbers of stories, HTML pages and changed files.

    `skipped` has the paths of records whose name cannot be part of a URL, `gone` the folders of
    pages that an editor removed for good. `cards` has the file names of all share pictures in use,
    None if none has gone out of use.
    """

    stories: int
    pages: int
    written: int
    deleted: int
    unchanged: int
    skipped: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    cards: frozenset[str] | None = None


def publish(
    edition: Edition,
    out: Path,
    manifest: BuiltManifest,
    options: PublishOptions,
    together: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Published:
    """Bring the folder `out` up to date with a site's stories: write changed files, delete old
    ones.

    The same edition gives the same bytes, and a second call writes nothing. Raises PublishError;
    until all files are made the old site stays. The manifest and the index's notes are written
    within `together()`.
    """
    seen = _take_survey(edition)
    plan = _plan_survey(edition, seen, options)
    plan = options.note(plan) if options.note else plan
    writer = Writer(out=out, manifest=manifest, full=options.full)
    writer.open()
    try:
        return _build(seen, plan, writer, options, together)
    except BaseException:
        plan.index.rollback()
        raise
    finally:
        writer.clear()


def survey(
    filed: FiledStories | Iterable[Story],
    beat: Beat,
    known: PageIndex | None = None,
    *,
    full: bool = False,
    in_hand: int = IN_HAND,
    workers: int = 1,
) -> Survey:
    """Find the stories whose records changed since the last build. With `full`, read all again.

    The last `in_hand` stories stay in memory; so many `workers` read the others when all are read.
    Raises PublishError if the site's time zone does not exist, WorkerError if a worker is killed.
    """
    reader = StoryReader(filed, in_hand)
    return take_survey(reader, beat, _KEYS, known, full=full, workers=workers)


def plan_site(edition: Edition, look: Look) -> SitePlan:
    """Return the plan of a site's lists and pages; raises what `survey` raises."""
    return _plan_all(edition, _take_survey(edition), look)


def plan_edition(edition: Edition, options: PublishOptions) -> SitePlan:
    """Return the plan of lists and pages that `publish` would follow, without making any file.

    The caller has to roll back or commit the changes in the plan's index.
    """
    return _plan_survey(edition, _take_survey(edition), options)


def _plan_survey(edition: Edition, seen: Survey, options: PublishOptions) -> SitePlan:
    look = replace(options.look, pictures=_find_cached_pictures(edition, options))
    return _plan_all(edition, seen, look)


def _plan_all(edition: Edition, seen: Survey, look: Look) -> SitePlan:
    return site.show_fronts(make_site_plan(edition, seen, look), edition.fronts, edition.origin)


def _take_survey(edition: Edition) -> Survey:
    """Return which of an edition's stories changed, found before or, for a plain list, now."""
    if isinstance(edition.stories, Survey):
        return edition.stories
    return survey(edition.stories, edition.beat)


def _build(
    seen: Survey,
    plan: SitePlan,
    writer: Writer,
    options: PublishOptions,
    together: Callable[[], AbstractContextManager[None]],
) -> Published:
    ways = _fingerprint_pages(plan, options)
    if seen.notes and seen.notes.get("front") != writer.front:
        writer.doubt()
    stands = seen.notes.get("world") == ways and writer.stands and _stand_letters(plan, seen)
    letters = fingerprint_letters(plan)
    news = _find_changes(plan, seen, letters) if stands else None
    writer.expect_all(everything=news is None)
    plan = replace(plan, wanted=news or Wanted())
    share_pictures = SharePictures(plan, options.draw, tuple(options.icons))
    if news is None:
        plan.pieces.forget_all()
        _draw_newest(share_pictures, options)
        if options.expect:
            options.expect(len(plan.stories))
    write_all(writer, plan, options, share_pictures)
    _name_origin(writer, plan)
    plan.index.resume()
    writer.place()
    cards = _delete_the_rest(writer, plan, news, share_pictures)
    count = writer.count_files(Count(**seen.notes.get("count", {})))
    with together():
        writer.remember()
    _keep_stories(plan, seen, news)
    notes = {**_notes(seen, plan, count), "letters": letters}
    plan.index.note({**notes, "world": ways, "front": writer.front})
    plan.index.commit()
    writer.close()
    return _report(plan, writer, count, cards)


def _name_origin(writer: Writer, plan: SitePlan) -> None:
    """Write the file that names commit and time; it stays as it is if no other file changed."""
    if (sheet := site.describe_origin(plan)) is not None:
        writer.put(sheet if writer.written else writer.keep_old(sheet))


def _keep_stories(plan: SitePlan, seen: Survey, news: Touched | None) -> None:
    """Store the stories that this build read, and delete cached data of stories not public."""
    if news is not None:
        plan.read.keep()
    hidden = [path for path, (_, now) in seen.pairs.items() if now is None or not now.is_public]
    plan.pieces.forget(hidden)
    plan.read.forget(hidden)


def _draw_newest(share_pictures: SharePictures, options: PublishOptions) -> None:
    """Draw the link preview pictures of the newest stories first, before worker processes start."""
    plan = share_pictures.plan
    newest = partial(share_pictures.newest, lambda story: _pictures.of(story, plan) is not None)
    if options.draw_ahead:
        options.draw_ahead(newest())
    if options.draw:
        for poster in newest():
            options.draw(poster, anew=True)


def _delete_the_rest(
    writer: Writer, plan: SitePlan, news: Touched | None, share_pictures: SharePictures
) -> frozenset[str] | None:
    """Delete files that the site no longer has; return the share pictures in use, or None."""
    drawn = Drawings(plan.index)
    if news is None:
        drawn.reset(share_pictures.used)
        writer.sweep()
        return drawn.all()
    unused = drawn.replace(news.pairs, share_pictures.used)
    writer.drop(_list_leftovers(plan, news) | {f"{CARDS_FOLDER}{name}" for name in unused})
    return drawn.all() if unused else None


def _notes(seen: Survey, plan: SitePlan, count: Count) -> dict[str, object]:
    """Return the data about stories, front page and files that the next build compares with."""
    return {
        "swept": seen.reader.note(),
        "pictures": seen.pictures,
        "noted": plan.is_noted,
        "pinned": sorted(list_pins(plan)),
        "lists": digest_lists(plan),
        "letter_places": place_letters(plan),
        "matters": list_matter_acts(plan.beat.rulings),
        "count": {"files": count.files, "pages": count.pages},
    }


def _report(
    plan: SitePlan, writer: Writer, count: Count, cards: frozenset[str] | None
) -> Published:
    return Published(
        stories=len(plan.stories),
        pages=count.pages,
        written=writer.written,
        deleted=writer.deleted,
        unchanged=count.files - writer.written,
        skipped=plan.skipped,
        gone=plan.gone,
        cards=cards,
    )


def _stand_letters(plan: SitePlan, seen: Survey) -> bool:
    """Return whether every newsletter issue is still in the same lists as at the last build."""
    before, now = seen.notes.get("letter_places", {}), place_letters(plan)
    return all(now.get(name) == place for name, place in before.items())


def _find_changes(plan: SitePlan, seen: Survey, letters: Mapping[str, str]) -> Touched:
    before = frozenset(seen.notes.get("pinned", ()))
    lists = seen.notes.get("lists", {})
    known = seen.notes.get("letters", {})
    other = frozenset(path for path, now in letters.items() if known.get(path) != now)
    change = StoryChange(
        pairs=seen.pairs, pinned=before, lists=lists, letters=other, matters=seen.matters
    )
    return find_effects(plan, change, list(_outputs_of(plan)))


def _outputs_of(plan: SitePlan) -> Iterator[_plan.AnyOutput]:
    """Yield the outputs (kinds of pages and files) that this site has."""
    on = plan.look.outputs
    outputs = chain(_SITE, *compress(_APIS, (on.api_v1, on.api_v2)))
    return (output for output in outputs if output.is_on(plan.look))


def _list_leftovers(plan: SitePlan, news: Touched) -> set[str]:
    """Return the folders and files that no longer belong to the site."""
    pages = {crawlers.PAGES} if news.gone else set()  # there may be fewer of these files now
    return {*news.gone, *_find_unused_pictures(plan, news), *pages}


def _fingerprint_pages(plan: SitePlan, options: PublishOptions) -> str:
    """Return a hash of all that any page may depend on besides the stories."""
    look = plan.look
    # how each picture is shown is part of its story's entry
    options_of_all = [
        getattr(look, option.name)
        for option in fields(look)
        if option.name not in {"pictures", "shows", "awaited", "cards"}
    ]
    return fingerprint_beat(
        plan.beat,
        {name: records for name, records in plan.records.items() if name != "newsletters"},
        dict(plan.letters.titles),
        plan.letters.series if plan.beat.subscribe_url else (),
        (sorted(options.icons), options.draw is None),
        options_of_all,
        sorted(set(look.shows.values())),
        files_of(options.templates),
        files_of(options.static),
        bool(plan.lists),  # every page links to them
        bool(plan.matters.counts),
        bool(plan.fronts),
        plan.origin.records if plan.origin else None,
        is_shown(plan.records.get("newsletters", ())),  # and to newsletters
    )


def _find_cached_pictures(edition: Edition, options: PublishOptions) -> Mapping[str, Thumbnail]:
    """Return those of the edition's pictures whose cached files exist in the folder."""
    folder = options.pictures_folder
    if folder is None or not folder.is_dir():
        return edition.pictures or {} if options.lends_pictures else {}
    there = {entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False)}
    named = (edition.pictures or {}).items()
    found = ((url, _keep_forms(thumbnail, there)) for url, thumbnail in named)
    return {url: thumbnail for url, thumbnail in found if thumbnail is not None}


def _keep_forms(thumbnail: Thumbnail, there: Collection[str]) -> Thumbnail | None:
    """Return a picture with only those of its files that exist, None if the main one is missing."""
    forms = tuple(form for form in thumbnail.forms if form.name in there and is_segment(form.name))
    if not forms or forms[0] != thumbnail.forms[0]:
        return None
    return thumbnail if len(forms) == len(thumbnail.forms) else replace(thumbnail, forms=forms)


def _find_unused_pictures(plan: SitePlan, news: Touched) -> set[str]:
    """Return the cached picture files that no page shows any more."""
    left = picture_files(old for old, _ in news.pairs.values() if old)
    left -= picture_files(new for _, new in news.pairs.values() if new)
    if not left:
        return left
    # pictures of two URLs with the same bytes are one file
    sharing = _find_addresses(left, plan)
    return left - picture_files(entry for url in sharing for entry in plan.index.showing(url))


def _find_addresses(files: set[str], plan: SitePlan) -> Iterator[str]:
    """Yield the original URL of each cached picture among these files."""
    for url, picture in plan.look.pictures.items():
        if any(f"{PICTURES}{form.name}" in files for form in picture.forms):
            yield url


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a worker process returns besides pages: their share pictures, unreadable records.

    `used` is as in `SharePictures.used`; `lost` has the records' paths.
    """

    used: dict[str, str]
    lost: frozenset[str]


def write_all(
    writer: Writer, plan: SitePlan, options: PublishOptions, share_pictures: SharePictures
) -> None:
    """Make all files that a build has to make, in several processes if the site is large.

    Workers make pages and this process writes them, as two processes that create files on one disk
    would wait for each other.
    """
    pages = _Pages(plan, options, share_pictures)

    def take(sheet: Sheet) -> None:
        writer.put(sheet)
        if options.step and plan.wanted.everything and sheet.path.startswith(STORIES):
            options.step()

    job = processes.Job(
        pieces=1 + pages.legs,
        make=pages.sheets,
        take=take,
        tell=lambda: _Told(used=share_pictures.used, lost=plan.read.lost),
    )
    for told in _do_all(job, _share_with(pages.legs, plan, options)):
        share_pictures.used |= told.used
        plan.read.read_again(told.lost)
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
        raise PublishError(f"a page cannot be built: {error.what}", hint=error.hint) from error


def _share_with(legs: int, plan: SitePlan, options: PublishOptions) -> int:
    """Prepare the index of stories for worker processes, and return how many there are."""
    workers = min(options.workers, legs) if plan.wanted.everything else 1
    is_shared = workers > 1 and processes.can_fork() and plan.index.share()
    return workers if is_shared else 1


class _Pages:
    """The files of a site in numbered pieces of work, each made on demand."""

    def __init__(
        self, plan: SitePlan, options: PublishOptions, share_pictures: SharePictures
    ) -> None:
        self._plan = plan
        self._share_pictures = share_pictures
        self._renderer = Renderer(options.templates)
        self._site = site.Site(plan, self._renderer, share_pictures, self._beside)
        self._shapes = api.Shapes(plan, self._site.strings)
        self.legs = self._site.legs

    def sheets(self, piece: int) -> Iterator[Sheet]:
        """Yield the files of one numbered piece of the work that several processes share."""
        return self._site.leg(piece - 1) if piece else self._beside_the_walk()

    def lists(self) -> Iterator[Sheet]:
        """Yield the lists of the first JSON API, after every story has stored its part of them."""
        return api.sheets(self._plan) if self._plan.look.outputs.api_v1 else iter(())

    def _beside(self, number: int) -> Iterator[Sheet]:
        """Yield the JSON APIs' files for the stories on an archive page."""
        on = self._plan.look.outputs
        if on.api_v1:
            api.prepare(number, self._plan)
        if on.api_v2:
            yield from v2.page(number, self._shapes)

    def _beside_the_walk(self) -> Iterator[Sheet]:
        plan, on = self._plan, self._plan.look.outputs
        yield from feeds.sheets(plan, self._site.strings)
        if plan.wanted.of_key(CHANGED.name):
            told = self._site.describe_changes()
            yield from feeds.change_files(plan, site.CHANGES_FOLDER, *told)
        yield from crawlers.sitemap_files(plan, site.OUTPUTS)
        yield from crawlers.program_files(plan, self._share_pictures.icons)
        if on.api_v2:
            yield from v2.lists(self._shapes)
        pages = api.old_pages(plan) if on.api_v1 else ()
        own = self._renderer.read_source(_REDIRECTS)
        yield from _redirects(plan, own, pages)
        yield from self._site.beside_the_walk()


def _redirects(
    plan: SitePlan, own: str | None, pages: Iterable[tuple[str, str]]
) -> Iterator[Sheet]:
    """Yield the file of HTTP redirects, if there are any; the newsroom's `own` come first.

    `pages` are old paths of the API and the paths that replace them.
    """
    if not (plan.wanted.everything or plan.wanted(ALL.name)):
        return
    moved = list(_story_reader.folder_redirects(plan.records).items())
    lines = [
        f"{plan.links.href(old)} {plan.links.href(new)} 301\n"
        for old, new in (*moved, *(pages if moved else ()))
    ]
    texts = [f"{own.rstrip()}\n"] if own else []
    texts += [_REDIRECTS_HEAD, *lines] if lines else []
    if texts:
        yield Sheet(_REDIRECTS, "".join(texts).encode())


def picture_files(entries: Iterable[StoryEntry]) -> set[str]:
    """Return the site paths of the cached picture files that the pages of these stories show."""
    return {f"{PICTURES}{name}" for entry in entries if entry.is_public for name in entry.files}


def _icons_and_cards(
    share_pictures: SharePictures, options: PublishOptions
) -> Iterator[tuple[str, Origin]]:
    """Yield the paths of icons and share pictures that pages show, each with its source file."""
    for path, icon in options.icons.items():
        yield path, Origin(icon.parent, icon.name)
    if options.cards_folder is not None:
        for name in sorted(set(share_pictures.used.values())):
            yield f"{CARDS_FOLDER}{name}", Origin(options.cards_folder, name)


def _find_copies(plan: SitePlan, options: PublishOptions) -> Iterator[tuple[str, Origin]]:
    """Yield the paths of our picture copies that pages show, each with its source file."""
    folder = options.pictures_folder
    if folder is not None:
        for path in sorted(picture_files(plan.wanted.entries(plan.stories.entries))):
            yield path, Origin(folder, path.removeprefix(PICTURES))


def _assets(plan: SitePlan, options: PublishOptions) -> Iterator[tuple[str, Origin]]:
    """Yield the newsroom's own files (`assets/`) when the whole site is made."""
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
