"""Read and write the files of the picture cache (album): a JSON sidecar per picture, a list of all.

Each file of an album is written by renaming, so that any new or deleted file changes the folder's
time. While that is the time that the list names, the list is current and no file is opened.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from copydesk.errors import PictureError
from copydesk.illustrate import _forms
from copydesk.kit import files, urls
from copydesk.news.edition import PictureFile, Thumbnail

ORIGINAL = ".original"  # the extension of a picture that no page shows yet
COMMON = 3  # URLs, and articles, of one site; a picture with more is a card, a logo or the like
_MOST_SITES = 50  # noted for one URL
_FILE = re.compile(r"([0-9a-f]{64})\.webp")
_REST = re.compile(r"(-[0-9]{1,4})?\.(webp|avif|jpg)")  # the end of a form's name
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
_LONGEST = 10_000  # pixels of a form's side, as a damaged sidecar may have any number
_TICK_NS = 50_000_000  # a tick of the file system's clock, within which two changes look like one
_DIGEST_BYTES = 16
_KINDS = (".webp", ".avif", ".jpg", ORIGINAL)
_UNFINISHED = ".new-"  # the prefix of files that kit.files did not rename before it was killed


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in the cache (album): its original URL, size, media type, and the names of its
    files.

    `width` and `height` are the original's in pixels, as a browser shows it (turned as the camera
    says). `type` is what the bytes are, whatever the server said. `file` is the name of the WebP
    for pages in the album: the SHA-256 of the original's bytes. `forms` are all its files, that one
    first. It is () if the picture was only measured, or waits for a page: then `original` is the
    file of the original bytes, else "". `thumb_hash` is its ThumbHash in base64. `asked` has the
    articles that asked for it by the mark of their site, at most four articles each.
    """

    url: str
    width: int
    height: int
    type: str
    file: str
    forms: tuple[PictureFile, ...] = ()
    thumb_hash: str = ""
    only_measured: bool = False
    original: str = ""
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_cached(self) -> bool:
        """Return whether the album has a copy of the picture."""
        return bool(self.forms or self.original)

    @property
    def stem(self) -> str:
        """Return the beginning of the names of all the picture's files."""
        return self.file.removesuffix(".webp")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all the picture's files."""
        if self.only_measured:
            return ()
        return tuple(form.name for form in self.forms) or (self.original or self.file,)

    @property
    def is_earlier(self) -> bool:
        """Return whether the picture is stored in one file, as in the album's first version."""
        return not (self.forms or self.only_measured or self.original)

    @property
    def thumbnail(self) -> Thumbnail:
        """Return the thumbnail of the picture that pages show."""
        colour = _forms.average(base64.b64decode(self.thumb_hash))
        return Thumbnail(forms=self.forms, colour=colour)


def copy_files(picture: Picture, same: Picture) -> Picture:
    """Return a picture with the file names of another picture that has the same bytes."""
    return replace(picture, forms=same.forms, thumb_hash=same.thumb_hash, original=same.original)


def note_request(picture: Picture, article: str) -> Picture:
    """Return a picture with an article added to the list of articles that use it."""
    site, mark = urls.registrable_domain(article), _mark(article)
    marks = picture.asked.get(site, ())
    is_full = len(marks) > COMMON or (not marks and len(picture.asked) >= _MOST_SITES)
    if not site or is_full or mark in marks:
        return picture
    return replace(picture, asked={**picture.asked, site: (*marks, mark)})


def common_files(pictures: Iterable[Picture]) -> Mapping[str, frozenset[str]]:
    """Map the file of each picture that sites show on many articles, like a logo, to these sites.

    What counts is which articles asked for a picture, not its host: many papers use the host of one
    service, and any of its customers could offer another's picture under many URLs. If the articles
    are not known, as in an older album, it counts for the site of its own URL.
    """
    addresses: Counter[tuple[str, str]] = Counter()
    articles: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for picture in pictures:
        asked = picture.asked or {urls.registrable_domain(picture.url): (picture.url,)}
        for site, marks in asked.items():
            addresses[picture.file, site] += 1
            articles[picture.file, site].update(marks)
    sites_by_file: defaultdict[str, set[str]] = defaultdict(set)
    for (file, site), number in addresses.items():
        if number > COMMON and len(articles[file, site]) > COMMON:
            sites_by_file[file].add(site)
    return {file: frozenset(those) for file, those in sites_by_file.items()}


def _mark(article: str) -> str:
    identity = urls.identity(article).encode("utf-8", "replace")
    return hashlib.sha256(identity).hexdigest()[:16]


def name_sidecar(url: str) -> str:
    """Return the file name of the JSON description (sidecar) of the picture with this URL."""
    return f"{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:32]}.json"


def to_sidecar(picture: Picture) -> bytes:
    """Encode the description of a picture as one line of JSON, for its sidecar file."""
    import msgspec

    return msgspec.json.encode(picture, order="deterministic") + b"\n"


def from_sidecar(data: bytes) -> Picture:
    """Parse a picture's JSON description; raises PictureError if damaged or naming foreign files.

    A picture of the first version has no forms: it has one file, up to 1,200 pixels wide.
    """
    import msgspec

    try:
        picture = msgspec.json.decode(data, type=Picture)
        is_sound = _is_sound(picture)
    except (ValueError, RecursionError) as error:
        raise PictureError("the metadata file of a picture is damaged") from error
    if not is_sound:
        raise PictureError("the metadata file of a picture is damaged", subject=picture.url[:200])
    return picture


def read_sidecar(sidecar: Path) -> Picture | None:
    """Read the JSON description of a picture, None if it is damaged or is of another URL."""
    try:
        picture = from_sidecar(sidecar.read_bytes())
    except (OSError, PictureError):
        return None
    return picture if sidecar.name == name_sidecar(picture.url) else None


def _is_sound(picture: Picture) -> bool:
    stem = _FILE.fullmatch(picture.file)
    if stem is None or min(picture.width, picture.height) <= 0 or picture.type not in _TYPES:
        return False
    base64.b64decode(picture.thumb_hash, validate=True)
    if bool(picture.forms) + picture.only_measured + bool(picture.original) > 1:
        return False
    if picture.original not in {"", f"{stem[1]}{ORIGINAL}"}:
        return False
    is_first = not picture.forms or picture.forms[0].name == picture.file
    return is_first and all(_is_form(form, stem[1]) for form in picture.forms)


def _is_form(form: PictureFile, stem: str) -> bool:
    is_own = form.name.startswith(stem) and _REST.fullmatch(form.name, len(stem))
    longest, shortest = max(form.width, form.height), min(form.width, form.height)
    return bool(is_own) and form.type in _TYPES and 0 < shortest <= longest <= _LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumList:
    """The stored list of all pictures in an album, with times of folder (ns) and last
    clean-up (s).
    """

    folder_ns: int
    tended: float
    pictures: tuple[Picture, ...]


def load_list(folder: Path) -> AlbumList | None:
    """Return the stored list of an album's pictures, None if it is missing, damaged or outdated."""
    import msgspec

    try:
        data = _place(folder).read_bytes()
        digest, body = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
        if digest != _digest(body):
            return None
        listed = msgspec.msgpack.decode(body, type=AlbumList)
    except (OSError, msgspec.DecodeError):
        return None
    return listed if is_current(listed, folder) else None


def is_current(listed: AlbumList, folder: Path) -> bool:
    """Return whether an album's folder is unchanged since its list was written."""
    try:
        return listed.folder_ns == folder.stat().st_mtime_ns
    except OSError:
        return False


def save_list(
    folder: Path, pictures: Iterable[Picture], names: Iterable[str], tended: float
) -> AlbumList | None:
    """Write and return the list of an album's pictures. Return None if the folder may have changed.

    It is not possible if the folder has other files, or if something may have changed just now.
    """
    import msgspec

    try:
        folder_ns = folder.stat().st_mtime_ns
        is_settled = folder_ns < time.time_ns() - _TICK_NS
        if not is_settled or set(os.listdir(folder)) != set(names):  # noqa: PTH208 - names alone
            return None
        listed = AlbumList(folder_ns=folder_ns, tended=tended, pictures=tuple(pictures))
        body = msgspec.msgpack.encode(listed)
        files.write_atomic(_place(folder), _digest(body) + body, durable=False)
    except OSError:
        return None
    return listed


def _place(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.list")


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """All files of one picture in the album: their names, their total size, and the newest time."""

    names: tuple[str, ...]
    size: int
    came: float


def lots(folder: Path) -> Mapping[str, Lot]:
    """Map the common beginning of each picture's file names to the picture's files in a folder."""
    files_by_stem: defaultdict[str, list[tuple[str, int, float]]] = defaultdict(list)
    for entry, stat in _entries(folder):
        if entry.name.endswith(_KINDS):
            stem = entry.name.rsplit(".", 1)[0].split("-", 1)[0]
            files_by_stem[stem].append((entry.name, stat.st_size, stat.st_mtime))
    return {
        stem: Lot(
            names=tuple(name for name, _, _ in files),
            size=sum(size for _, size, _ in files),
            came=max(moment for _, _, moment in files),
        )
        for stem, files in files_by_stem.items()
    }


def whole(folder: Path) -> frozenset[str]:
    """Return the names of all files of a folder that are not empty."""
    return frozenset(entry.name for entry, stat in _entries(folder) if stat.st_size)


def list_leftovers(folder: Path, before: float) -> Iterable[str]:
    """Yield the names of unfinished files in a folder that are older than the time `before`."""
    for file in folder.glob(f"{_UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < before:
                yield file.name


def leaving(
    there: Mapping[str, Lot], used: Mapping[str, float], keep: str, surplus: int
) -> list[str]:
    """Return the pictures to delete (stems of file names) to free `surplus` bytes, but never
    `keep`.

    First go those that no record has used for longest, by the day; of those used on the same day,
    the oldest. `used` has the last use of each picture, by its stem.
    """
    order = sorted(
        there.items(), key=lambda item: (used.get(item[0], 0.0) // 86_400, item[1].came, item[0])
    )
    gone = []
    for stem, lot in order:
        if surplus <= 0:
            break
        if stem != keep:
            surplus -= lot.size
            gone.append(stem)
    return gone


def drop(folder: Path, names: Iterable[str]) -> None:
    """Delete files of a folder; a file that is missing or cannot be deleted is no error."""
    for name in names:
        with contextlib.suppress(OSError):
            (folder / name).unlink()


def _entries(folder: Path) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """Yield the files of a folder, none if it cannot be read."""
    with contextlib.suppress(OSError):
        with os.scandir(folder) as entries:
            files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        for entry in files:
            with contextlib.suppress(OSError):
                yield entry, entry.stat(follow_symlinks=False)
