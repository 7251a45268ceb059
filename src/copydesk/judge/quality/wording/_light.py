"""Light fare, by the headline: gossip and trailers; and service pieces that tell how to."""

from __future__ import annotations

from copydesk.judge.quality.wording._cues import find_first, read_cues
from copydesk.judge.words import normalize

_CUES = read_cues("light")


def gossip(title: str) -> str:
    """Return what shows that a headline is about the private lives of the famous, or a trailer."""
    return find_first(_CUES["gossip"], normalize(title))


def service(title: str) -> str:
    """Return what shows that a headline promises instructions and no news."""
    return find_first(_CUES["service"], normalize(title))
