"""Headers of requests and answers."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping

from copydesk.fetch.messages._unpack import ACCEPTED
from copydesk.news import FetchOptions, Purpose, Request

_ACCEPT: Mapping[Purpose, str] = {
    "source": "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    "picture": "image/*, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
}

# of several, the first counts: a joined value would be nonsense (RFC 9110 5.3)
_SINGLE = frozenset(
    {"content-type", "date", "etag", "expires", "last-modified", "location", "retry-after"}
)

# of several, each stays on a line of its own: an agent named in one says nothing of the next
_BY_LINE = frozenset({"x-robots-tag"})

# what they describe is undone when a Page is made, or is nothing to keep
_NOT_KEPT = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "set-cookie",
        "set-cookie2",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def request_headers(request: Request, options: FetchOptions) -> dict[str, str]:
    """Return the headers to send: who asks, what is understood, what is known already."""
    headers = dict(_default_headers(request.purpose, options.signature))
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    headers.update(request.headers)
    return headers


@functools.cache
def _default_headers(purpose: Purpose, signature: str) -> Mapping[str, str]:
    return {
        "User-Agent": signature,
        "Accept": _ACCEPT[purpose],
        "Accept-Encoding": ACCEPTED,
    }


def join_values(pairs: Iterable[tuple[str, str]], name: str) -> str:
    """Return all values of a header in one line, "" where it is missing."""
    return ", ".join(value for known, value in pairs if known.lower() == name)


def page_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a page's headers: lower-case names, one value each, none about the wire.

    A list's values are joined with a comma, those of several X-Robots-Tag with a line break; of a
    single-valued header the first counts. Cookies, lengths and codings are left out, because the
    body is whole and unpacked.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name = raw_name.lower()
        if name in _NOT_KEPT:
            continue
        value = " ".join(raw_value.split()) if raw_value.isascii() else _decode_value(raw_value)
        known = headers.get(name)
        if known is None:
            headers[name] = value
        elif name not in _SINGLE:
            mark = "\n" if name in _BY_LINE else ", "
            headers[name] = mark.join(filter(None, (known, value)))
    return headers


def split_lines(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a page's headers as they came over the wire: each line of a value is one."""
    for name, value in headers.items():
        yield from ((name, line) for line in value.split("\n"))


def _decode_value(value: str) -> str:
    """Make a header of odd bytes text: UTF-8 where it is, else Latin-1; on one line."""
    raw = value.encode("utf-8", "surrogateescape")
    try:
        plain = raw.decode("utf-8")
    except UnicodeDecodeError:
        plain = raw.decode("latin-1")
    return " ".join(plain.split())
