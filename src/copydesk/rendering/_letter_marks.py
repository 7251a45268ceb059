"""The comments of a letter's HTML that say where each story, section and note of it stands.

What was filed is read back by them: the day's digest, and a story that is taken out of its letters.
"""

from __future__ import annotations

import html
import re

SECTION_END = "<!--/section-->"
STORY_END = "<!--/story-->"
NOTE_BEGIN = "<!--note-->"
NOTE_END = "<!--/note-->"
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


def _quote(words: str) -> str:
    return _UNSAFE.sub(lambda match: f"&#{ord(match.group())};", words)
