"""Offer: what somebody can subscribe to, and the words by which they agree."""

from __future__ import annotations

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import LetterOffer


def read_offer(newsroom: Newsroom) -> LetterOffer:
    """Return the letters, topics and words of consent for a form; raises PublishError."""
    raise NotImplementedError
