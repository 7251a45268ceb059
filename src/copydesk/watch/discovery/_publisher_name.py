"""Title: a list's own title, made the name of who publishes it."""

from __future__ import annotations

import re

from copydesk.kit import text

_MOST = 200  # characters: each word that goes costs a look at all

# The words that programs put around a publisher's name, in any case; docs/guides/find-sources.md.
_FORM = r"(?:rss|atom|json)(?:\s*\d(?:\.\d+)?)?(?:\s+feeds?)?"
_FEED = rf"(?:{_FORM}|feeds?)"
_WHICH = (
    r"(?:(?:all|latest|newest|recent)"
    r"(?:\s+(?:articles|entries|items|news|posts|stories|updates))?)"
)
_JOINT = r"(?:\s*[|:·•–—»(\[]\s*|\s+[-/]+\s+)"  # a hyphen inside a word is no joint

_TAIL = re.compile(rf"(?:\s+{_FORM}|{_JOINT}(?:{_FEED}|{_WHICH}))[\s)\]]*$", re.IGNORECASE)
_FEED_OF = re.compile(r"(\S+\s.*\S)\s+feeds?", re.IGNORECASE)  # "Animal Feed" may be a paper
_HEAD = re.compile(
    rf"^[(\[]?(?:{_FEED}|{_WHICH})(?:[)\]]\s+|{_JOINT})"
    rf"|^{_FEED}\s+(?:for|from|of)\s+|^rss\s+(?:feed\s+)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"[(\[]?(?:{_FEED}|{_WHICH})[)\]]?", re.IGNORECASE)
_ARTICLES = frozenset({"", "a", "an", "our", "my", "the"})


def publisher_name(title: str) -> str:
    """Return a list's title without the words that say what list it is, whole words at its ends.

    It is "" for a title of nothing but such words: that one names nobody.
    """
    name = text.shorten(text.fold(title), _MOST)
    while not _WHOLE.fullmatch(name):
        shorter = _shorten(name)
        if shorter == name or shorter.lower() in _ARTICLES:
            return name
        name = shorter
    return ""


def _shorten(name: str) -> str:
    bare = _TAIL.sub("", name, count=1)
    if bare == name and (feed := _FEED_OF.fullmatch(name)):
        bare = feed[1]
    return _HEAD.sub("", bare, count=1).strip()
