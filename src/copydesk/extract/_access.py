"""On what terms: may everybody read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.extract._declared import Declared

if TYPE_CHECKING:
    from copydesk.extract._document import Document

_STUB = 1_200  # characters; with a wall in the markup and less text than this, it is a teaser
_WALL = (
    "//body//*[contains(@class, 'paywall') or contains(@id, 'paywall')"
    " or contains(@class, 'regwall') or contains(@class, 'subscriber-only')"
    " or contains(@class, 'premium-content')]"
)
_FALSE = frozenset({"false", "no", "0", "metered", "locked", "paid", "premium", "subscription"})
_TRUE = frozenset({"true", "yes", "1", "free"})


def find(document: Document, declared: Declared, body: str) -> tuple[str, str]:
    """Give on what terms the page is read and how that is known.

    "paywalled" or "free" as the page declares it; "teaser" for a stub before a wall; "" unknown.
    """
    declared_free = _declared_free(declared)
    if declared_free is None and len(body) < _STUB and document.tree.xpath(_WALL):
        return "teaser", "markup"
    if declared_free is None:
        return "", ""
    return "free" if declared_free else "paywalled", "declared"


def _declared_free(declared: Declared) -> bool | None:
    """Read schema.org's isAccessibleForFree and the tier tags; None where nobody says."""
    for node in (declared.article, declared.video):
        value = str(node.get("isAccessibleForFree", "")).rsplit("/", 1)[-1].lower()
        if value in _FALSE | _TRUE:
            return value in _TRUE
    tier = declared.first("article:content_tier", "og:article:content_tier", "cxenseparse:access")[
        0
    ]
    if tier.lower() in _FALSE | _TRUE:
        return tier.lower() in _TRUE
    return None
