"""One mention of a picture on a page, and which of its sizes is taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from copydesk.extract.pictures._figure_key import key_of, size_of
from copydesk.kit import text, urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_WIDTH = 1_600  # pixels: enough for any screen that shows it in a column
ENOUGH = 640  # pixels under which a larger one is worth its bytes
_MAX_ADDRESS = 2_000
_MOST_DENSE = 2  # pixels of a file for one of the screen that are worth their bytes
_MAX_SRCSET = 20_000
_SIZE = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*$")
# no picture: a drawing, a loader's placeholder, a template that a script fills
_NO_PICTURE = re.compile(
    r"""(?xi)\.svgz?$ | \.(?:html?|mp4|webm|m3u8|mp3|ico|js|css)$ | ^$ | \{ | %7B
    | (?:^|/)(?:undefined|null|none|false|nan)$
    | (?:^|[/_.-])(?:blank|spacer|pixel|clear|trans(?:parent)?|1x1(?:[-_]\w+)?|loader
      |loading|lazy(?:load)?|(?:[a-z0-9]+-)?(?:place)?holder|grey|gray
      )(?:[-_.]?\d{0,4}x?\d{0,4})?\.(?:gif|png|jpe?g|webp)$"""
)

Place = Literal["", "hero", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A picture as one part of a page mentions it: where, how large, in which words.

    `rank` counts the mentions of one origin from 0; `element` is what shows it, None where it is
    only declared; `place` is where that stands in the article, "" for elsewhere on the page.
    """

    url: str
    key: str
    origin: str
    rank: int = 0
    width: int = 0
    height: int = 0
    alt: str = ""
    credit: str = ""
    element: HtmlElement | None = None
    place: Place = ""


def make_mention(
    raw: str, base: str, origin: str, size: tuple[int, int] = (0, 0)
) -> Mention | None:
    """Make a mention with an absolute address, None where it is no address of a picture."""
    raw = raw[:_MAX_ADDRESS].strip().replace("&amp;", "&")  # templates encode twice
    if not raw or raw[:5].lower() in {"data:", "blob:"}:
        return None
    url = urls.fetchable(raw, base)
    if url is None or _NO_PICTURE.search(urlsplit(url).path.strip("/")):
        return None
    width, height = size if any(size) else size_of(url)
    return Mention(url=url, key=key_of(url), origin=origin, width=width, height=height)


def pixels(value: object) -> int:
    """Read the pixels that a value claims, 0 where it claims none."""
    found = _SIZE.match(text.fold(str(value))) if isinstance(value, str | int) else None
    return int(found[1]) if found else 0


def srcset(value: str) -> Iterator[tuple[str, int, float]]:
    """Read (address, width, density) for each candidate of a srcset (HTML standard 4.8.4.2.1)."""
    tokens = value[:_MAX_SRCSET].split()
    address = ""
    for token in tokens:
        if not address:
            address = token.rstrip(",")
            if address != token:
                yield address, 0, 1.0
                address = ""
            continue
        descriptor, comma, rest = token.partition(",")
        yield address, *_read_descriptor(descriptor)
        address = rest if comma else ""
    if address:
        yield address, 0, 1.0


def _read_descriptor(descriptor: str) -> tuple[int, float]:
    number = re.match(r"(\d{1,5}(?:\.\d{1,3})?)([wx])$", descriptor)
    if number is None:
        return 0, 1.0
    return (int(float(number[1])), 1.0) if number[2] == "w" else (0, float(number[1]))


def widest(candidates: Iterable[tuple[str, int, float]]) -> tuple[str, int]:
    """Return the largest candidate up to about 1,600 pixels, the smallest where all are larger."""
    usable = [
        (address, width, density)
        for address, width, density in candidates
        if address and not address.lower().startswith("data:")
    ]
    by_width = [(width, address) for address, width, _ in usable if width]
    if by_width:
        return _choose_fitting(by_width)
    return _choose_densest([(density, address) for address, _, density in usable]), 0


def _choose_densest(by_density: list[tuple[float, str]]) -> str:
    """Return the densest of use, the densest of all where none is."""
    fitting = [pair for pair in by_density if pair[0] <= _MOST_DENSE]
    return max(fitting or by_density, key=itemgetter(0), default=(0, ""))[1]


def _choose_fitting(by_width: list[tuple[int, str]]) -> tuple[str, int]:
    """Return the widest that fits, the next larger one where that is small or where none fits."""
    fitting = [pair for pair in by_width if pair[0] <= MAX_WIDTH]
    larger = [pair for pair in by_width if pair[0] > MAX_WIDTH]
    width, address = max(fitting, key=itemgetter(0), default=(0, ""))
    if larger and width < ENOUGH:
        width, address = min(larger, key=itemgetter(0))
    return address, width


def best_size(offers: list[Mention]) -> Mention:
    """Choose the mention whose size to take: the first, unless it is small or far too large.

    A size that nobody names is taken to be right.
    """
    first = offers[0]
    sizes = [mention for mention in offers if mention.width]
    if first.width and first.width < ENOUGH:
        larger = [mention for mention in sizes if first.width < mention.width <= 2 * MAX_WIDTH]
        return max(larger, key=lambda mention: min(mention.width, MAX_WIDTH), default=first)
    if first.width > 2 * MAX_WIDTH:
        smaller = [mention for mention in sizes if ENOUGH <= mention.width <= 2 * MAX_WIDTH]
        return max(smaller, key=lambda mention: mention.width, default=first)
    return first
