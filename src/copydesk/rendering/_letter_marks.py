"""The comments of a letter's HTML that say where each story, section and note of it stands.

What was filed is read back by them: the day's digest, and a story that is taken out of its letters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

SECTION_END = "<!--/section-->"
STORY_END = "<!--/story-->"
NOTE_BEGIN = "<!--note-->"
NOTE_END = "<!--/note-->"
# words have neither sign: `_quote` sees to it, and no broken comment makes a reader look far
MARK = re.compile(r"<!--(?P<end>/?)(?P<kind>section|story|note)(?: (?P<words>[^<>\n]*?))?-->")
# whatever might end a comment, or be markup to a reader that is no browser
_UNSAFE = re.compile(r"[^\w .,:;?!-]|-(?=-)|-\Z")


def story_mark(name: str) -> str:
    """Return the comment before a story, by the name of its record."""
    return f"<!--story {_quote(name)}-->"


def section_mark(kind: str, title: str) -> str:
    """Return the comment before a section."""
    return f"<!--section {kind} {_quote(title)}-->"


def read_mark(words: str) -> str:
    """Return the name or title that a comment says."""
    return html.unescape(words)


def list_story_names(body: str) -> Iterator[str]:
    """Yield the names of the records whose stories a mail has."""
    for mark in MARK.finditer(body):
        if mark["kind"] == "story" and not mark["end"]:
            yield read_mark(mark["words"] or "")


def _quote(words: str) -> str:
    return _UNSAFE.sub(lambda match: f"&#{ord(match.group())};", words)
