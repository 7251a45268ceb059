"""Cards: the pictures that are drawn for a site, its icons and what whoever shares a link sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from copydesk.engine.newsroom import Newsroom, Troubles
from copydesk.errors import PictureError
from copydesk.illustrate import Easel
from copydesk.news import Form, Poster

_FACES = ("face.ttf", "face.otf")  # the newsroom's own, for scripts that ours lacks


class Cards:
    """Draw for a newsroom; what goes wrong is noted once, and then there are no cards."""

    def __init__(self, newsroom: Newsroom, troubles: Troubles) -> None:
        self.folder = newsroom.private / "cards"
        self._own = newsroom.root / "_templates"
        self._easel = Easel(self.folder, next(filter(Path.is_file, self._faces()), None))
        self._troubles = troubles
        self._is_broken = False

    def draw(self, poster: Poster, *, anew: bool) -> Form | None:
        """Give the file of a poster, None where there can be none."""
        if self._is_broken:
            return None
        try:
            return self._easel.poster(poster, anew=anew)
        except PictureError as error:
            self._note(error)
            return None

    def ahead(self, posters: Iterable[Poster]) -> None:
        """Draw many posters at once, for `draw` to give them."""
        self._easel.ahead(posters)

    def icons(self, title: str) -> Mapping[str, Path]:
        """Give the icons of a title by their names, from `_templates/` what is there."""
        try:
            drawn = self._easel.icons(title)
        except PictureError as error:
            self._note(error)
            return {}
        own = {name: self._own / name for name in drawn}
        return {name: own[name] if own[name].is_file() else file for name, file in drawn.items()}

    def sweep(self, used: Collection[str], icons: Collection[Path]) -> None:
        """Delete what was drawn and is used no longer."""
        self._easel.sweep({*used, *(file.name for file in icons)})

    def _faces(self) -> list[Path]:
        return [self._own / name for name in _FACES]

    def _note(self, error: PictureError) -> None:
        self._is_broken = True
        self._troubles(error)
