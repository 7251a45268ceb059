"""Find the pictures that a page shows: those in the article, and the main one among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract.pictures._mention import (
    ENOUGH,
    Mention,
    Place,
    figure_key,
    make_mention,
    pixels,
    srcset,
    widest,
)
from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.page import Document

_PACKAGE = "copydesk.extract.pictures"

MIN_SIDE = 200  # pixels that a picture in the text must have, if its size is given
MAX_RATIO = 5  # a banner is wider
_MOST_ELEMENTS = 6_000
_MOST_PICTURES = 300
_MOST_OFFERS = 40
_MOST_LOGOS = 20
_PARAGRAPH = 40  # characters; shorter ones are labels
_LEVELS = 4  # above a paragraph, in which the article's container may be
_LAZY = tables.read_lines(_PACKAGE, "lazy_attributes.txt")
_LAZY_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set")
_BACKGROUNDS = ("data-bg", "data-background", "data-background-image", "data-bg-src")
_CSS_URL = re.compile(r"background[^;]{0,200}?url\(\s*['\"]?([^'\")]{1,2000})")
_SIGNS_OF_BACKGROUND = ("url(", "data-bg", "data-background")
_TAGS = ("h1", "p", "img", "amp-img", "amp-video", "video")
_SET_APART = frozenset({"aside", "nav", "footer", "form", "button"})
# blocks with pictures of other things, by the names that templates give them
_APART = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'blocks_apart.txt')}")
# names for links to other things, which some templates also give an article's lead picture
_LINKED_APART = re.compile(r"(?i)teaser|promo|(?:^|[\s_-])card(?:$|[\s_-])")
_OWN_APART = re.compile(
    r"(?i)avatar|gravatar|emoji|(?:^|[\s_-])(?:logos?|icons?|author)(?:$|[\s_-])|wp-smiley|pixel"
)
_PICTURE_FILE = re.compile(r"(?i)\.(?:jpe?g|png|webp|avif|gif)(?:$|[?#/])")
_ATTACHMENT = re.compile(
    r"(?i)/(?:attachment|photo|foto|image|bild|gallery|galerie|media|file)s?[/:_-]"
)
_TRACKER = re.compile(
    r"(?i)(?:^|[./_-])(?:ads?|adserver|adservice|advert\w*|doubleclick|sponsor\w*|track(?:er|ing)?"
    r"|pixel|beacon|counter|gravatar|emoji|smil(?:ey|ies)|avatars?|captcha|feedburner)(?=[./_-])"
)


@dataclass(slots=True, kw_only=True)
class Layout:
    """The position of the article in its page, found by its paragraphs.

    `content` is the container of the text, `line` that container and all its parents, `inside`
    those of them that belong to the article. `headline` and `start` count the elements before the
    headline and before the first paragraph.
    """

    content: HtmlElement | None = None
    line: frozenset[HtmlElement] = frozenset()
    inside: frozenset[HtmlElement] = frozenset()
    headline: int = -1
    start: int = 0
    pictures: list[tuple[int, HtmlElement]] = field(default_factory=list)
    apart: dict[HtmlElement, bool] = field(default_factory=dict)


def find_layout(document: Document, title: frozenset[str]) -> Layout:
    """Find in a page the headline, the element with most paragraphs, and all pictures."""
    found = Layout()
    weights: dict[HtmlElement, float] = {}
    starts: dict[HtmlElement, int] = {}
    sure = False
    for at, element in enumerate(document.tree.iter(*_TAGS)):
        if at > _MOST_ELEMENTS:
            break
        if element.tag == "p":
            _weigh(element, at, weights, starts)
        elif element.tag != "h1":
            if len(found.pictures) < _MOST_PICTURES:
                found.pictures.append((at, element))
        elif not sure:
            sure = _is_headline(element, title)
            found.headline = at if sure or found.headline < 0 else found.headline
    _place_content(found, document, weights, starts)
    return found


def _weigh(
    paragraph: HtmlElement,
    at: int,
    weights: dict[HtmlElement, float],
    starts: dict[HtmlElement, int],
) -> None:
    """Add the length of a paragraph to the weights of the elements around it, less per level."""
    length = len((paragraph.text or "").strip())
    length += sum(len(child.tail or "") + len(child.text or "") for child in paragraph[:30])
    if length < _PARAGRAPH:
        return
    above = paragraph.getparent()
    for level in range(1, _LEVELS + 1):
        if above is None or above.tag in {"body", "html"}:
            break
        weights[above] = weights.get(above, 0.0) + min(length, 600) / level
        starts.setdefault(above, at)
        above = above.getparent()


def _is_headline(element: HtmlElement, title: frozenset[str]) -> bool:
    words = set(text.words(" ".join(element.itertext())[:1_000]))
    return bool(words) and len(words & title) * 2 >= len(words)


def _place_content(
    found: Layout,
    document: Document,
    weights: dict[HtmlElement, float],
    starts: dict[HtmlElement, int],
) -> None:
    ranked = sorted(weights, key=weights.__getitem__, reverse=True)[:6]
    clean = (
        element
        for element in ranked
        if not any(_is_apart(up) for up in [element, *element.iterancestors()])
    )
    content = next(clean, ranked[0] if ranked else None)
    if content is None or weights[content] < 5 * _PARAGRAPH:
        named = document.tree.xpath("//*[@itemprop='articleBody'] | //article | //main")
        content = named[0] if named else content
    if content is None:
        return
    found.content = content
    found.start = starts.get(content, found.headline)
    line = [content, *content.iterancestors()]
    scope = next((at for at, element in enumerate(line) if _is_article(element)), 1)
    found.line, found.inside = frozenset(line), frozenset(line[: scope + 1])


def _is_article(element: HtmlElement) -> bool:
    return element.tag in {"article", "main"} or "rticle" in (element.get("itemtype") or "")


def _is_apart(element: HtmlElement) -> bool:
    """Return whether a block has the name of something outside the article, such as a sidebar."""
    if element.tag in {"html", "body"} or not isinstance(element.tag, str):
        return False
    if element.tag in _SET_APART:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(names) > 1 and bool(_APART.search(names[:300]))


def list_shown_offers(
    document: Document, where: Layout, names: frozenset[str]
) -> Iterator[Mention]:
    """Yield the pictures shown in the article, and others that have one of these file names."""
    seen = 0
    for at, element in [*where.pictures, *_backgrounds(document, where)]:
        place = _find_place(element, at, where, document)
        if not place and not _is_named(element, names):
            continue
        found = _find_offer(element, document.base)
        if found is None:
            continue
        if _is_too_small(found):
            place = ""
        origin = _origin(element, place)
        yield replace(found, origin=origin, rank=seen, element=element, place=place)
        seen += 1 if place else 0
        if seen >= _MOST_OFFERS:
            return


def _is_named(element: HtmlElement, names: frozenset[str]) -> bool:
    """Return whether an element has the URL of one of the given files."""
    raw = " ".join(element.get(name) or "" for name in ("src", "data-src", "srcset"))[:2_000]
    return any(name in raw for name in names)


def _origin(element: HtmlElement, place: Place) -> str:
    if element.tag in {"video", "amp-video"}:
        return "poster"
    if element.tag not in {"img", "amp-img"}:
        return "background"
    return "hero" if place == "hero" else "img"


def _backgrounds(document: Document, where: Layout) -> list[tuple[int, HtmlElement]]:
    """Return the elements with a background picture, as if they came before the text."""
    if not any(sign in document.html for sign in _SIGNS_OF_BACKGROUND):
        return []
    named = " or ".join(f"@{name}" for name in _BACKGROUNDS)
    found = document.tree.xpath(f"//*[contains(@style,'url(') or {named}]")[:30]
    return [(where.headline + 1, element) for element in found if element.tag != "img"]


def _find_offer(element: HtmlElement, base: str) -> Mention | None:
    """Return the best URL that an element has for its picture."""
    if element.tag in {"video", "amp-video"}:
        return make_mention(element.get("poster") or "", base, "poster")
    if element.tag not in {"img", "amp-img"}:
        return make_mention(_background(element), base, "background")
    return _find_image_offer(element, base)


def _find_image_offer(element: HtmlElement, base: str) -> Mention | None:
    """Return the largest size that an image offers, else the URL of the image or its loader."""
    size = (pixels(element.get("width")), pixels(element.get("height")))
    best, width = widest(_candidates(element))
    if best and (largest := make_mention(best, base, "img", (width, 0) if width else size)):
        return largest
    values = filter(None, (element.get(name) for name in (*_LAZY, "src")))
    single = next(filter(None, (make_mention(value, base, "img", size) for value in values)), None)
    return _follow_link(element, single, base) if single and 0 < single.width < ENOUGH else single


def _follow_link(element: HtmlElement, small: Mention, base: str) -> Mention:
    """Return the larger file of the same picture that a small one links to, else the small one."""
    link = next(element.iterancestors("a"), None)
    href = "" if link is None else link.get("href") or ""
    large = make_mention(href, base, "img") if _PICTURE_FILE.search(href) else None
    return large if large is not None and large.key == small.key else small


def _candidates(element: HtmlElement) -> Iterator[tuple[str, int, float]]:
    """Yield the sizes of a picture from its own srcset and the sources around it."""
    for name in _LAZY_SETS:
        yield from srcset(element.get(name) or "")
    above = element.getparent()
    while above is not None and above.tag in {"picture", "source"}:
        if above.tag == "picture":
            for source in list(above.iter("source"))[:10]:
                for name in _LAZY_SETS:
                    yield from srcset(source.get(name) or "")
        above = above.getparent()


def _background(element: HtmlElement) -> str:
    for name in _BACKGROUNDS:
        if element.get(name):
            return str(element.get(name))
    found = _CSS_URL.search((element.get("style") or "")[:5_000])
    return found[1] if found else ""


def _is_too_small(found: Mention) -> bool:
    sides = [side for side in (found.width, found.height) if side]
    if any(side < MIN_SIDE for side in sides):
        return True
    return len(sides) == 2 and max(sides) > MAX_RATIO * min(sides)


def _find_place(element: HtmlElement, at: int, where: Layout, document: Document) -> Place:
    """Return the place of an element in the article, "" if it is elsewhere."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(names) > 1 and _OWN_APART.search(names[:300]):
        return ""
    blocks: list[HtmlElement] = []
    meeting = None  # the nearest common parent of the picture and the text
    for above in element.iterancestors():
        if above in where.line:
            meeting = above
            break
        blocks.append(above)
    place = _place_by_order(at, meeting, where)
    return "" if not place or _is_beside(blocks, where, document) else place


def _place_by_order(at: int, meeting: HtmlElement | None, where: Layout) -> Place:
    behind_headline = at > where.headline >= 0
    if at < where.start:
        return "hero" if behind_headline or meeting in where.inside else ""
    in_text = meeting is where.content if where.content is not None else behind_headline
    return "text" if in_text else ""


def _is_beside(blocks: list[HtmlElement], where: Layout, document: Document) -> bool:
    """Return whether one of the blocks around a picture, inner first, is not the article's."""
    if _is_named_apart(blocks, where):
        return True
    links = (block.get("href") or "" for block in blocks if block.tag == "a")
    return any(_is_teaser(href, document) for href in links)


def _is_named_apart(blocks: list[HtmlElement], where: Layout) -> bool:
    """Return whether one of the blocks has a name of something outside the article."""
    is_linked = False
    for block in blocks:
        is_linked = is_linked or block.tag == "a"
        names = block.get("class") or ""
        if _is_known_apart(block, where) or (is_linked and _LINKED_APART.search(names)):
            return True
    return False


def _is_known_apart(block: HtmlElement, where: Layout) -> bool:
    """Return whether a block is the headline or has the name of something else; cached."""
    known = where.apart.get(block)
    if known is None:
        known = where.apart[block] = block.tag == "h1" or _is_apart(block)
    return known


def _is_teaser(href: str, document: Document) -> bool:
    """Return whether a link goes to another page of the site: its picture is that page's."""
    target = _link_target(href, document)
    return bool(target) and urls.same_site(target, document.address)


def leads_away(element: HtmlElement, document: Document) -> bool:
    """Return whether a picture is a link to another page, such as an advertiser's."""
    link = next(element.iterancestors("a"), None)
    return link is not None and bool(_link_target(link.get("href") or "", document))


def _link_target(href: str, document: Document) -> str:
    """Return the other page that a link goes to, "" for a picture, its own page or no web URL."""
    if not href or href.startswith(("#", "javascript:", "data:")) or _PICTURE_FILE.search(href):
        return ""
    address = urls.fetchable(href[:2_000], document.base)
    if address is None or urls.identity(address) == urls.identity(document.address):
        return ""
    return "" if _ATTACHMENT.search(urlsplit(address).path) else address


def is_tracker(url: str) -> bool:
    """Return whether a picture's URL looks like an advertisement, tracking pixel or avatar."""
    parts = urlsplit(url)
    return bool(_TRACKER.search(f"{parts.netloc}{parts.path}"))


def logo_keys(document: Document, where: Layout) -> frozenset[str]:
    """Return the keys of the pictures that the page's HTML marks as the site's logo."""
    keys: list[str] = []
    for element in (element for _, element in where.pictures if _is_logo(element)):
        address = urls.fetchable((element.get("src") or "")[:2_000], document.base)
        keys += [figure_key(address)] if address else []
        if len(keys) > _MOST_LOGOS:
            break
    return frozenset(keys)


def _is_logo(element: HtmlElement) -> bool:
    """Return whether a picture, its surroundings, or the end of its description is named a logo."""
    above = element.getparent()
    around = (element, above) if above is not None else (element,)
    names = " ".join(
        f"{element.get('class') or ''} {element.get('id') or ''}" for element in around
    )
    return "logo" in names[:400].lower() or (element.get("alt") or "")[-5:].lower() == " logo"
