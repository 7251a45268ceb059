"""The album: a folder that caches article pictures, found by URL and limited in size."""

from __future__ import annotations

import base64
import contextlib
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.illustrate import _album_files, _forms
from copydesk.kit import files, text, urls
from copydesk.news import Image, Story
from copydesk.news.article import Figure
from copydesk.news.edition import PictureFile, Thumbnail

if TYPE_CHECKING:
    from copydesk.news import Page

_KEPT_SHARE = 0.9  # of the limit is left after an eviction, so that not every new picture evicts
_DAY = 86_400.0
_HOUR = 3_600.0
_MEASURED_DAYS = 100  # after which the measure of an unused picture without a copy is forgotten
_WIDTH = 1_200
_HEIGHT = 4_800


class Album:
    """The cached pictures of a site's articles, in a folder that is limited in size.

    Each picture has web versions (forms), or the original until a page shows it, named by the
    SHA-256 of the original's bytes. A sidecar `<SHA-256 of the URL, 32 digits>.json` says which
    picture a URL has, so that the folder alone is enough. The time of a sidecar is the day on which
    a record was last seen to use it, that of a form is when it was made. A picture that was only
    measured has a sidecar and no form. A list beside the folder makes it unnecessary to open every
    file while nothing changes. Blocking; safe to use from several threads.
    """

    def __init__(self, folder: Path, max_bytes: int, *, renewed_at_once: int = 100) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._renewed_at_once = renewed_at_once  # made by the first version: some five seconds
        self._bytes: int | None = None
        self._catalogue: dict[str, _album_files.Picture] | None = None
        self._list: _album_files.AlbumList | None = None
        self._common: Mapping[str, frozenset[str]] | None = None
        self._lock = threading.RLock()

    def find(self, url: str) -> _album_files.Picture | None:
        """Return the cached picture of a URL, None if it is not cached or its files are damaged."""
        picture = self._read(self._sidecar(url))
        if picture is None or picture.only_measured:
            return None
        return self._renew(picture) if picture.is_earlier else picture

    def add(self, url: str, page: Page) -> _album_files.Picture:
        """Measure, check and store the picture that was fetched from `url`.

        Raises PictureError if it is no picture, too small, too large, cut off, or cannot be
        written.
        """
        fetched = _forms.measure_picture(url, page.body)
        return self.keep(fetched, None)

    def holds(self, fetched: _forms.FetchedPicture) -> bool:
        """Return whether the album has all files of this picture, perhaps fetched from
        another URL.
        """
        return self._same_bytes(fetched.stem) is not None

    def keep(
        self, fetched: _forms.FetchedPicture, made: _forms.PictureForms | None
    ) -> _album_files.Picture:
        """Store a fetched picture and its web versions (`made`, or None to make them); raises
        PictureError.

        Web versions that have been deleted are made again.
        """
        picture = self._describe(fetched)
        known = self._same_bytes(fetched.stem)
        if known is not None and known.forms:
            return self._store(_album_files.copy_files(picture, known), {})
        return self._store_forms(picture, made or _forms.make_forms(fetched))

    def keep_original(self, fetched: _forms.FetchedPicture) -> _album_files.Picture:
        """Store a picture as fetched, until a page needs its web versions; raises PictureError.

        If there is a copy of the same bytes, from whatever URL, that one is used.
        """
        picture = self._describe(fetched)
        known = self._same_bytes(fetched.stem)
        if known is not None:
            return self._store(_album_files.copy_files(picture, known), {})
        name = f"{fetched.stem}{_album_files.ORIGINAL}"
        return self._store(replace(picture, original=name), {name: fetched.data})

    def list_waiting(self) -> list[str]:
        """Return the URLs of the pictures whose web versions are not made yet."""
        with self._lock:
            return [url for url, picture in self._pictures().items() if picture.original]

    def find_waiting(self, urls: Iterable[str]) -> Iterator[_forms.FetchedPicture]:
        """Yield those pictures of the URLs that have no web versions yet; delete lost ones."""
        with self._lock:
            pictures = [*filter(None, map(self._pictures().get, urls))]
        for picture in {picture.stem: picture for picture in pictures if picture.original}.values():
            try:
                yield read_original(picture, self._folder)
            except PictureError:
                now = self._read(self._sidecar(picture.url))
                if now is None or now.original:
                    self.forget(picture.url)
                else:  # another process has made them since
                    self._put(now)

    def forget(self, url: str) -> None:
        """Delete the picture of a URL from the album; its files go later, if no other
        URL has them.
        """
        with self._lock:
            self._pictures().pop(url, None)
            self._common = None
        _album_files.drop(self._folder, [_album_files.name_sidecar(url)])

    def measure_only(self, url: str, page: Page) -> _album_files.Picture:
        """Measure the picture fetched from `url` without storing a copy; raises what `add` raises.

        A copy stored under earlier settings is kept.
        """
        fetched = _forms.measure_picture(url, page.body)
        picture = replace(self._describe(fetched), only_measured=True)
        with self._lock:
            known = self._pictures().get(url)
            if known is None or known.only_measured:
                self._store(picture, {})
        return picture

    def note(self, url: str, article: str) -> None:
        """Store that an article uses the picture of `url`, if the album has that picture."""
        with self._lock:
            picture = self._pictures().get(url)
            if picture is None or (noted := _album_files.note_request(picture, article)) is picture:
                return
            sidecar = self._sidecar(url)
            with contextlib.suppress(OSError):  # then the note holds while the album is open
                used = sidecar.stat().st_mtime
                files.write_if_changed(sidecar, _album_files.to_sidecar(noted))
                os.utime(sidecar, (used, used))
            self._put(noted)

    def is_common(self, url: str, article: str) -> bool:
        """Return whether a picture is on many articles of the article's site, like a logo.

        That is so if its site has the very same picture for more than three articles under more
        than three URLs.
        """
        with self._lock:
            picture = self._pictures().get(url)
            sites = self._commons().get(picture.file, ()) if picture else ()
        return bool(sites) and urls.registrable_domain(article) in sites

    def has_common(self) -> bool:
        """Return whether the album has any picture that is on many articles of its site, like a
        logo.
        """
        with self._lock:
            return bool(self._commons())

    def thumbnails(self) -> Mapping[str, Thumbnail]:
        """Map the original URL of each picture that pages may show to its thumbnail, in URL order.

        A picture stored by the album's first version is its own thumbnail.
        """
        with self._lock:
            return {
                url: find_earlier(picture) if picture.is_earlier else picture.thumbnail
                for url, picture in sorted(self._pictures().items())
                if picture.is_earlier or picture.forms
            }

    def tend(self, used: Iterable[tuple[str, str]], now: datetime) -> None:
        """Clean up the album once a day: record which pictures are used, delete others, convert old
        ones.

        `used` are original URLs, each with its article's, the most important first. A hundred are
        renewed at a time. Unfinished files are deleted when they are an hour old, and a picture
        without a copy is forgotten when no record has used it for long. Once a day is enough while
        nobody else changes the folder.
        """
        moment = now.timestamp()
        with self._lock:
            known = self._pictures()
            if self._is_tended(moment):
                return
            articles = {url: article for url, article in used if url in known} if known else {}
            for url, article in articles.items():
                if not known[url].asked:
                    self.note(url, article)
            old = [known[url] for url in articles if known[url].is_earlier]
            for picture in old[: self._renewed_at_once]:
                self._renew(picture)
            for url in articles:
                self._touch(self._sidecar(url), moment)
            self._sweep(moment)
            self._save_list(moment)

    def _is_tended(self, moment: float) -> bool:
        """Return whether cleaning up was done within a day; add new pictures to the list."""
        if self._list is None or not 0 <= moment - self._list.tended < _DAY:
            return False
        if any(picture.is_earlier for picture in self._pictures().values()):
            return False
        return _album_files.is_current(self._list, self._folder) or self._save_list(
            self._list.tended
        )

    def _save_list(self, tended: float) -> bool:
        """Write the list of what is known; return False if the folder holds anything else."""
        pictures = self._pictures()
        names = {name for picture in pictures.values() for name in picture.names}
        names.update(map(_album_files.name_sidecar, pictures))
        self._list = _album_files.save_list(self._folder, pictures.values(), names, tended)
        return self._list is not None

    def _commons(self) -> Mapping[str, frozenset[str]]:
        if self._common is None:
            self._common = _album_files.common_files(self._pictures().values())
        return self._common

    def _describe(self, fetched: _forms.FetchedPicture) -> _album_files.Picture:
        """Return a picture without its files, with the articles that use it so far."""
        file = f"{fetched.stem}.webp"
        return _album_files.Picture(
            url=fetched.url,
            width=fetched.measure.width,
            height=fetched.measure.height,
            type=fetched.measure.type,
            file=file,
            asked=self._requesters(fetched.url, file),
        )

    def _requesters(self, url: str, file: str) -> Mapping[str, tuple[str, ...]]:
        """Return the articles that use the picture of a URL, none if the URL's picture changed."""
        with self._lock:
            known = self._pictures().get(url)
        return known.asked if known and known.file == file else {}

    def _same_bytes(self, stem: str) -> _album_files.Picture | None:
        """Find a picture with the same bytes under another URL, if all of its files exist."""
        with self._lock:
            file = f"{stem}.webp"
            same = (
                picture
                for picture in self._pictures().values()
                if picture.file == file and picture.is_cached
            )
            picture = next(same, None)
        return picture if picture and self._is_whole(picture) else None

    def _store(
        self, picture: _album_files.Picture, fresh: Mapping[str, bytes]
    ) -> _album_files.Picture:
        try:
            for name, data in fresh.items():
                files.write_atomic(self._folder / name, data, durable=False)
            files.write_if_changed(self._sidecar(picture.url), _album_files.to_sidecar(picture))
        except OSError as error:
            raise PictureError(
                "the picture cannot be stored", subject=str(self._folder), hint=str(error)
            ) from error
        with self._lock:
            self._put(picture)
            self._make_room(sum(map(len, fresh.values())), keep=picture.stem)
        return picture

    def _store_forms(
        self, picture: _album_files.Picture, made: _forms.PictureForms
    ) -> _album_files.Picture:
        """Store the web versions of a picture under all its URLs, and delete its original."""
        picture = replace(picture, forms=tuple(made.forms), thumb_hash=_text(made.thumb_hash))
        self._store(picture, {form.name: data for form, data in made.forms.items()})
        with self._lock:
            every = [*self._pictures().values()]
        for other in every:
            if other.file == picture.file and other.original:
                self._store(_album_files.copy_files(other, picture), {})
        _album_files.drop(self._folder, [f"{picture.stem}{_album_files.ORIGINAL}"])
        return picture

    def _renew(self, picture: _album_files.Picture) -> _album_files.Picture | None:
        """Make the web versions of a picture from the album's first version, None if that fails.

        A damaged picture is forgotten. If only the writing fails, it is tried again next time.
        """
        same = self._same_bytes(picture.stem)
        try:
            made = None if same else renew(picture, self._folder)
        except (OSError, PictureError):
            self.forget(picture.url)
            return None
        try:
            if made is not None:
                return self._store_forms(picture, made)
            return self._store(_album_files.copy_files(picture, same), {}) if same else None
        except PictureError:
            return None

    def _make_room(self, added: int, keep: str) -> None:
        """If the album is too large, delete the pictures unused for longest, never the
        added one.
        """
        if not added:
            return
        self._bytes = self._weigh() if self._bytes is None else self._bytes + added
        if self._bytes <= self._max_bytes:
            return
        there = _album_files.lots(self._folder)
        weight = sum(lot.size for lot in there.values())
        if weight > self._max_bytes:
            surplus = weight - int(self._max_bytes * _KEPT_SHARE)
            for stem in _album_files.leaving(there, self._last_uses(), keep, surplus):
                weight -= there[stem].size
                _album_files.drop(self._folder, there[stem].names)
            self._drop_orphans()
        self._bytes = weight

    def _weigh(self) -> int:
        return sum(lot.size for lot in _album_files.lots(self._folder).values())

    def _last_uses(self) -> Mapping[str, float]:
        """Map each picture's stem (the beginning of its file names) to the time of its last use."""
        used: dict[str, float] = {}
        for url, picture in self._pictures().items():
            with contextlib.suppress(OSError):
                moment = self._sidecar(url).stat().st_mtime
                used[picture.stem] = max(moment, used.get(picture.stem, 0.0))
        return used

    def _sweep(self, moment: float) -> None:
        """Delete files that belong to no picture, unless they are new and may be half stored."""
        before = moment - _HOUR
        owned = {name for picture in self._pictures().values() for name in picture.names}
        there = _album_files.lots(self._folder).values()
        for names in (set(lot.names) - owned for lot in there if lot.came < before):
            _album_files.drop(self._folder, names)
        _album_files.drop(self._folder, _album_files.list_leftovers(self._folder, before))
        self._sweep_measurements(moment - _MEASURED_DAYS * _DAY)

    def _sweep_measurements(self, before: float) -> None:
        """Delete what was measured of pictures without a copy that no article uses any more."""
        measured = [picture for picture in self._pictures().values() if picture.only_measured]
        used = self._last_uses() if measured else {}
        for picture in measured:
            if used.get(picture.stem, 0.0) < before:
                self.forget(picture.url)

    def _put(self, picture: _album_files.Picture) -> None:
        with self._lock:
            self._pictures()[picture.url] = picture
            self._common = None

    def _touch(self, sidecar: Path, moment: float) -> None:
        """Store the day on which a picture was used, as the time of its JSON sidecar."""
        with contextlib.suppress(OSError):
            if sidecar.stat().st_mtime < moment - _DAY:
                os.utime(sidecar, (moment, moment))

    def _drop_orphans(self) -> None:
        lost = [file.name for file in self._folder.glob("*.json") if self._read(file) is None]
        _album_files.drop(self._folder, lost)
        self._catalogue = self._common = None

    def _pictures(self) -> dict[str, _album_files.Picture]:
        """Return all pictures by URL; without a current list the folder is read once."""
        if self._catalogue is None:
            self._list = _album_files.load_list(self._folder)
            if self._list is not None:
                self._catalogue = {picture.url: picture for picture in self._list.pictures}
                return self._catalogue
            there = _album_files.whole(self._folder)
            names = (name for name in sorted(there) if name.endswith(".json"))
            pictures = (_album_files.read_sidecar(self._folder / name) for name in names)
            self._catalogue = {
                picture.url: picture
                for picture in pictures
                if picture and there.issuperset(picture.names)
            }
        return self._catalogue

    def _read(self, sidecar: Path) -> _album_files.Picture | None:
        """Read the JSON description of a picture, None if it is damaged or files are missing."""
        picture = _album_files.read_sidecar(sidecar)
        return picture if picture and self._is_whole(picture) else None

    def _is_whole(self, picture: _album_files.Picture) -> bool:
        """Return whether all files of a picture are there; renaming leaves none partial."""
        return all(_size(self._folder / name) > 0 for name in picture.names)

    def _sidecar(self, url: str) -> Path:
        return self._folder / _album_files.name_sidecar(url)


def _size(file: Path) -> int:
    with contextlib.suppress(OSError):
        return file.stat().st_size
    return 0


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def find_earlier(picture: _album_files.Picture) -> Thumbnail:
    """Return a thumbnail for a picture that the album's first version stored in one single file."""
    scale = min(1, _WIDTH / picture.width, _HEIGHT / picture.height)
    form = PictureFile(
        name=picture.file,
        width=max(1, round(picture.width * scale)),
        height=max(1, round(picture.height * scale)),
        type="image/webp",
    )
    return Thumbnail(forms=(form,))


def renew(picture: _album_files.Picture, folder: Path) -> _forms.PictureForms:
    """Make the web versions of a picture that the album's first version stored in one single file.

    Raises OSError if it cannot be read, PictureError if it is damaged.
    """
    stored = (folder / picture.file).read_bytes()
    width, height = _forms.size(stored)
    seen = _forms.Measure(format="WEBP", type="image/webp", width=width, height=height)
    return _forms.make_forms(
        _forms.FetchedPicture(url=picture.url, data=stored, measure=seen, stem=picture.stem)
    )


def read_original(picture: _album_files.Picture, folder: Path) -> _forms.FetchedPicture:
    """Return a picture as it was fetched; raises PictureError if its file is lost or changed."""
    try:
        fetched = _forms.measure_picture(picture.url, (folder / picture.original).read_bytes())
    except OSError as error:
        raise PictureError("the original of a picture is missing", subject=picture.url) from error
    if fetched.stem != picture.stem:
        raise PictureError("the original of a picture is damaged", subject=picture.url)
    return fetched


def make_waiting(album: Album, urls: Iterable[str]) -> None:
    """Make the web versions of those pictures that do not have them yet; delete damaged ones.

    A picture that cannot be written now keeps waiting.
    """
    for fetched in album.find_waiting(urls):
        try:
            made = _forms.make_forms(fetched)
        except PictureError:
            album.forget(fetched.url)
            continue
        with contextlib.suppress(PictureError):
            album.keep(fetched, made)


_LONGEST_TITLE = 300
_LONGEST_CREDIT = 160


def with_image(
    story: Story, picture: _album_files.Picture | None, figure: Figure | None = None
) -> Story:
    """Return the story with `picture` as its only picture, or without any if it is None (SPEC
    2.11).

    The record keeps the original's URL and size; `isCached` says that we have a copy. `figure` says
    what the picture shows and whose it is; without it the record says neither, as everyday.cc does.
    """
    if picture is None:
        return replace(story, images=())
    image = Image(
        url=picture.url,
        width=picture.width,
        height=picture.height,
        is_cached=picture.is_cached,
        title=text.shorten(text.fold(figure.alt), _LONGEST_TITLE) if figure else "",
        attribution=text.shorten(text.fold(figure.credit), _LONGEST_CREDIT) if figure else "",
    )
    return replace(story, images=(image,))
