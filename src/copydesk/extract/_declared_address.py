"""The address that a page declares, for one that was saved and whose address nobody knows."""

from __future__ import annotations

from copydesk.kit import urls


def find_declared_address(html: bytes) -> str:
    """Return the address that a page says is its own, "" where it says none or is no HTML.

    A page found on the web is never believed so easily: see `origin.canonical`.
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    try:
        root = document_fromstring(html, parser=HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError, AssertionError):
        return ""
    said = root.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return next((address for address in map(urls.fetchable, map(str, said)) if address), "")
