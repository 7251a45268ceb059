"""Recognise the same picture under several URLs, which differ in size, crop and format."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PACKAGE = "copydesk.extract.pictures"

_MAX_ADDRESS = 4_000
_MOST_PARAMETERS = 20
_WRAPPINGS = 3  # a URL of a resizer in that of a cache, and the like
_WRAPPED = ("url", "src", "image", "img", "u", "imgurl")
_INNER = re.compile(r"https?:/{1,2}(?=[^/])")
_FORMAT = r"\.(?:jpe?g|jfif|png|webp|avif|gif|bmp|tiff?)"
_NAMED_FORMAT = re.compile(rf"(?i){_FORMAT}$")
# a path may contain the host that a resizer fetches from, without a scheme
_HOST = re.compile(r"(?i)^(?:[a-z0-9-]+\.){1,4}[a-z]{2,12}$")
_SHARD = re.compile(r"^(?:www\.)?([a-z]+)\d{1,2}(?=[.-])")
_VIDEO = re.compile(r"^(.*/vi)(?:_webp)?/([\w-]{11})/\w*$")  # a still of a video, by the video's id
_WIDTHS = tables.read_pattern(_PACKAGE, "widths.txt")
_SIZE_WORD = tables.read_pattern(_PACKAGE, "size_words.txt")
# folders with a size, a crop or instructions to a resizer
_SIZE_FOLDER = re.compile(
    rf"""(?xi)^(?:
      \d{{0,4}}x\d{{2,4}} | \d{{2,4}}x\d{{0,4}} | -?\d+x-?\d+:-?\d+x-?\d+ | \d+_\d+_\d+_\d+
    | (?:w|h|s|r|width|height|size|max|quality)[-_=:]?\d{{1,4}}(?:[-_,][a-z]\w*)*
    | [a-z]{{1,3}}_\d[\w.:]* | [a-z]{{1,3}}_[\w.:-]+(?:,[a-z]{{1,3}}_[\w.:-]+)+
    | [a-z]+=[\w.-]+(?:,[a-z-]+=[\w.-]+)*
    | fit-in | smart | thumbor | resizer? | crop | scale | fit | filters:.* | [a-z]{{1,3}}:[\w:.]+
    | [\w-]{{27}}= | v\d{{8,12}} | \d+:\d+ | {_WIDTHS}
    | (?:gallery_)?{_SIZE_WORD}(?:[-_]?\d{{1,4}})?
    )$"""
)
# a style of Drupal's; two folders with width and height, not year and month
_STYLES = re.compile(
    r"/styles/[^/]+/(?:public|private)(?=/)|/(?!(?:19|20)\d\d/)(?:\d{3,4}/\d{3,4}|0/0)(?=/)"
)
_SIZE_TAIL = re.compile(
    rf"""(?xi)(?:
      [-_.](?:\d{{2,4}}x\d{{2,4}}(?:[-_][a-z]{{1,4}})?
        |w?{_WIDTHS}(?:w|px|[-_]\d{{2,4}})?|[hw]\d{{2,4}}
      |scaled|rotated|e\d{{10,13}}|cropped|{_SIZE_WORD}|[sml])
    | @[1-4]x | =[swh]\d[\w-]*
    )$"""
)
_BARE_SIZE = re.compile(
    rf"(?i)^(?:{_WIDTHS}|\d{{2,4}}x\d{{1,4}}|(?:gallery_)?{_SIZE_WORD}(?:[-_]?\d{{1,4}})?)$"
)
_CAMERA = re.compile(r"(?i)^(?:[a-z]{1,4}[-_])?\d+$")  # IMG_1024 is a number, not a size
_SIZE_PARAMETER = re.compile(rf"(?i)^{tables.read_pattern(_PACKAGE, 'size_parameters.txt')}$")
_SIZES = (
    re.compile(r"(?i)(?<![\dx:])(\d{2,4})x(\d{2,4})(?![\dx:])"),
    re.compile(r"(?i)[?&](?:w|width|imwidth|maxwidth)=(\d{2,4})(?:&(?:h|height)=(\d{2,4}))?\b"),
    re.compile(r"(?i)[?&](?:resize|fit)=(\d{2,4})(?:,|%2C)(\d{2,4})\b"),
    re.compile(r"(?i)/w(\d{2,4})-h(\d{2,4})(?=[/-])"),
    re.compile(r"(?i)[/,](?:w_|s|w=|width=)(\d{2,4})(?=[/,-])()"),
)


def figure_key(url: str) -> str:
    """Return a key of a picture's URL that is the same for all sizes of the picture.

    It is host and path without schemes, sizes, crops, formats and resizers; "" for what is not a
    web URL.
    """
    address = urls.fetchable(url[:_MAX_ADDRESS])
    return "" if address is None else key_of(address)


def key_of(address: str) -> str:
    """Return the key of a picture, the same for all its sizes, for a URL that is already parsed."""
    parts = urlsplit(_unwrap(address))
    host = _SHARD.sub(r"\1", parts.netloc.lower()).removeprefix("www.")
    path = unquote(_STYLES.sub("", parts.path))
    still = _VIDEO.match(_NAMED_FORMAT.sub("", path))
    if still:
        return f"{host}{still[1]}/{still[2]}"
    plain = "/".join(_plain_parts(path))
    query = "" if _NAMED_FORMAT.search(path) else _naming_query(parts.query)
    return f"{host}/{plain}{query}"


def _plain_parts(path: str) -> list[str]:
    """Return the parts of a URL's path that name the picture."""
    folders = [part for part in path.split("/") if part]
    if not folders:
        return []
    last = folders.pop()
    while _NAMED_FORMAT.search(last):
        last = _NAMED_FORMAT.sub("", last)
    kept = [part for part in folders if not _SIZE_FOLDER.match(part)]
    if kept and _BARE_SIZE.match(last):
        return kept
    last = _cut_size(last)
    return kept if kept and _BARE_SIZE.match(last) else [*kept, last]


def _cut_size(stem: str) -> str:
    for _ in range(3):
        bare = _SIZE_TAIL.sub("", stem)
        if bare == stem or not bare or _CAMERA.match(stem):
            return stem
        stem = bare
    return stem


def _naming_query(query: str) -> str:
    """Return the parameters that may name the picture: `?id=7` of a script."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return f"?{query}"
    kept = sorted(f"{name}={value}" for name, value in pairs if not _SIZE_PARAMETER.match(name))
    return f"?{'&'.join(kept)}" if kept else ""


def _unwrap(address: str) -> str:
    """Return the picture's own URL from that of a resizer or a cache."""
    for _ in range(_WRAPPINGS):
        found = _find_inner(address)
        inner = urls.fetchable(found) if found else None
        if inner is None or inner == address:
            break
        address = inner
    return address


def _find_inner(address: str) -> str:
    """Return the picture's URL inside a resizer's URL, from a parameter or its path, else ""."""
    parts = urlsplit(address)
    if "=" in parts.query and len(parts.query) < _MAX_ADDRESS:
        for name, value in parse_qsl(parts.query)[:_MOST_PARAMETERS]:
            if name.lower() in _WRAPPED and _is_a_picture(value):
                return urls.fetchable(value, address) or ""
    return _find_in_path(unquote(parts.path))


def _is_a_picture(value: str) -> bool:
    """Return whether a parameter may be a picture's URL: an absolute one, or a file's path."""
    is_file = value.startswith("/") and _NAMED_FORMAT.search(value)
    return bool(is_file) or value.startswith(("http://", "https://"))


def _find_in_path(path: str) -> str:
    """Return the last URL in a path, with its scheme or from the name of a host on."""
    starts = [inner.start() for inner in _INNER.finditer(path)] if "http" in path else []
    if starts:
        return _INNER.sub("http://", path[starts[-1] :], count=1)
    folders = path.split("/")
    for at in range(len(folders) - 2, 0, -1):
        if _HOST.match(folders[at]) and not _NAMED_FORMAT.search(folders[at]):
            return "http://" + "/".join(folders[at:])
    return ""


def size_of(url: str) -> tuple[int, int]:
    """Return the width and height in pixels that a picture's URL contains, 0 where it has none."""
    for pattern in _SIZES:
        sizes = pattern.findall(url[:_MAX_ADDRESS])
        if sizes:  # the last one: a crop is before the size
            return int(sizes[-1][0]), int(sizes[-1][1] or 0)
    return 0, 0


# Mentions of pictures on a page: which size to use, and which mentions show the same picture.

MAX_WIDTH = 1_600  # pixels: enough for any screen that shows it in a column
ENOUGH = 640  # pixels under which a larger one is worth its bytes
_MAX_SOURCE = 2_000
_MOST_DENSE = 2  # pixels of a file for one of the screen; more are not worth their bytes
_MAX_SRCSET = 20_000
_SIZE = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*$")
# not a picture: a drawing, a placeholder, a template that a script fills
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
    """One place in a page where a picture occurs, such as og:image, with size and description.

    `rank` counts the mentions of one origin from 0; `element` is the HTML element that shows the
    picture, None if it is only declared; `place` is the element's place in the article, "" for
    elsewhere on the page.
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
    """Return a picture found in a page, with its URL made absolute; None if it cannot be one."""
    raw = raw[:_MAX_SOURCE].strip().replace("&amp;", "&")  # templates encode twice
    if not raw or raw[:5].lower() in {"data:", "blob:"}:
        return None
    url = urls.fetchable(raw, base)
    if url is None or _NO_PICTURE.search(urlsplit(url).path.strip("/")):
        return None
    width, height = size if any(size) else size_of(url)
    return Mention(url=url, key=key_of(url), origin=origin, width=width, height=height)


def pixels(value: object) -> int:
    """Parse an attribute such as `width` into a number of pixels, 0 if it has none."""
    found = _SIZE.match(text.fold(str(value))) if isinstance(value, str | int) else None
    return int(found[1]) if found else 0


def srcset(value: str) -> Iterator[tuple[str, int, float]]:
    """Parse a srcset attribute into (URL, width, density) of its pictures (HTML standard 4.8.4)."""
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
    """Return (URL, width) of the largest picture of a srcset up to about 1,600 pixels."""
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
    """Return the highest useful density, or the highest if none is useful."""
    fitting = [pair for pair in by_density if pair[0] <= _MOST_DENSE]
    return max(fitting or by_density, key=itemgetter(0), default=(0, ""))[1]


def _choose_fitting(by_width: list[tuple[int, str]]) -> tuple[str, int]:
    """Return the widest that fits, or the next larger one if that is small or none fits."""
    fitting = [pair for pair in by_width if pair[0] <= MAX_WIDTH]
    larger = [pair for pair in by_width if pair[0] > MAX_WIDTH]
    width, address = max(fitting, key=itemgetter(0), default=(0, ""))
    if larger and width < ENOUGH:
        width, address = min(larger, key=itemgetter(0))
    return address, width


def best_size(offers: list[Mention]) -> Mention:
    """Choose, of all places in a page with the same picture, the one with the best size.

    An unknown size is assumed to be right.
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


# Twins: one picture under two file names. A page often declares a crop of its own making and shows
# another, with the caption and the credit. Twins share these, but stay two pictures with two URLs.

_SHORTEST = 7  # characters in common at the beginning of two names
_LONG = 12
_MOST_LEFT = 4  # parts that may follow
_MOST_WORDS = 2  # of them that are words and not known crops
_WORDS = 4  # of a description that two pictures do not share by accident
_INNER_FORMAT = re.compile(r"(?i)\.?(?:jpe?g|png|webp|avif|gif|tiff?)(?=[_.-]).*$")
_PROCESSED = re.compile(r"(?i)^csm_")  # TYPO3's prefix for its crops
_PART = re.compile(r"[^\W_]+")
_CROP = re.compile(
    r"""(?xi)^(?:\d{0,4}x\d{0,4}(?:\d?d?x{0,2}[sml])? | \d{1,2}(?:to|by)\d{1,2} | [whpqc]\d{1,4}
    | v | \d?d?x{0,2}[sml] | web | fill | crop(?:ped)? | scaled | resized | thumb(?:nail)? | small
    | medium | large | original | preview | square | landscape | portrait | wide
    | (?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{8,64})$"""
)
_SOCIAL = frozenset(
    {"og", "opengraph", "social", "socialmedia", "facebook", "twitter", "share", "sharing"}
)
_PLAIN = frozenset(
    {"image", "images", "picture", "photo", "header", "teaser", "default", "preview", "article"}
)
_HASH = re.compile(r"(?i)(?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{8,64}")
_NUMBER = re.compile(r"\d{4,}")
_DATE = re.compile(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d(?:\d{4,6})?)?)?")
_LONG_NUMBER = 6  # digits


def find_twins(group: list[Mention], others: list[list[Mention]], address: str) -> list[Mention]:
    """Return the places in the article of the same picture under another URL, or [].

    If two pictures match, neither counts. `address` is the article's: its number may be in the
    names of all its pictures.
    """
    shown = [other for other in others if other is not group and _is_shown(other)]
    twins = [other for other in shown if is_twin(group[0], other[0], address)]
    if not twins:
        words = _descriptions(group)
        twins = [other for other in shown if not words.isdisjoint(_descriptions(other))]
    return twins[0] if len(twins) == 1 or _is_one(twins, address) else []


def _is_shown(group: list[Mention]) -> bool:
    return any(mention.place for mention in group)


def _descriptions(group: list[Mention]) -> set[str]:
    return {_description(mention) for mention in group} - {""}


def hero(group: list[Mention], others: list[list[Mention]]) -> list[Mention]:
    """Return the only picture between headline and text, if the metadata's picture is not shown."""
    if _is_shown(group):
        return []
    found = [other for other in others if any(mention.place == "hero" for mention in other)]
    is_near = len(found) == 1 and _domain(found[0][0]) == _domain(group[0])
    return found[0] if is_near else []


def _domain(mention: Mention) -> str:
    return urls.registrable_domain(mention.url)


def _is_one(groups: list[list[Mention]], address: str) -> bool:
    """Return whether several groups of mentions are sizes of one picture."""
    return bool(groups) and all(is_twin(groups[0][0], group[0], address) for group in groups[1:])


def is_twin(one: Mention, other: Mention, address: str) -> bool:
    """Return whether two picture files surely show the same picture, by their names."""
    if _domain(one) != _domain(other):
        return False
    ours, theirs = _parts(one), _parts(other)
    same = _count_same(ours, theirs)
    if _begin_alike(ours[:same], ours[same:], theirs[same:], address):
        return True
    if len(ours) == 1 or len(theirs) == 1:  # a name that is a number only
        address = ""
    return bool(_numbers(ours, address) & _numbers(theirs, address))


def begins_alike(one: Mention, other: Mention) -> bool:
    """Return whether the names of two picture files begin alike, as in a series of photos."""
    ours = _parts(one)
    return sum(map(len, ours[: _count_same(ours, _parts(other))])) >= _LONG


def _count_same(ours: list[str], theirs: list[str]) -> int:
    """Count the parts with which both names begin."""
    alike = (one == other for one, other in zip(ours, theirs, strict=False))
    return sum(1 for _ in itertools.takewhile(bool, alike))


def _parts(mention: Mention) -> list[str]:
    name = mention.key.rpartition("/")[2].partition("?")[0].lower()[:300]
    return _PART.findall(_INNER_FORMAT.sub("", _PROCESSED.sub("", name)))


def _begin_alike(same: list[str], left: list[str], right: list[str], address: str) -> bool:
    """Return whether two file names belong to one picture, by their beginning and their rest."""
    if _is_chance(same, left, right):
        return False
    unknown = [[part for part in rest if not _CROP.match(part)] for rest in (left, right)]
    if not any(unknown):
        return True
    if not all(map(_are_few_words, unknown)):
        return False
    if any(map(_is_for_sharing, (left, right))):
        return sum(map(len, same)) >= _LONG
    return any(_is_number(part, address) for part in same)


def _is_chance(same: list[str], left: list[str], right: list[str]) -> bool:
    """Return whether names have too little in common, or too much rest, to be compared."""
    if sum(map(len, same)) < _SHORTEST or _PLAIN.issuperset(same):
        return True
    return max(len(left), len(right)) > _MOST_LEFT


def _is_for_sharing(parts: list[str]) -> bool:
    return bool(parts) and _SOCIAL.issuperset(parts)


def _are_few_words(parts: list[str]) -> bool:
    return len(parts) <= _MOST_WORDS and all(map(str.isalpha, parts))


def _is_number(part: str, address: str) -> bool:
    """Return whether a part of a file name is a number of the picture's own."""
    if _HASH.fullmatch(part):
        return True
    numbers = _NUMBER.findall(part)
    return any(
        not _DATE.fullmatch(number) and number not in urlsplit(address).path for number in numbers
    )


def _numbers(parts: list[str], address: str) -> set[str]:
    found = {
        number for part in parts for number in _NUMBER.findall(part) if len(number) >= _LONG_NUMBER
    }
    return {number for number in found if _is_number(number, address)}


def _description(mention: Mention) -> str:
    """Return the words of a picture if they are enough to recognise it."""
    shown = mention.element.get("alt") or "" if mention.element is not None else ""
    words = text.fold((mention.alt or shown)[:1_000]).lower()
    return words if len(words.split()) >= _WORDS else ""
