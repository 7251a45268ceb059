"""Saved: a page that lies in a file, read as if it had been fetched."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from copydesk import extract
from copydesk.errors import PageError, UsageError
from copydesk.kit import urls
from copydesk.news import Article, Page, Provider

_MAX_BYTES = 64 * 1024 * 1024  # of a file, unpacked
_GZIP = b"\x1f\x8b"
_SITE = "https://unknown.invalid"
_NOWHERE = f"{_SITE}/page"  # a site's root would be taken for a home page


def load_saved_page(path: Path, url: str, now: datetime) -> Page:
    """Read a page from a file, as it is or as gzip.

    Its address is `url`, else the one that it declares, else one that `placed` takes out again.
    Raises PageError where the file cannot be read, UsageError where `url` is no address.
    """
    if url and not urls.fetchable(url):
        raise UsageError("no web address", subject=url, hint="an address begins with https://")
    body = _unpack(path)
    address = urls.fetchable(url) or extract.find_declared_address(body) or _NOWHERE
    return Page(
        url=address,
        final_url=address,
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        fetched_at=now,
    )


def _unpack(path: Path) -> bytes:
    data = _read(path)
    if not data.startswith(_GZIP):
        return data
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = member.decompress(data, _MAX_BYTES)
    except zlib.error as error:
        raise PageError("the file is no gzip that can be read", subject=str(path)) from error
    if not member.eof:
        what = "the page is too big" if member.unconsumed_tail else "the gzip is cut off"
        raise PageError(what, subject=str(path), hint="64 MB at most, unpacked")
    return body


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise PageError("the page is too big", subject=str(path), hint="64 MB at most")
        return path.read_bytes()
    except OSError as error:
        raise PageError(f"the file cannot be read ({error.strerror})", subject=str(path)) from error


def place_article(article: Article, url: str) -> Article:
    """Return an article with the word on where its address came from.

    One that was only lent is taken out again; what hung on it stays relative.
    """
    if not article.url.startswith(_SITE):
        return replace(article, origins={**article.origins, "url": "--url" if url else "declared"})
    figures = tuple(replace(one, url=_bare(one.url)) for one in article.figures)
    provider, origins = article.provider, dict(article.origins)
    nowhere = urls.host(_NOWHERE)
    if provider.domain == nowhere:
        name = "" if provider.name == nowhere else provider.name
        provider = Provider(name=name, domain="", images=provider.images)
        origins |= {} if name else {"provider": ""}
    return replace(
        article,
        url="",
        web_url="" if article.web_url.startswith(_SITE) else article.web_url,
        amp_web_url=_bare(article.amp_web_url),
        image=_bare(article.image),
        figures=figures,
        provider=provider,
        origins=origins,
    )


def _bare(url: str) -> str:
    return url.removeprefix(_SITE)
