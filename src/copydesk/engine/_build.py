"""Build: the site from what is filed, only what changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk import archive, publish
from copydesk.engine._mishap import failure_of
from copydesk.engine._shows import shows
from copydesk.engine.newsroom import Newsroom, Troubles
from copydesk.engine.progress import Progress
from copydesk.engine.report import BuildReport, Failure
from copydesk.errors import PublishError, RecordError
from copydesk.kit import files
from copydesk.news import Edition, Story

GONE = "gone.txt"  # beside the site, for the server: folders to answer 410 for, one a line
_UNPUBLISHABLE = "the record's name cannot be an address, so it has no page"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Where to build, the newsroom's own site folder if None; with `full` everything anew."""

    out: Path | None = None
    full: bool = False


def build(
    newsroom: Newsroom, progress: Progress, options: BuildOptions | None = None
) -> BuildReport:
    """Publish every filed story and record into a web root; raises PublishError."""
    options = options or BuildOptions()
    began = time.monotonic()
    out = options.out or _own_site(newsroom)
    troubles = Troubles()
    progress.stage("publish")
    with newsroom.memory.together():
        manifest = newsroom.memory.manifest(str(out.resolve()))
        edition = _edition(newsroom, troubles)
        done = publish.publish(edition, out, manifest, _options(newsroom, edition, options))
    if out == newsroom.site:
        _note_gone(newsroom.private / GONE, done.gone)
    return BuildReport(
        stories=done.stories,
        pages=done.pages,
        written=done.written,
        deleted=done.deleted,
        unchanged=done.unchanged,
        seconds=round(time.monotonic() - began, 3),
        failed=(
            *(failure_of(error.subject, error) for error in troubles.errors),
            *(Failure(url=path, what=_UNPUBLISHABLE) for path in done.skipped),
        ),
    )


def _own_site(newsroom: Newsroom) -> Path:
    """Give the newsroom's own site folder; a link there was not made by us and is not followed."""
    if newsroom.site.is_symlink():
        raise PublishError(
            "the site's folder is a symbolic link",
            subject=str(newsroom.site),
            hint="remove it; to build into another folder name that with --out",
        )
    return newsroom.site


def _note_gone(file: Path, folders: tuple[str, ...]) -> None:
    """Write down which folders an editor removed; outside of the web root, where none reads it."""
    text = "".join(f"/{folder}\n" for folder in folders).encode()
    if text or file.exists():
        files.write_atomic(file, text, durable=False)


def is_gone(newsroom: Newsroom, path: str) -> bool:
    """Say whether an editor removed what lay at a path of the site ("news/2026-11-19-a-wall")."""
    try:
        folders = (newsroom.private / GONE).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return f"/{path.removesuffix('/index.html')}/" in folders


def _edition(newsroom: Newsroom, troubles: Troubles) -> Edition:
    stories = tuple(_stories(newsroom, troubles))
    newsroom.album.tend(_in_use(stories), newsroom.now)
    return Edition(
        beat=newsroom.beat,
        at=newsroom.now,
        stories=stories,
        records=tuple(newsroom.archive.records(troubles)),
        pictures=newsroom.album.thumbnails(),
        reads=_reads(newsroom),
    )


def _reads(newsroom: Newsroom) -> dict[str, int]:
    """Give how often each record's page was read lately, nothing where that is not counted."""
    if not newsroom.settings.serve.count_reads:
        return {}
    return newsroom.memory.reads.since((newsroom.now - publish.READ_WITHIN).date())


def _in_use(stories: Iterable[Story]) -> list[tuple[str, str]]:
    """Give the addresses of stories' pictures and of the stories, those of the newest first."""
    newest_first = sorted(stories, key=lambda story: story.path, reverse=True)
    return [(image.url, story.web_url) for story in newest_first for image in story.images[:1]]


def _stories(newsroom: Newsroom, troubles: Troubles) -> Iterator[Story]:
    """Give every story; a removal that stands among the rulings alone goes along with it."""
    try:
        verdicts = archive.read_rulings(newsroom.root).verdicts
    except RecordError as error:
        troubles(error)
        verdicts = {}
    for story in newsroom.archive.stories(troubles):
        verdict = verdicts.get(story.path)
        is_removed = verdict is not None and verdict.said == "remove" and story.verdict is None
        yield replace(story, verdict=verdict) if is_removed else story


def _options(newsroom: Newsroom, edition: Edition, options: BuildOptions) -> publish.PublishOptions:
    settings = newsroom.settings
    return publish.PublishOptions(
        full=options.full,
        api_v1=settings.publish.api_v1,
        pictures_folder=newsroom.private / "pictures",
        show=settings.pictures.show,
        shows=shows(newsroom, edition.stories),
        half_life_hours=settings.front.half_life_hours,
        static=newsroom.root / "assets",
        templates=newsroom.root / "_templates",
    )
