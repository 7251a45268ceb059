"""Make keys of pictures, the same for all URLs of one picture in any size, crop and format."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from copydesk.kit import tables, urls

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
    """Return the key of a picture's URL, the same for all sizes of the picture.

    It is host and path without schemes, sizes, crops, formats and resizers; "" for what is not a
    web URL.
    """
    address = urls.fetchable(url[:_MAX_ADDRESS])
    return "" if address is None else key_of(address)


def key_of(address: str) -> str:
    """Return the key of a picture (see `figure_key`) for a URL that kit.urls has parsed."""
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
    """Return the width and height that a picture's URL names, 0 for what it does not have."""
    for pattern in _SIZES:
        sizes = pattern.findall(url[:_MAX_ADDRESS])
        if sizes:  # the last one: a crop is before the size
            return int(sizes[-1][0]), int(sizes[-1][1] or 0)
    return 0, 0
