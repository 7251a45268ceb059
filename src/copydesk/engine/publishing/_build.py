"""Build: the site from what is filed, only what changed."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import get_args

from copydesk import archive, placement, publish
from copydesk.archive import reading_lists
from copydesk.config import Settings
from copydesk.engine.newsroom import (
    BuildReport,
    Failure,
    Newsroom,
    Progress,
    Troubles,
    in_turn,
    read_missing_parts,
)
from copydesk.engine.publishing._assets import ASSETS, find_linked_assets
from copydesk.engine.publishing._picture_rules import picture_shows
from copydesk.engine.publishing._share_cards import ShareCards
from copydesk.engine.publishing._stories import NewsroomStories
from copydesk.engine.uploads import show_uploads
from copydesk.errors import PublishError, RecordError
from copydesk.illustrate import make_waiting
from copydesk.kit import files, processes, text
from copydesk.memory import Memory
from copydesk.news import Edition, LetterDay, LetterSeries, ReadingList, Record
from copydesk.placement import issue_stems

GONE = "gone.txt"  # beside the site, for the server: folders to answer 410 for, one a line
PAGES = "pages.sqlite"  # what is known of the stories that pages list: disposable
_UNPUBLISHABLE = "the record's name cannot be an address, so it has no page"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Where to build, the newsroom's own site folder if None; with `full` everything anew."""

    out: Path | None = None
    full: bool = False


def build(
    newsroom: Newsroom, progress: Progress, options: BuildOptions | None = None
) -> BuildReport:
    """Publish every filed story and record into a web root; raises PublishError.

    One build after the other: one that is under way is waited for.
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
        filing = NewsroomStories(newsroom.root, newsroom.beat, newsroom.archive, troubles)
        seen = publish.survey(filing, newsroom.beat, known, full=options.full)
        edition = _edition(newsroom, seen, troubles)
        cards = ShareCards(newsroom.root, newsroom.private, troubles)
        icons = cards.icons(edition.beat.title)
        chosen = _options(newsroom, seen, options)
        chosen = replace(chosen, draw=cards.draw, draw_ahead=cards.draw_ahead)
        chosen = replace(chosen, cards_folder=cards.folder, icons=icons)
        done = publish.publish(edition, out, manifest, chosen, newsroom.memory.together)
        if done.cards is not None:
            cards.sweep(done.cards, icons.values())
        if out == newsroom.site:
            _note_removals(newsroom.private / GONE, done.gone)
    return BuildReport(
        stories=done.stories,
        pages=done.pages,
        written=done.written,
        deleted=done.deleted,
        unchanged=done.unchanged,
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
    """Plan for the block what a build at a moment would publish, of these records; make nothing.

    A build is waited for, and waits: both read what is known of the stories of the last one.
    """
    with (
        in_turn(newsroom.private / "build.lock"),
        contextlib.closing(_open_page_index(newsroom.private, newsroom.site)) as known,
    ):
        filing = NewsroomStories(newsroom.root, newsroom.beat, newsroom.archive, troubles)
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
    """Make the forms of the pictures that wait and that a build would show; publish nothing.

    A round that was killed leaves some. Without forms a letter composed before the next build has
    no picture of the story.
    """
    waiting = newsroom.album.list_waiting()
    if not waiting:
        return
    with (
        in_turn(newsroom.private / "build.lock"),
        contextlib.closing(_open_page_index(newsroom.private, newsroom.site)) as known,
    ):
        filing = NewsroomStories(newsroom.root, newsroom.beat, newsroom.archive, Troubles())
        seen = publish.survey(filing, newsroom.beat, known)
        shown = [url for url in waiting if seen.has_public_image(url)]
        known.rollback()
    make_waiting(newsroom.album, shown)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Look for no circles meanwhile: a build makes many small things and hardly any circle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _own_site(site: Path) -> Path:
    """Return the newsroom's own site folder; a link there is not ours and is not followed."""
    if site.is_symlink():
        raise PublishError(
            "the site's folder is a symbolic link",
            subject=str(site),
            hint="remove it; to build into another folder name that with --out",
        )
    return site


def _note_removals(file: Path, folders: tuple[str, ...]) -> None:
    """Write down which folders an editor removed; outside of the web root, where none reads it."""
    text = "".join(f"/{folder}\n" for folder in folders).encode()
    if text or file.exists():
        files.write_atomic(file, text, durable=False)


def is_gone(private: Path, path: str) -> bool:
    """Decide whether an editor removed what lay at a path of the site (`news/2026-11-19-wall`)."""
    try:
        folders = (private / GONE).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return f"/{path.removesuffix('/index.html')}/" in folders


def _open_page_index(private: Path, out: Path) -> publish.PageIndex:
    """Open what is known of the stories that were published into a web root."""
    return publish.PageIndex(private / PAGES, str(out.resolve()))


def _edition(newsroom: Newsroom, seen: publish.Survey, troubles: Troubles) -> Edition:
    newsroom.album.tend(_in_use(seen), newsroom.now)
    make_waiting(newsroom.album, filter(seen.has_public_image, newsroom.album.list_waiting()))
    return Edition(
        beat=newsroom.beat,
        at=newsroom.now,
        stories=seen,
        records=tuple(newsroom.archive.records(troubles)),
        pictures=newsroom.album.thumbnails(),
        reads=read_counts(newsroom.settings, newsroom.memory, newsroom.now),
        lists=tuple(_lists(newsroom.root, seen, troubles)),
        letters=_list_letters(newsroom),
    )


def _list_letters(newsroom: Newsroom) -> tuple[LetterSeries, ...]:
    """Return the letters of the settings, with what the names of their issues begin with."""
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
    """Yield the lists that editors made; a story of one that nobody filed is told."""
    for listed in reading_lists.find_reading_lists(root, troubles):
        unknown = [story.name for story in listed.stories if not seen.has_record(story.name)]
        if unknown:
            others = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
            troubles(
                RecordError(
                    f"the list names a record that is not there: {unknown[0][:100]}{others}",
                    subject=reading_lists.list_path(listed.id),
                    hint="take it out of the list",
                )
            )
        yield listed


def read_counts(settings: Settings, memory: Memory, now: datetime) -> dict[str, int]:
    """Return how often each record's page was read lately, nothing where that is not counted."""
    if not settings.serve.count_reads:
        return {}
    return memory.reads.since((now - placement.READ_WITHIN).date())


def _in_use(seen: publish.Survey) -> Iterator[tuple[str, str]]:
    """Yield the addresses of stories' pictures and of the stories, those of the newest first."""
    return ((entry.image, entry.web_url) for entry in seen.with_picture())


def _options(
    newsroom: Newsroom, seen: publish.Survey, options: BuildOptions
) -> publish.PublishOptions:
    settings = newsroom.settings
    shows = picture_shows(settings, newsroom.articles, newsroom.album, newsroom.memory, seen)
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
            awaited=_find_awaited_pictures(newsroom.private),
        ),
        pictures_folder=newsroom.private / "pictures",
        static=newsroom.root / ASSETS,
        templates=newsroom.templates,
        workers=processes.at_once(),
    )


def _find_awaited_pictures(private: Path) -> frozenset[str]:
    """Return the addresses of the pictures that a restore missed and rounds fetch again."""
    missing = read_missing_parts(private)
    waiting = missing.waiting if missing else ()
    return frozenset(part.url for part in waiting if part.kind == "picture")
