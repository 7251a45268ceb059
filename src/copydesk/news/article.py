"""Article: what a page says, read; with Image, Provider, Figure, Media and Signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

Kind = Literal["article", "video", "audio"]
Use = Literal[
    "ai-train",  # to train models
    "ai-input",  # to be given to a model: summaries, answers, retrieval
    "search",  # to be found by a search engine
    "snippet",  # to be quoted, however shortly: a headline and a link is all there may be
    "image",  # to have its pictures shown elsewhere
]
USES: tuple[Use, ...] = get_args(Use)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture by its origin address; sizes in pixels, 0 where unknown.

    `title` says what it shows, `attribution` whose it is.
    """

    url: str
    width: int = 0
    height: int = 0
    is_cached: bool | None = None
    title: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who published it: name, registrable domain, logos."""

    name: str
    domain: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture that a page offers, in plain words: `alt` is what it shows, `credit` whose it is.

    `origin` names where the page says so ("og:image", "json-ld", "img", …); sizes are what the page
    claims, in pixels, 0 where it says nothing.
    """

    url: str
    alt: str = ""
    credit: str = ""
    origin: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A video or a sound that a feed offers with an item: its address, MIME type and length.

    `type` is "" and `seconds` 0 where nobody says.
    """

    url: str
    kind: Literal["video", "audio"]
    type: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a publisher says on the use of a page: the signal's name, its words, where they stand.

    As in `Signal(name="Content-Signal", said="ai-train=no", where="robots.txt")`.
    """

    name: str
    said: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The fields of an article page, plain text, times aware and UTC.

    `url` is the canonical form of the address where it was found, `web_url` where the reader is
    sent (redirects followed, the page's own canonical link when it can be trusted). `text` is a
    small clean Markdown: paragraphs, `## ` headings, `- ` lists, `> ` quotes and tables, set apart
    by empty lines. `published_day` is the day of `published_at` by the publisher's own clock, as in
    2018-02-05, which may be the day before or after that in UTC. `figures` are the pictures that
    may stand for it, the best first, `image` and `image_alt` the one that does. `seconds` is the
    length of a video or sound, 0 where unknown. `refuses` are the uses that its publisher forbids,
    `signals` the words that say so. `origins` names, for each field, where its value came from
    ("json-ld", "og:title", "lead", "trafilatura", …). `source`, `guid`, `found` and
    `watched_since` are the lead's. `reader` is the version of what read it: two versions may read
    one page differently.
    """

    url: str
    web_url: str
    title: str
    published_at: datetime
    source: str
    found: datetime
    guid: str = ""
    excerpt: str = ""
    text: str = ""
    published_day: str = ""
    updated_at: datetime | None = None
    amp_web_url: str = ""
    provider: Provider = field(default_factory=lambda: Provider(name="", domain=""))
    authors: tuple[str, ...] = ()
    language: str = ""
    image: str = ""
    image_alt: str = ""
    figures: tuple[Figure, ...] = ()
    type: Kind = "article"
    featured_content: str = ""
    seconds: int = 0
    section: str = ""
    keywords: tuple[str, ...] = ()
    access: str = ""
    credit: str = ""
    refuses: tuple[Use, ...] = ()
    signals: tuple[Signal, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    reader: int = 0
    watched_since: datetime | None = None
