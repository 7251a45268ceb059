"""Draw share cards and icons once for their words, and keep them in a folder."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from copydesk.errors import PictureError
from copydesk.illustrate import drawing, lettering
from copydesk.kit import files
from copydesk.news import PictureFile, Poster

_MANY = 40  # fewer are drawn in the time that processes need to start


class Easel:
    """Draw cards and icons into `folder`, each once; `face` is the newsroom's own font, else ours.

    Raises PictureError if a font cannot be read or a picture cannot be written.
    """

    def __init__(self, folder: Path, face: Path | None = None) -> None:
        self._folder = folder
        self._face = face or lettering.OWN_FACE
        self._there: set[str] | None = None
        self._own = ""

    def draw_card(self, poster: Poster, *, anew: bool = True) -> PictureFile | None:
        """Draw a card as a PNG in the folder, None if the font cannot set its words.

        Without `anew` nothing is drawn: only a card that is already there is returned.
        """
        name = self._name(poster)
        if name not in self._names():
            if not anew or not self._is_settable(poster):
                return None
            data = self._draw(poster)
            if data is None:
                return None
            self._keep(name, data)
        width, height = drawing.CARD_SIZE
        return PictureFile(name=name, width=width, height=height, type="image/png")

    def draw_ahead(self, posters: Iterable[Poster]) -> None:
        """Draw missing cards on all cores, if there are enough for that to pay.

        Failures are left to `draw_card`, which reports them.
        """
        with contextlib.suppress(PictureError):
            missing = {
                self._name(poster): poster for poster in posters if self._is_settable(poster)
            }
            for name in missing.keys() & self._names():
                del missing[name]
            if len(missing) < _MANY:
                return

            with contextlib.closing(drawing.draw_cards(list(missing.values()), self._face)) as pngs:
                for name, data in zip(missing, pngs, strict=False):
                    if data is not None:
                        self._keep(name, data)

    def icons(self, title: str) -> Mapping[str, Path]:
        """Return the files of the icons for a title, by the names that they have on the site."""
        key = self._key("icons", title)
        files = {name: f"{key}-{name}" for name in drawing.ICON_NAMES}
        if not self._names().issuperset(files.values()):
            try:
                drawn = drawing.draw_icons(title, self._face)
            except (OSError, ValueError) as error:
                raise self._failure(error) from error
            for name, data in drawn.items():
                self._keep(files[name], data)
        return {name: self._folder / file for name, file in files.items()}

    def sweep(self, used: Collection[str]) -> None:
        """Delete the drawings that are no longer used; `used` are names of files."""
        for name in self._names() - set(used):
            with contextlib.suppress(OSError):
                (self._folder / name).unlink()
        self._there = None

    def _name(self, poster: Poster) -> str:
        words = (poster.site, poster.headline, poster.topic, poster.source)
        return f"{self._key('poster', *words)}.png"  # another prefix would draw every card again

    def _is_settable(self, poster: Poster) -> bool:
        """Decide whether the font can set a poster, without Pillow: most builds ask this again."""
        points = lettering.read_code_points(self._face)
        return not poster.headline or bool(lettering.to_settable(poster.headline, points))

    def _draw(self, poster: Poster) -> bytes | None:
        try:
            return drawing.draw_card(poster, self._face)
        except (OSError, ValueError) as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> PictureError:
        return PictureError("a card cannot be drawn", subject=str(self._face), hint=str(error))

    def _keep(self, name: str, data: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            files.write_atomic(self._folder / name, data, durable=False)
        except OSError as error:
            raise PictureError(
                "a card cannot be stored", subject=str(self._folder), hint=str(error)
            ) from error
        self._names().add(name)

    def _names(self) -> set[str]:
        if self._there is None:
            is_there = self._folder.is_dir()
            self._there = {file.name for file in self._folder.iterdir()} if is_there else set()
        return self._there

    def _key(self, *words: str) -> str:
        """Return a name for the words, the font and the version of the drawing."""
        if not self._own:
            with contextlib.suppress(OSError):
                self._own = hashlib.blake2b(self._face.read_bytes()).hexdigest()
        parts = "\0".join((drawing.DRAWING_VERSION, self._own, *words))
        return hashlib.blake2b(parts.encode("utf-8", "replace"), digest_size=16).hexdigest()
