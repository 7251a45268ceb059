"""What a profile weighs: an article's wrapping and content, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass

LEDE_CHARACTERS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Everything that a signal may look at.

    `topics` are the names that the record carries, `given` the source that put it on the beat
    ("" for none), `confidence` how sure in percent it is that it is on the beat, by its topic
    `nearest`; `text` the text that was read (None where it is not known), `lede` the excerpt
    and the first characters of the text. `language` is the article's, "" where unknown; `section`
    and `tags` are its page's own words for what it is about; `age_hours` is how old it was when it
    was found, None where nobody watched its source then; `host` is the page's own, below `domain`.
    """

    title: str
    topics: tuple[str, ...] = ()
    domain: str = ""
    image: bool = False
    amp: bool = False
    video: bool = False
    official: bool = False
    given: str = ""
    nearest: str = ""
    confidence: int = 100
    lede: str = ""
    text: str | None = None
    access: str = ""
    credit: str = ""
    authors: int = 0
    language: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    age_hours: float | None = None
    host: str = ""


def lede(excerpt: str, text: str) -> str:
    """Return the excerpt and the beginning of the text, cut at a word."""
    start = text[:LEDE_CHARACTERS]
    if len(text) > LEDE_CHARACTERS and " " in start:
        start = start.rsplit(" ", 1)[0]
    return f"{excerpt}\n{start}".strip()
