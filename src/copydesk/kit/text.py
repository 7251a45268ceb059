"""Plain text: white space folded, entities decoded, cut at whole sentences, split into words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_TAG_START = re.compile(r"<!--|</?[a-zA-Z!?]")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]]*(?=\s|$)")
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Make every run of white space one blank, cut the ends, drop control characters."""
    return " ".join(_CONTROL.sub("", text).split())


def plain(markup: str) -> str:
    """Give the text of an HTML fragment: tags out, entities decoded once, white space folded."""
    return fold(html.unescape(" ".join(_between_tags(markup))))


def _between_tags(markup: str) -> Iterator[str]:
    """Give the pieces of text between tags and comments, in time that grows with the length.

    A tag or comment that nothing closes is text; once one is met, none behind it closes either.
    """
    at, hopeless = 0, set[str]()
    for start in _TAG_START.finditer(markup):
        end = "-->" if start.group() == "<!--" else ">"
        if start.start() < at or end in hopeless:
            continue
        close = markup.find(end, start.end())
        if close < 0:
            hopeless.add(end)
            continue
        yield markup[at : start.start()]
        at = close + len(end)
    yield markup[at:]


def words(text: str) -> list[str]:
    r"""Give the lower-case words (`\w+`) of a text in order."""
    return _WORD.findall(text.lower())


def shorten(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters: at a sentence's end, else a word's with "…"."""
    if len(text) <= limit:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, limit)]
    if ends and ends[-1] >= limit // 3:
        return text[: ends[-1]]
    cut = text.rfind(" ", 0, limit)
    return text[: cut if cut > 0 else limit - 1].rstrip(" ,;:–—-") + "…"
