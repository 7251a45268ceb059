"""Lead: a source's hint that there is a story, and a tip: a person's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from copydesk.news.article import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One item that a source listed.

    `url` is the address as listed, made absolute, without its fragment: what is fetched (kit.urls
    has its canonical form and identity). `source` is the source's url in beat.toml. `found` is the
    round's clock. Title and excerpt are plain text, entities decoded; times are aware and UTC.
    `media` are the item's own videos and sounds. `watched_since` is when the source was first read,
    None where it is now.
    """

    url: str
    source: str
    found: datetime
    title: str = ""
    excerpt: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    guid: str = ""
    authors: tuple[str, ...] = ()
    image: str = ""
    language: str = ""
    media: tuple[Media, ...] = ()
    watched_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip(Lead):
    """A page that a person found and wants filed; no source lists it, so `source` is "".

    `by` is who says so, `why` the reason, "" for none; `topic` is the topic it is to have, "" for
    those that its words give it.
    """

    by: str
    why: str = ""
    topic: str = ""
