"""Compose the HTTP requests that notify search engines and hubs of an upload, without sending them.

IndexNow (https://www.indexnow.org/documentation) takes one list of at most 10,000 URLs, with a
key that is also in a file of the site. WebSub hubs (W3C 2018, section 7) take one request for each
feed, in the form of their predecessor (`hub.mode=publish`), which every public hub understands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from copydesk.kit import urls
from copydesk.news import Beat

INDEX_NOW_MOST = 10_000
_FEEDS = ("feed.xml", "rss.xml", "feed.json")
_PAGE = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One POST that notifies a search engine or hub of changed `paths`, by JSON or a form."""

    url: str
    paths: tuple[str, ...]
    body: bytes = b""
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PingService:
    """A kind of service to notify after an upload: how to get its URL ("" if unused) and requests.

    Both are asked with the site's settings and with the URL of IndexNow.
    """

    address: Callable[[Beat, str], str]
    make: Callable[[Beat, str, list[str]], list[Ping]]


def listeners(beat: Beat, endpoint: str) -> list[str]:
    """Return the URLs of the search engines and hubs to notify of changes on the site."""
    return list(dict.fromkeys(filter(None, (row.address(beat, endpoint) for row in PINGS))))


def pings(beat: Beat, endpoint: str, changed: Iterable[str]) -> list[Ping]:
    """Return the requests that notify search engines and hubs of new, changed or deleted paths.

    Without `beat.index_now_key` and `beat.hub` there are none; `endpoint` is the URL of IndexNow.
    """
    paths = list(dict.fromkeys(changed))
    wanted = [row for row in PINGS if row.address(beat, endpoint)]
    return [ping for row in wanted for ping in row.make(beat, endpoint, paths)]


def _index_now(beat: Beat, endpoint: str, paths: list[str]) -> list[Ping]:
    pages = _pages(paths)[:INDEX_NOW_MOST]
    fields = {
        "host": urls.host(beat.url),
        "key": beat.index_now_key,
        "keyLocation": f"{beat.url}/{beat.index_now_key}.txt",
        "urlList": [_address(beat, path.removesuffix(_PAGE)) for path in pages],
    }
    body = json.dumps(fields).encode()
    return [Ping(url=endpoint, paths=tuple(pages), body=body)] if pages else []


def _publish(beat: Beat, _endpoint: str, paths: list[str]) -> list[Ping]:
    feeds = [path for path in paths if path.rpartition("/")[2] in _FEEDS]
    topics = [(path, _address(beat, path)) for path in feeds]
    return [
        Ping(
            url=beat.hub,
            paths=(path,),
            form={"hub.mode": "publish", "hub.topic": topic, "hub.url": topic},
        )
        for path, topic in topics
    ]


PINGS = (
    PingService(
        address=lambda beat, endpoint: endpoint if beat.index_now_key else "", make=_index_now
    ),
    PingService(address=lambda beat, _: beat.hub, make=_publish),
)


def _pages(paths: Iterable[str]) -> list[str]:
    """Return the paths of pages only: the front page, then stories, the newest first."""
    pages = [path for path in paths if path == _PAGE or path.endswith(f"/{_PAGE}")]
    stories = [path for path in pages if path.startswith("news/")]
    rest = sorted(set(pages) - set(stories), key=lambda path: (path.count("/"), path))
    return [*rest[:1], *sorted(stories, reverse=True), *rest[1:]]


def _address(beat: Beat, path: str) -> str:
    return f"{beat.url}/{quote(path, safe='/-_.~')}"
