"""The lead picture: its address and what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared
from copydesk.kit import text, urls
from copydesk.news import Figure

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract._document import Document
    from copydesk.news import Lead

_MIN_SIDE = 200  # pixels that a picture in the text must claim where it claims any
_MAX_ADDRESS = 2_000
_META = (
    "og:image:secure_url",
    "og:image",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "thumbnail",
    "sailthru.image.full",
    "parsely-image-url",
)
_IN_TEXT = "//article//img | //main//img | //figure//img | //*[@itemprop='articleBody']//img"
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-hi-res-src", "src")
_NO_PICTURE = re.compile(r"(?i)\.svgz?$|^$|(?:^|/)(?:blank|spacer|pixel|1x1)\.\w+$")
# A site's own card or furniture, by its file's name: no picture of this story.
_GENERIC = re.compile(
    r"""(?xi)(?:^|[-_./])(?:
      logos? | favicon | placeholder | default | blank | spacer | pixel | avatar | gravatar | sprite
    | icons? | no-?image | fallback | apple-touch-icon | social-?(?:card|share|default) | 1x1
    | share-?image
    )(?:[-_.\d]|$)"""
)


def figures(document: Document, declared: Declared, lead: Lead, web_url: str) -> tuple[Figure, ...]:
    """Give the pictures that may stand for an article, the best first."""
    url, origin = find(document, declared, lead, web_url)
    return (Figure(url=url, origin=origin, alt=alt(document, declared, url)),) if url else ()


def find(document: Document, declared: Declared, lead: Lead, web_url: str) -> tuple[str, str]:
    """Give the absolute address of the lead picture and where it came from, ("", "") for none.

    Never a data: address, an SVG or the page itself. A site's default card, known by its name,
    only where nothing better is declared.
    """
    own = {urls.identity(document.address), urls.identity(web_url)}
    cards: list[tuple[str, str]] = []
    for raw, origin in _candidates(document, declared, lead):
        address = urls.fetchable(raw[:_MAX_ADDRESS].strip(), document.base) if raw.strip() else None
        if address is None or _NO_PICTURE.search(urlsplit(address).path.strip("/")):
            continue
        if urls.identity(address) in own:
            continue
        if not _GENERIC.search(urlsplit(address).path.rsplit("/", 1)[-1]):
            return address, origin
        if origin not in {"img", "lead"}:
            cards.append((address, origin))
    return cards[0] if cards else ("", "")


def _candidates(document: Document, declared: Declared, lead: Lead) -> Iterator[tuple[str, str]]:
    for name in _META[:3]:
        yield from ((value, name) for value in declared.meta.get(name, ()))
    for node in (declared.article, declared.video):
        for key in ("image", "thumbnailUrl"):
            yield from ((value, "json-ld") for value in _json_ld.addresses(node.get(key)))
    for name in _META[3:]:
        yield from ((value, name) for value in declared.meta.get(name, ()))
    yield from ((value, "image_src") for value in declared.links.get("image_src", ()))
    yield lead.image, "lead"
    yield from ((value, "img") for value in _in_text(document))


def _in_text(document: Document) -> Iterator[str]:
    for picture in document.tree.xpath(_IN_TEXT)[:30]:
        sides = [_pixels(picture.get(side)) for side in ("width", "height")]
        if any(side is not None and side < _MIN_SIDE for side in sides):
            continue
        if all(side is None for side in sides) and not _stands_in_figure(picture):
            continue
        yield next((picture.get(key) for key in _LAZY if picture.get(key)), "")


def _stands_in_figure(picture: HtmlElement) -> bool:
    return any(parent.tag == "figure" for parent in picture.iterancestors())


def _pixels(value: str | None) -> int | None:
    found = re.match(r"\s*(\d{1,5})(?:px)?\s*$", value or "")
    return int(found[1]) if found else None


def alt(document: Document, declared: Declared, image: str) -> str:
    """Give the words that the page has for its lead picture, "" for none."""
    if not image:
        return ""
    declared_alt = declared.first("og:image:alt", "twitter:image:alt")[0]
    if declared_alt:
        return text.shorten(text.plain(declared_alt), 300)
    name = urlsplit(image).path.rsplit("/", 1)[-1]
    for picture in document.tree.iter("img"):
        if name and name in (picture.get("src") or "") and picture.get("alt"):
            return text.shorten(text.fold(picture.get("alt")), 300)
    return ""


def figure_key(url: str) -> str:
    """Give the name by which a picture is known again, whatever size it is asked for in."""
    return urls.identity(url).split("?", 1)[0]
