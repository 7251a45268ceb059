"""Classify an HTTP response: a usable page, a redirect to follow, or a refusal with its reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from copydesk.fetch.messages import parse_address
from copydesk.kit import dates, urls
from copydesk.news import Page, Refused
from copydesk.news.page import Fault, FaultKind, RefusedReason

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_WAIT = timedelta(days=1)
_REASONS: dict[int, RefusedReason] = {
    401: "blocked",
    403: "blocked",
    404: "gone",
    410: "gone",
    429: "slow-down",
    451: "blocked",
}
_WORDS = {
    401: "login required",
    403: "forbidden",
    404: "not found",
    410: "gone for good",
    429: "too many requests",
    451: "unavailable for legal reasons",
    503: "temporarily unavailable",
}


def refusal(page: Page, now: datetime) -> Refused | None:
    """Return why an HTTP response is not a usable page, None if it is one (2xx)."""
    if 200 <= page.status < 300:
        return None
    retry_at = wait_until(page, now)
    reason = _REASONS.get(page.status, "server")
    if page.status == 503 and retry_at is not None:
        reason = "slow-down"
    words = _WORDS.get(page.status, "no usable answer")
    return Refused(
        url=page.url,
        reason=reason,
        detail=str(Fault.of(FaultKind.STATUS, status=page.status, words=words)),
        status=page.status,
        retry_at=retry_at,
    )


def wait_until(page: Page, now: datetime) -> datetime | None:
    """Return the time until which a 429 or 503 response asks to wait (Retry-After), or None."""
    if page.status not in {429, 503}:
        return None
    value = page.headers.get("retry-after", "").strip()
    at = _parse_retry_after(value, now)
    if at is None or at <= now:
        return None
    return min(at, now + _LONGEST_WAIT)


def _parse_retry_after(value: str, now: datetime) -> datetime | None:
    if re.fullmatch(r"[0-9]{1,9}", value):
        return now + timedelta(seconds=int(value))
    return dates.parse(value)


def is_redirect(page: Page) -> bool:
    """Return whether an HTTP response is a redirect."""
    return page.status in REDIRECTS


def next_hop(page: Page, asked: Sequence[str], limit: int) -> str | Refused:
    """Return the URL that a redirect points to, or the reason why it is not followed.

    `asked` are the URLs of this chain so far, that of the redirect last.
    """
    location = page.headers.get("location", "").strip()
    if not location:
        return _refuse(page, "has no target")
    parsed = urls.parse(location, asked[-1])
    target = urls.fetchable(location, asked[-1])
    if parsed is None or target is None:
        return _refuse(page, f"leads to an invalid web address: {location[:200]}")
    if parsed.username or parsed.password:
        return _refuse(page, f"leads to an address with a password: {target}")
    if target in asked:
        return _refuse(page, f"leads in a circle: {target}")
    if len(asked) > limit:
        return _refuse(page, f"comes after {limit} other redirects: {target}")
    return target


def _refuse(page: Page, words: str) -> Refused:
    detail = f"the redirect {words}"
    return Refused(url=page.url, reason="redirects", detail=detail, status=page.status)


def same_origin(left: str, right: str) -> bool:
    """Return whether two URLs share scheme, host and port."""
    here, there = parse_address(left), parse_address(right)
    return here is not None and there is not None and here.origin == there.origin
