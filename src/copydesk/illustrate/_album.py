"""Album: the folder of cached pictures, found by address, stored by content, bounded in size."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.illustrate._measure import measure
from copydesk.illustrate._picture import Picture, from_sidecar, to_sidecar
from copydesk.illustrate._web_form import web_form
from copydesk.kit import files

if TYPE_CHECKING:
    from copydesk.news import Page

_KEPT_SHARE = 0.9  # of the limit after an eviction, so that not every new picture evicts


class Album:
    """The cached pictures of a newsroom, for as long as the disk and the limit allow.

    Two files for each: `<SHA-256 of the origin's bytes>.webp` for the page, and a sidecar
    `<SHA-256 of the address, 32 digits>.json` that says whose it is, so that the folder alone is
    enough. Blocking; safe to use from several threads.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._bytes: int | None = None
        self._lock = threading.Lock()

    def find(self, url: str) -> Picture | None:
        """Give the picture of an address; None where it is not cached, or its files are damaged."""
        picture = self._read(self._sidecar(url))
        return picture if picture and picture.url == url else None

    def add(self, url: str, page: Page, alt: str = "") -> Picture:
        """Measure, prove and store what was fetched from `url`.

        Raises PictureError where it is no picture, too small, too large, cut off, or cannot be
        written.
        """
        seen = measure(page.body, url)
        name = f"{hashlib.sha256(page.body).hexdigest()}.webp"
        picture = Picture(
            url=url, width=seen.width, height=seen.height, type=seen.type, file=name, alt=alt
        )
        fresh = None if self._is_whole(name) else web_form(page.body, seen, url)
        try:
            self._store(picture, fresh)
        except OSError as error:
            raise PictureError(
                "picture cannot be stored", subject=str(self._folder), hint=str(error)
            ) from error
        return picture

    def by_url(self) -> Mapping[str, str]:
        """Give the file name of every cached picture by its origin address, in address order."""
        known = {picture.url: picture.file for picture in self._pictures()}
        return dict(sorted(known.items()))

    def _store(self, picture: Picture, fresh: bytes | None) -> None:
        if fresh is not None:
            files.write_atomic(self._folder / picture.file, fresh, durable=False)
        files.write_if_changed(self._sidecar(picture.url), to_sidecar(picture))
        if fresh is not None:
            with self._lock:
                self._make_room(len(fresh), keep=picture.file)

    def _make_room(self, added: int, keep: str) -> None:
        """Evict the oldest pictures when the limit is passed; the one just added stays."""
        self._bytes = self._weigh() if self._bytes is None else self._bytes + added
        if self._bytes <= self._max_bytes:
            return
        left = self._weigh()
        for file in self._oldest_first():
            if left <= self._max_bytes * _KEPT_SHARE:
                break
            if file.name != keep:
                left -= _size(file)
                file.unlink(missing_ok=True)
        self._bytes = left
        self._drop_orphans()

    def _drop_orphans(self) -> None:
        for sidecar in self._folder.glob("*.json"):
            if self._read(sidecar) is None:
                sidecar.unlink(missing_ok=True)

    def _weigh(self) -> int:
        return sum(_size(file) for file in self._folder.glob("*.webp"))

    def _oldest_first(self) -> list[Path]:
        return sorted(self._folder.glob("*.webp"), key=lambda file: (_age(file), file.name))

    def _pictures(self) -> Iterator[Picture]:
        for sidecar in self._folder.glob("*.json"):
            picture = self._read(sidecar)
            if picture and sidecar == self._sidecar(picture.url):
                yield picture

    def _read(self, sidecar: Path) -> Picture | None:
        """Read a sidecar whose picture is there; a damaged one is as good as none."""
        try:
            picture = from_sidecar(sidecar.read_bytes())
        except (OSError, PictureError):
            return None
        return picture if self._is_whole(picture.file) else None

    def _is_whole(self, name: str) -> bool:
        """Say whether a stored picture is there; written by renaming, it is whole or absent."""
        return _size(self._folder / name) > 0

    def _sidecar(self, url: str) -> Path:
        return (
            self._folder / f"{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:32]}.json"
        )


def _size(file: Path) -> int:
    with contextlib.suppress(OSError):
        return file.stat().st_size
    return 0


def _age(file: Path) -> int:
    with contextlib.suppress(OSError):
        return file.stat().st_mtime_ns
    return 0
