"""Feeds, sitemaps and pages of links: sound leads or a FeedError. OPML: sources or the same.

The first byte chooses the kind of the source and the content type, or OPML.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from copydesk import watch
from copydesk.errors import FeedError
from copydesk.kit import urls
from copydesk.news import Lead, Page, Source
from copydesk.news.source import SourceKind
from fuzz import mutation

_NOW = datetime(2030, 1, 2, tzinfo=UTC)
_URL = "https://news.example/"
_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
_TYPES = ("", "text/xml", "text/html; charset=utf-16", "application/json", "a/b; charset=shift_jis")
_OPML = 255
_CONTROLS = re.compile("[\x00-\x20\x7f-\x9f\ud800-\udfff]")
_CASES = sorted((Path(__file__).parents[1] / "cases/watch").glob("*.case"))
_SOURCES = [Source(url="https://a.example/feed", name="A & B", topics=("x", "y"), language="de")]
SEEDS = [
    *(b"\0" + case.read_bytes().partition(b"\n====\n")[2][:20_000] for case in _CASES),
    bytes([_OPML]) + watch.write_opml(_SOURCES),
]
mutate = mutation.structured(
    re.compile(rb"<[^>]*>|[^<>\s]+|\s+|[<>]"),
    (
        *(
            b"<item>",
            b"</item>",
            b"<entry>",
            b"<link>",
            b"<link href='//[' />",
            b"<![CDATA[",
            b"]]>",
        ),
        *(b"<!--", b"&amp;", b"&#0;", b"&#xD800;", b"&bogus;", b"<url>", b"<loc>", b"<pubDate>"),
        *(b"<outline xmlUrl='http://a'/>", b"http://[", b"javascript:a", b"https://b.example/\x01"),
        *(
            b'"items":',
            b"[",
            b"]",
            b"{",
            b"}",
            b'"url":',
            b"null",
            b'"date_published":',
            b"xml:base='x:'",
        ),
        *(
            b"<ttl>",
            b"<skipHours>",
            b"<hour>",
            b"<sy:updatePeriod>",
            b"Tue, 99 Foo 99999 25:61 GMT",
        ),
    ),
)


def check(data: bytes) -> None:
    """Read one source's answer, or one OPML file."""
    kind, body = data[0] if data else 0, data[1:]
    if kind == _OPML:
        with contextlib.suppress(FeedError):
            sources = watch.read_opml(body)
            assert all(urls.fetchable(source.url) == source.url for source in sources)
            again = watch.read_opml(watch.write_opml(sources))
            names = {source.url: source.name for source in again}  # a nameless one has its host's
            named = [replace(one, name=one.name or names[one.url]) for one in sources]
            assert sorted(again, key=repr) == sorted(named, key=repr)  # those of a folder together
        return
    page = Page(
        url=_URL,
        final_url=_URL,
        status=200,
        headers={"content-type": _TYPES[kind // len(_KINDS) % len(_TYPES)]},
        body=body,
        fetched_at=_NOW,
    )
    try:
        reading = watch.read(page, Source(url=_URL, kind=_KINDS[kind % len(_KINDS)]), _NOW)
    except FeedError:
        return
    identities = {urls.identity(lead.url) for lead in reading.leads}
    assert len(identities) == len(reading.leads) <= reading.listed
    for address in (*reading.more, *filter(None, (reading.hub, reading.topic))):
        _check_address(address)
    for lead in reading.leads:
        _check_lead(lead)


def _check_lead(lead: Lead) -> None:
    for address in (lead.url, *filter(None, [lead.image]), *(media.url for media in lead.media)):
        _check_address(address)
    for moment in (lead.published_at, lead.updated_at):
        assert moment is None or moment.tzinfo is UTC
        assert moment is None or datetime(1990, 1, 1, tzinfo=UTC) <= moment
        assert moment is None or moment <= _NOW + timedelta(days=1)
    words = (lead.title, lead.excerpt, lead.guid, lead.language, *lead.authors)
    assert "\0" not in "".join(words)
    "".join(words).encode()  # no half of a surrogate pair


def _check_address(address: str) -> None:
    assert urls.fetchable(address) == address, f"not fetchable: {address!r}"
    assert not _CONTROLS.search(address), f"control characters: {address!r}"
