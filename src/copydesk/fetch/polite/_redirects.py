"""Redirects: where an answer sends us, and whether we go."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.fetch._web_address import parse_address
from copydesk.fetch.polite._status import REDIRECTS
from copydesk.kit import urls
from copydesk.news import Page, Refused


def is_redirect(page: Page) -> bool:
    """Decide whether an answer sends us elsewhere."""
    return page.status in REDIRECTS


def next_hop(page: Page, asked: Sequence[str], limit: int) -> str | Refused:
    """Return the address that a redirect names, or why it is not followed.

    `asked` are the addresses of this chain so far, the answering one last.
    """
    location = page.headers.get("location", "").strip()
    if not location:
        return _refuse(page, "names no target")
    parsed = urls.parse(location, asked[-1])
    target = urls.fetchable(location, asked[-1])
    if parsed is None or target is None:
        return _refuse(page, f"leads to no web address: {location[:200]}")
    if parsed.username or parsed.password:
        return _refuse(page, f"leads to an address with a password: {target}")
    if target in asked:
        return _refuse(page, f"leads in a circle: {target}")
    if len(asked) > limit:
        return _refuse(page, f"is the last of more than {limit}: {target}")
    return target


def _refuse(page: Page, words: str) -> Refused:
    detail = f"the redirect {words}"
    return Refused(url=page.url, reason="redirects", detail=detail, status=page.status)


def same_origin(left: str, right: str) -> bool:
    """Decide whether two addresses share scheme, host and port."""
    here, there = parse_address(left), parse_address(right)
    return here is not None and there is not None and here.origin == there.origin
