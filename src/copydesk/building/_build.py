"""Build the web site from the stored stories; write only the files that changed.

Also finds symbolic links in the newsroom's assets, and the scripts on the site that copydesk itself
added.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import get_args

from copydesk import archive, publish
from copydesk.archive import ArticleStore, reading_lists, sealing, shown
from copydesk.building._note_shown import (
    ShownNotes,
    choose_past,
    find_origin,
    find_points,
    keeps_fronts,
    read_counts,
    read_looks,
)
from copydesk.catalogue.page_index import PageIndex
from copydesk.config import Settings
from copydesk.errors import PictureError, PublishError, RecordError
from copydesk.illustrate import Album, Easel, make_waiting
from copydesk.kit import files, processes, text, within
from copydesk.kit.options import fill
from copydesk.memory import Memory
from copydesk.news import Record, Story
from copydesk.news.edition import (
    Edition,
    KeptFront,
    PictureFile,
    Poster,
    ReadingList,
    Show,
    Thumbnail,
)
from copydesk.news.letter import LetterDay, LetterSeries
from copydesk.newsroom import Failure, Newsroom, Progress, Troubles, files_below, in_turn
from copydesk.newsroom.records import PAGE_INDEX_FILE, NewsroomStories
from copydesk.newsroom.reports import BuildReport, read_missing_parts
from copydesk.newsroom.uploads import read_site_logo, show_uploads
from copydesk.placement.addresses import issue_stems
from copydesk.publish import Survey
from copydesk.rendering import read_template

GONE = "gone.txt"  # next to the site, for the server: the folders to answer with 410, one a line
_UNPUBLISHABLE = "the name of the story file cannot be part of a URL, so the story has no page"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Options of a build: the folder (None: the newsroom's site), `full` to rebuild all pages.

    With `notes` what the site shows and git lacks is committed first; None: if a run has begun it.
    With `as_noted` pages show pictures as git says, without their files. The records are then at
    `commit`, and the time is the newsroom's.
    """

    out: Path | None = None
    full: bool = False
    notes: bool | None = None
    as_noted: bool = False
    commit: str = ""


def build(
    newsroom: Newsroom, progress: Progress, options: BuildOptions | None = None
) -> BuildReport:
    """Build the site of all stored stories and other records into a folder; raises PublishError.

    Builds run one at a time; a running build is waited for.
    """
    options = options or BuildOptions()
    began = time.monotonic()
    out = options.out or _own_site(newsroom.site)
    troubles = find_linked_assets(newsroom.root)
    progress.stage("publish")
    with (
        in_turn(newsroom.private / "build.lock"),
        contextlib.closing(_open_page_index(newsroom.private, out)) as known,
        _without_collector(),
    ):
        manifest = newsroom.memory.manifest(str(out.resolve()))
        show_uploads(newsroom)
        filing = NewsroomStories(newsroom, troubles)
        seen = publish.survey(
            filing, newsroom.beat, known, full=options.full, workers=processes.at_once()
        )
        fronts = shown.read_fronts(newsroom.root, troubles)
        edition = _edition(newsroom, seen, troubles, fronts, options)
        cards = ShareCards(newsroom.root, newsroom.private, troubles)
        icons = {**cards.icons(edition.beat.title), **cards.logo(newsroom)}
        chosen = _options(newsroom, seen, options)
        chosen = replace(chosen, draw=cards.draw, draw_ahead=cards.draw_ahead)
        chosen = replace(chosen, cards_folder=cards.folder, icons=icons, step=progress.step)
        chosen = replace(chosen, expect=partial(progress.stage, "publish"))
        if _notes_shown(newsroom, options):
            notes = ShownNotes(
                newsroom=newsroom,
                seen=seen,
                fronts=fronts,
                points=edition.read_points or {},
                draw=cards.draw,
                troubles=troubles,
            )
            chosen = replace(chosen, note=notes.note)
        done = publish.publish(edition, out, manifest, chosen, newsroom.memory.together)
        if done.cards is not None:
            cards.sweep(done.cards, icons.values())
        if out == newsroom.site:
            _note_removals(newsroom.private / GONE, done.gone)
    return fill(
        BuildReport,
        done,
        seconds=round(time.monotonic() - began, 3),
        failed=(
            *troubles.failures(),
            *(Failure(url=path, what=_UNPUBLISHABLE) for path in done.skipped),
        ),
    )


@contextlib.contextmanager
def open_site_plan(
    newsroom: Newsroom, at: datetime, records: Sequence[Record], troubles: Troubles
) -> Iterator[tuple[Edition, publish.SitePlan]]:
    """Yield the plan of a build as of a given time, for the `with` block; write nothing.

    Waits for a running build, and makes a new one wait, as both use the last build's page index.
    """
    with (
        in_turn(newsroom.private / "build.lock"),
        contextlib.closing(_open_page_index(newsroom.private, newsroom.site)) as known,
    ):
        filing = NewsroomStories(newsroom, troubles)
        seen = publish.survey(filing, newsroom.beat, known)
        edition = Edition(
            beat=newsroom.beat,
            at=at,
            stories=seen,
            records=tuple(records),
            pictures=newsroom.album.thumbnails(),
            reads=read_counts(newsroom.settings, newsroom.memory, at),
            lists=tuple(reading_lists.find_reading_lists(newsroom.root, troubles)),
        )
        try:
            plan = publish.plan_edition(edition, _options(newsroom, seen, BuildOptions()))
            yield edition, plan
        finally:
            known.rollback()


def make_public_pictures(newsroom: Newsroom) -> None:
    """Make the sizes and formats of pictures that a build of the site would need; build nothing.

    A killed fetching run leaves waiting pictures. Without a rendition, a newsletter composed before
    the next build would lack the story's picture.
    """
    waiting = newsroom.album.list_waiting()
    if not waiting:
        return
    with (
        in_turn(newsroom.private / "build.lock"),
        contextlib.closing(_open_page_index(newsroom.private, newsroom.site)) as known,
    ):
        filing = NewsroomStories(newsroom, Troubles())
        seen = publish.survey(filing, newsroom.beat, known)
        shown = [url for url in waiting if seen.has_public_image(url)]
        known.rollback()
    make_waiting(newsroom.album, shown)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Turn off Python's cyclic garbage collector, as a build makes many objects but few cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _own_site(site: Path) -> Path:
    """Return the newsroom's site folder; raises PublishError if it is a symbolic link."""
    if site.is_symlink():
        raise PublishError(
            "the site's folder is a symbolic link",
            subject=str(site),
            hint="delete it, or build into another folder with --out",
        )
    return site


def _note_removals(file: Path, folders: tuple[str, ...]) -> None:
    """Write the list of removed pages' folders to a file outside the site's folder."""
    text = "".join(f"/{folder}\n" for folder in folders).encode()
    if text or file.exists():
        files.write_atomic(file, text, durable=False)


def is_gone(private: Path, path: str) -> bool:
    """Return whether an editor removed the page at a path of the site (`news/2026-11-19-wall`)."""
    try:
        folders = (private / GONE).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return f"/{path.removesuffix('/index.html')}/" in folders


def _open_page_index(private: Path, out: Path) -> PageIndex:
    """Open the index of the stories whose pages were built into a folder."""
    return PageIndex(private / PAGE_INDEX_FILE, str(out.resolve()))


def _notes_shown(newsroom: Newsroom, options: BuildOptions) -> bool:
    """Return whether a build commits first what the site shows and git lacks."""
    if options.as_noted or options.out is not None or not newsroom.repository.usable:
        return False
    if options.notes is None:
        return newsroom.settings.front.keep and keeps_fronts(newsroom)
    return options.notes


def _edition(
    newsroom: Newsroom,
    seen: publish.Survey,
    troubles: Troubles,
    fronts: Sequence[KeptFront],
    options: BuildOptions,
) -> Edition:
    pictures: Mapping[str, Thumbnail]
    if options.as_noted:
        noted = shown.read_pictures(newsroom.root, troubles)
        pictures = {one.url: one.thumbnail for one in noted.values() if one.thumbnail}
    else:
        newsroom.album.tend(_in_use(seen), newsroom.now)
        make_waiting(newsroom.album, filter(seen.has_public_image, newsroom.album.list_waiting()))
        pictures = newsroom.album.thumbnails()
    past = choose_past(fronts, newsroom.now)
    return Edition(
        beat=newsroom.beat,
        at=newsroom.now,
        stories=seen,
        records=tuple(newsroom.archive.records(troubles)),
        pictures=pictures,
        read_points=find_points(
            newsroom, past, is_clone=options.as_noted, is_noted=_notes_shown(newsroom, options)
        ),
        lists=tuple(_lists(newsroom.root, seen, troubles)),
        letters=_list_letters(newsroom),
        fronts=past,
        origin=find_origin(newsroom, options.commit),
    )


def _list_letters(newsroom: Newsroom) -> tuple[LetterSeries, ...]:
    """Return the newsletters of the settings, with the prefixes of their issues' file names."""
    letters, title = newsroom.settings.letters, text.fold(newsroom.beat.title)
    site = archive.slug(newsroom.beat.title).strip("-")
    return tuple(
        LetterSeries(
            id=letter.id,
            title=text.fold(letter.title) or title,
            stems=issue_stems(letter, letters, site),
            days=letter.days or get_args(LetterDay),
            is_prompt=letter.when_new > 0,
        )
        for letter in letters
    )


def _lists(root: Path, seen: publish.Survey, troubles: Troubles) -> Iterator[ReadingList]:
    """Yield the editors' reading lists; report stories in them that do not exist."""
    for listed in reading_lists.find_reading_lists(root, troubles):
        unknown = [story.name for story in listed.stories if not seen.has_record(story.name)]
        if unknown:
            others = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
            troubles(
                RecordError(
                    "the reading list names a story that does not exist: "
                    f"{unknown[0][:100]}{others}",
                    subject=reading_lists.list_path(listed.id),
                    hint="remove the story from the list",
                )
            )
        yield listed


def _in_use(seen: publish.Survey) -> Iterator[tuple[str, str]]:
    """Yield the URLs of stories' pictures, each with the stories' URLs, newest first."""
    return ((entry.image, entry.web_url) for entry in seen.with_picture())


def _options(
    newsroom: Newsroom, seen: publish.Survey, options: BuildOptions
) -> publish.PublishOptions:
    settings = newsroom.settings
    if options.as_noted:
        noted = shown.read_pictures(newsroom.root, Troubles())
        shows, awaited, cards = read_looks(noted, seen)
    else:
        shows = picture_shows(settings, newsroom.articles, newsroom.album, newsroom.memory, seen)
        awaited, cards = _find_awaited_pictures(newsroom.private), frozenset()
    practice = publish.Practice(
        holds=settings.review.mode == "hold",
        max_age_days=settings.fetch.max_age_days,
        counts_reads=settings.serve.count_reads,
        counts_issue_views=settings.mail.count_views,
    )
    return publish.PublishOptions(
        full=options.full,
        look=publish.Look(
            show=settings.pictures.show,
            shows=shows,
            outputs=settings.publish,
            front=settings.front,
            practice=practice,
            awaited=awaited,
            cards=cards,
            drops_stale=settings.model.stale == "drop",
        ),
        pictures_folder=None if options.as_noted else newsroom.private / "pictures",
        lends_pictures=options.as_noted,
        static=newsroom.root / ASSETS,
        templates=newsroom.templates,
        workers=processes.at_once(),
    )


def _find_awaited_pictures(private: Path) -> frozenset[str]:
    """Return the URLs of pictures missing since a restore that fetching runs still try to fetch."""
    missing = read_missing_parts(private)
    waiting = missing.waiting if missing else ()
    return frozenset(part.url for part in waiting if part.kind == "picture")


# The newsroom's own files in `assets/`, which the site serves at `/assets/`.

ASSETS = "assets"


def find_linked_assets(root: Path) -> Troubles:
    """Return an error for each symbolic link in the `assets/` folder of a newsroom.

    Links are left out of the site, as they may lead to files that are not meant for the public.
    """
    troubles = Troubles()
    for path in sorted(files_below(root / ASSETS)):
        if path.is_symlink():
            what = f"not published, because it is a symbolic link ({path.name})"
            subject = path.relative_to(root).as_posix()
            troubles(PublishError(what, subject=subject, hint="replace the link with the file"))
    return troubles


# The site's scripts that come with copydesk, as opposed to those that a theme adds.

_NAMES = ("site.js", "search.js")
_MOST_BYTES = 1_000_000


def own_script_digests() -> Mapping[str, str]:
    """Return the SHA-256 of each script that copydesk itself adds to a site, by its path there."""
    return {name: _script_digest((read_template(name) or "").encode()) for name in _NAMES}


def find_own_scripts(site: Path, digests: Mapping[str, str]) -> frozenset[str]:
    """Return the paths of the scripts in a built site that copydesk added, by their contents."""
    return frozenset(name for name, digest in digests.items() if _is_own(site, name, digest))


def _is_own(site: Path, name: str, digest: str) -> bool:
    try:
        return _script_digest(within.read(site, name, _MOST_BYTES)) == digest
    except OSError:
        return False


def _script_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# Decide how the picture of each story is shown, and draw share images (cards) for links.
#
# Rules may depend on a story's source. Its record holds the source, sealed, so the rules still work
# if the memory is lost.


def picture_shows(
    settings: Settings, articles: ArticleStore, album: Album, memory: Memory, seen: Survey
) -> Mapping[str, Show]:
    """Return by record path how to show a story's picture, where the site's default does not hold.

    A picture that its publisher puts on many stories, such as a logo, is not shown at all.
    """
    ruled = _apply_settings(settings, articles, memory, seen) if settings.shows else {}
    is_common = album.is_common
    common: dict[str, Show] = {
        entry.path: "none"
        for entry in (seen.with_picture() if album.has_common() else ())
        if is_common(entry.image, entry.web_url)
    }
    return {**ruled, **common}


def _apply_settings(
    settings: Settings, articles: ArticleStore, memory: Memory, seen: Survey
) -> dict[str, Show]:
    known = memory.sources_of_records()
    found: dict[str, Show] = {}
    for entry in seen.with_picture():
        source = known.get(entry.path)
        if not source and (story := seen.read(entry.path)) is not None:
            source = sealing.read_source(story, settings.keys) or _source_in_article(
                articles, story
            )
        show = settings.show_of(source or "", entry.domain or entry.web_url)
        if show != settings.pictures.show:
            found[entry.path] = show
    return found


def _source_in_article(articles: ArticleStore, story: Story) -> str:
    article = articles.find_for(story)
    return "" if article is None else article.source


# Cards for shared links, and the site's icons.

_FOLDER = "_templates"
_MAX_BYTES = 64_000_000  # fonts for all of Chinese, Japanese and Korean have 20 MB
_FACES = ("face.ttf", "face.otf")  # the newsroom's own font, for scripts that ours lacks


class ShareCards:
    """Draws a site's icons and share images (cards), which social media show for links to pages."""

    def __init__(self, root: Path, private: Path, troubles: Troubles) -> None:
        self.folder = private / "cards"
        self._root = root
        self._troubles = troubles
        self._is_broken = False
        self._easel = Easel(self.folder, self._face())

    def draw(self, poster: Poster, *, anew: bool) -> PictureFile | None:
        """Draw a share image from its content (`poster`); return the file, None if it fails."""
        if self._is_broken:
            return None
        try:
            return self._easel.draw_card(poster, anew=anew)
        except PictureError as error:
            self._note(error)
            return None

    def draw_ahead(self, posters: Iterable[Poster]) -> None:
        """Draw the share images of many pages at once, so that `draw` finds them ready."""
        self._easel.draw_ahead(posters)

    def icons(self, title: str) -> Mapping[str, Path]:
        """Return the site's icon files by name; an icon in `_templates/` replaces the drawn one."""
        try:
            drawn = self._easel.icons(title)
        except PictureError as error:
            self._note(error)
            return {}
        return {name: self._own_icon(name) or file for name, file in drawn.items()}

    def logo(self, newsroom: Newsroom) -> Mapping[str, Path]:
        """Return the site's logo by its name on the site, {} for none."""
        name = newsroom.beat.logo_name
        try:
            return {name: self._keep(name, read_site_logo(newsroom))} if name else {}
        except PictureError as error:
            self._troubles(error)
            return {}

    def sweep(self, used: Collection[str], icons: Collection[Path]) -> None:
        """Delete the drawn share images and icons that the site no longer uses."""
        self._easel.sweep({*used, *(file.name for file in icons)})

    def _own_icon(self, name: str) -> Path | None:
        """Copy the newsroom's own icon to the drawn ones, so that exactly these bytes go out."""
        try:
            data = self._read(name)
            if data is None:
                return None
            return self._keep(name, data)
        except OSError as error:
            self._troubles(_unreadable("the icon", name, error))
            return None

    def _keep(self, name: str, data: bytes) -> Path:
        file = self.folder / f"{hashlib.blake2b(data, digest_size=16).hexdigest()}-{name}"
        files.write_if_changed(file, data)
        return file

    def _face(self) -> Path | None:
        """Return the newsroom's own font file, or None; an unreadable one turns cards off."""
        for name in _FACES:
            try:
                if self._read(name) is not None:
                    return self._root / _FOLDER / name
            except OSError as error:
                self._note(_unreadable("the font", name, error))
        return None

    def _read(self, name: str) -> bytes | None:
        try:
            return within.read(self._root, f"{_FOLDER}/{name}", _MAX_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _note(self, error: PictureError) -> None:
        self._is_broken = True
        self._troubles(error)


def _unreadable(what: str, name: str, error: OSError) -> PictureError:
    what = f"{what} cannot be read ({error.strerror})"
    return PictureError(what, subject=f"{_FOLDER}/{name}", hint=within.hint(error))
