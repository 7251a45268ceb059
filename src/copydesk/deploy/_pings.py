"""Pings: what to tell search engines and hubs after a deploy. Pure.

IndexNow (https://www.indexnow.org/documentation): one list of at most 10,000 addresses, proven by a
file with the key that lies on the site. WebSub (W3C 2018, section 7): what its predecessor called
`hub.mode=publish` and every public hub understands, once for each feed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from copydesk.kit import urls
from copydesk.news import Beat

INDEX_NOW_MOST = 10_000
_FEEDS = ("feed.xml", "rss.xml", "feed.json")
_PAGE = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One POST that tells of `paths`: a JSON body, or the fields of a form."""

    url: str
    paths: tuple[str, ...]
    body: bytes = b""
    form: Mapping[str, str] | None = None


def listeners(beat: Beat, endpoint: str) -> list[str]:
    """List the addresses of all that want to be told of a beat's changes."""
    return list(dict.fromkeys([endpoint] * bool(beat.index_now_key) + [beat.hub] * bool(beat.hub)))


def pings(beat: Beat, endpoint: str, changed: Iterable[str]) -> list[Ping]:
    """Write what to say of paths that are new, other or gone at a beat's place.

    Nothing without `beat.index_now_key` and `beat.hub`; `endpoint` is where IndexNow listens.
    """
    paths = list(dict.fromkeys(changed))
    pings_due = []
    if beat.index_now_key and (pages := _pages(paths)):
        pings_due.append(_index_now(beat, endpoint, pages[:INDEX_NOW_MOST]))
    if beat.hub:
        feeds = [path for path in paths if path.rpartition("/")[2] in _FEEDS]
        pings_due += [_publish(beat, path) for path in feeds]
    return pings_due


def _index_now(beat: Beat, endpoint: str, pages: list[str]) -> Ping:
    fields = {
        "host": urls.host(beat.url),
        "key": beat.index_now_key,
        "keyLocation": f"{beat.url}/{beat.index_now_key}.txt",
        "urlList": [_address(beat, path.removesuffix(_PAGE)) for path in pages],
    }
    return Ping(url=endpoint, paths=tuple(pages), body=json.dumps(fields).encode())


def _publish(beat: Beat, path: str) -> Ping:
    feed = _address(beat, path)
    form = {"hub.mode": "publish", "hub.topic": feed, "hub.url": feed}
    return Ping(url=beat.hub, paths=(path,), form=form)


def _pages(paths: Iterable[str]) -> list[str]:
    """List the paths of pages: the front page first, then stories, the newest first."""
    pages = [path for path in paths if path == _PAGE or path.endswith(f"/{_PAGE}")]
    stories = [path for path in pages if path.startswith("news/")]
    rest = sorted(set(pages) - set(stories), key=lambda path: (path.count("/"), path))
    return [*rest[:1], *sorted(stories, reverse=True), *rest[1:]]


def _address(beat: Beat, path: str) -> str:
    return f"{beat.url}/{quote(path, safe='/-_.~')}"
