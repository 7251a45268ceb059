"""Find where a page's news may be had as a list: a Page goes in, Candidates and Offers come out."""

from __future__ import annotations

from copydesk.watch.discovery._candidates import (
    Candidate,
    candidates,
    guesses,
    is_for_news,
    sitemaps,
    told_by,
)
from copydesk.watch.discovery._offers import Offer, offers, settles

__all__ = [
    "Candidate",
    "Offer",
    "candidates",
    "guesses",
    "is_for_news",
    "offers",
    "settles",
    "sitemaps",
    "told_by",
]
