"""Decide how the picture of each story is shown, and draw share images (cards) for links.

Rules may depend on a story's source. Its record holds the source, sealed, so the rules still work
if the memory is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from copydesk.archive import ArticleStore, sealing
from copydesk.config import Settings
from copydesk.errors import PictureError
from copydesk.illustrate import Album, Easel
from copydesk.kit import files, within
from copydesk.memory import Memory
from copydesk.news import Story
from copydesk.news.edition import PictureFile, Poster, Show
from copydesk.newsroom import Troubles
from copydesk.publish import Survey


def picture_shows(
    settings: Settings, articles: ArticleStore, album: Album, memory: Memory, seen: Survey
) -> Mapping[str, Show]:
    """Return how to show pictures that differ from the site's default, by record path.

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
            source = sealing.read_source(story, settings.key) or _source_in_article(articles, story)
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
    """Draws a newsroom's share images (cards) and icons; after the first error no more cards."""

    def __init__(self, root: Path, private: Path, troubles: Troubles) -> None:
        self.folder = private / "cards"
        self._root = root
        self._troubles = troubles
        self._is_broken = False
        self._easel = Easel(self.folder, self._face())

    def draw(self, poster: Poster, *, anew: bool) -> PictureFile | None:
        """Draw the share image of a poster and return its file, None if it cannot be drawn."""
        if self._is_broken:
            return None
        try:
            return self._easel.draw_card(poster, anew=anew)
        except PictureError as error:
            self._note(error)
            return None

    def draw_ahead(self, posters: Iterable[Poster]) -> None:
        """Draw the share images of many posters at once, so that `draw` finds them."""
        self._easel.draw_ahead(posters)

    def icons(self, title: str) -> Mapping[str, Path]:
        """Return the site's icon files by name; an icon in `_templates/` replaces the drawn one."""
        try:
            drawn = self._easel.icons(title)
        except PictureError as error:
            self._note(error)
            return {}
        return {name: self._own_icon(name) or file for name, file in drawn.items()}

    def sweep(self, used: Collection[str], icons: Collection[Path]) -> None:
        """Delete the drawn share images and icons that are no longer used."""
        self._easel.sweep({*used, *(file.name for file in icons)})

    def _own_icon(self, name: str) -> Path | None:
        """Copy the newsroom's own icon to the drawn ones, so that exactly these bytes go out."""
        try:
            data = self._read(name)
            if data is None:
                return None
            digest = hashlib.blake2b(data, digest_size=16).hexdigest()
            file = self.folder / f"{digest}-{name}"
            files.write_if_changed(file, data)
        except OSError as error:
            self._troubles(_unreadable("an icon", name, error))
            return None
        return file

    def _face(self) -> Path | None:
        """Return the newsroom's own font file, or None; an unreadable one turns cards off."""
        for name in _FACES:
            try:
                if self._read(name) is not None:
                    return self._root / _FOLDER / name
            except OSError as error:
                self._note(_unreadable("a face", name, error))
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
