"""Picture: what the album knows of one picture of the web."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from copydesk.illustrate import _thumb_hash
from copydesk.kit import urls
from copydesk.news import PictureFile, Thumbnail

ORIGINAL = ".original"  # what a picture is kept as until a page shows it
COMMON = 3  # addresses, and articles, of one site; a picture of more is a card, a logo, a guard's
_MOST_SITES = 50  # that are noted of one address


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture by its origin address.

    `width` and `height` are the origin's in pixels, as a browser shows it (turned as its camera
    says); `type` is what its bytes are, whatever the server called them. `file` is the name of the
    WebP for the page inside the album: the SHA-256 of the origin's bytes. `forms` are all files of
    it, that one first; () where it was only measured, or waits for a page: then `original` is the
    file of the origin's own bytes, "" else. `thumb_hash` is its ThumbHash in base64. `asked` says
    for whose articles it was wanted: by their site marks of four articles at most.
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
        """Decide whether the album holds a copy."""
        return bool(self.forms or self.original)

    @property
    def stem(self) -> str:
        """Return what the names of all its files begin with."""
        return self.file.removesuffix(".webp")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all its files; of one that the first version stored there is one."""
        if self.only_measured:
            return ()
        return tuple(form.name for form in self.forms) or (self.original or self.file,)

    @property
    def is_earlier(self) -> bool:
        """Decide whether it lies there as the first version stored it."""
        return not (self.forms or self.only_measured or self.original)

    @property
    def thumbnail(self) -> Thumbnail:
        """Return it as pages show it."""
        colour = _thumb_hash.average(base64.b64decode(self.thumb_hash))
        return Thumbnail(forms=self.forms, colour=colour)


def copy_files(picture: Picture, same: Picture) -> Picture:
    """Return a picture with the files of one that has the same bytes under another address."""
    return replace(picture, forms=same.forms, thumb_hash=same.thumb_hash, original=same.original)


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
