"""Picture: what the album knows of one picture of the web."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from copydesk.errors import PictureError
from copydesk.illustrate import _thumb_hash
from copydesk.kit import urls
from copydesk.news import PictureFile, Thumbnail

_FILE = re.compile(r"([0-9a-f]{64})\.webp")
_REST = re.compile(r"(-[0-9]{1,4})?\.(webp|avif|jpg)")  # of a form's name
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
_LONGEST = 10_000  # pixels of a form's side; a damaged sidecar may say anything
COMMON = 3  # addresses, and articles, of one site; a picture of more is a card, a logo, a guard's
_MOST_SITES = 50  # that are noted of one address


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture by its origin address.

    `width` and `height` are the origin's in pixels, as a browser shows it (turned as its camera
    says); `type` is what its bytes are, whatever the server called them. `file` is the name of the
    WebP for the page inside the album: the SHA-256 of the origin's bytes. `forms` are all files of
    it, that one first; () where it was only measured. `thumb_hash` is its ThumbHash in base64.
    `asked` says for whose articles it was wanted: by their site marks of four articles at most.
    """

    url: str
    width: int
    height: int
    type: str
    file: str
    forms: tuple[PictureFile, ...] = ()
    thumb_hash: str = ""
    only_measured: bool = False
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_cached(self) -> bool:
        """Decide whether the album holds a copy."""
        return bool(self.forms)

    @property
    def stem(self) -> str:
        """Return what the names of all its files begin with."""
        return self.file.removesuffix(".webp")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all its files; of one that the first version stored there is one."""
        if self.only_measured:
            return ()
        return tuple(form.name for form in self.forms) or (self.file,)

    @property
    def is_earlier(self) -> bool:
        """Decide whether it lies there as the first version stored it."""
        return not (self.forms or self.only_measured)

    @property
    def thumbnail(self) -> Thumbnail:
        """Return it as pages show it."""
        colour = _thumb_hash.average(base64.b64decode(self.thumb_hash))
        return Thumbnail(forms=self.forms, colour=colour)


def to_sidecar(picture: Picture) -> bytes:
    """Write what is known of a picture as one line of JSON."""
    import msgspec

    return msgspec.json.encode(picture, order="deterministic") + b"\n"


def from_sidecar(data: bytes) -> Picture:
    """Read a sidecar back; raise PictureError for one that is damaged or names a foreign file.

    One of the first version has no forms: one file of it lies there, up to 1,200 pixels wide.
    """
    import msgspec

    try:
        picture = msgspec.json.decode(data, type=Picture)
        is_sound = _is_sound(picture)
    except (ValueError, RecursionError) as error:
        raise PictureError("damaged sidecar of a picture") from error
    if not is_sound:
        raise PictureError("damaged sidecar of a picture", subject=picture.url[:200])
    return picture


def _is_sound(picture: Picture) -> bool:
    stem = _FILE.fullmatch(picture.file)
    if stem is None or min(picture.width, picture.height) <= 0 or picture.type not in _TYPES:
        return False
    base64.b64decode(picture.thumb_hash, validate=True)
    if picture.only_measured and picture.forms:
        return False
    is_first = not picture.forms or picture.forms[0].name == picture.file
    return is_first and all(_is_form(form, stem[1]) for form in picture.forms)


def _is_form(form: PictureFile, stem: str) -> bool:
    is_own = form.name.startswith(stem) and _REST.fullmatch(form.name, len(stem))
    longest, shortest = max(form.width, form.height), min(form.width, form.height)
    return bool(is_own) and form.type in _TYPES and 0 < shortest <= longest <= _LONGEST


def note_request(picture: Picture, article: str) -> Picture:
    """Note in a picture that the article at an address wanted it."""
    site, mark = urls.registrable_domain(article), _mark(article)
    marks = picture.asked.get(site, ())
    is_full = len(marks) > COMMON or (not marks and len(picture.asked) >= _MOST_SITES)
    if not site or is_full or mark in marks:
        return picture
    return replace(picture, asked={**picture.asked, site: (*marks, mark)})


def common_files(pictures: Iterable[Picture]) -> Mapping[str, frozenset[str]]:
    """Return the files that stand for nothing, each with the sites for which it does.

    What counts is who wanted a picture, not where it lies: many papers share the address of one
    service, and any customer of it could give another's picture under many addresses. One whose
    articles are not known, as an older album has it, counts for the site that it lies on.
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
