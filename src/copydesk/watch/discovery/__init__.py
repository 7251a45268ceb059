"""Find where a page's news may be had as a list: a Page goes in, Candidates and Offers come out."""

from __future__ import annotations

from copydesk.watch.discovery._candidates import (
    FeedCandidate,
    candidates,
    candidates_of_address,
    guesses,
    is_for_news,
    sitemaps,
)
from copydesk.watch.discovery._offers import Offer, is_enough, offers

__all__ = [
    "FeedCandidate",
    "Offer",
    "candidates",
    "candidates_of_address",
    "guesses",
    "is_enough",
    "is_for_news",
    "offers",
    "sitemaps",
]
