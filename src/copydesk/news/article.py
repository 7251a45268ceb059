"""The fields read from an article page: Article, Author, Image, Provider, Figure, …."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

Kind = Literal["article", "video", "audio"]
Use = Literal[
    "ai-train",  # to train models
    "ai-input",  # to be passed to a model: summaries, answers, retrieval
    "search",  # to be found by a search engine
    "snippet",  # to be quoted at all: without it only a headline and a link may be shown
    "image",  # to have its pictures shown elsewhere
]
USES: tuple[Use, ...] = get_args(Use)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an article, by its URL at the publisher. Sizes are in pixels, 0 if unknown.

    `title` describes the picture, `attribution` names its owner.
    """

    url: str
    width: int = 0
    height: int = 0
    is_cached: bool | None = None
    title: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The publisher of an article: name, registrable domain, logos."""

    name: str
    domain: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """The name of an author as a byline has it, and what it is: "" for a person."""

    name: str
    kind: Literal["", "agency", "newsroom"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture that an article page offers: `alt` describes it, `credit` names its owner.

    `origin` names the place in the page ("og:image", "json-ld", "img", …); sizes are the page's own
    claims, in pixels, 0 if it gives none.
    """

    url: str
    alt: str = ""
    credit: str = ""
    origin: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A video or audio file that a feed entry offers: its URL, MIME type and length.

    `type` is "" and `seconds` is 0 if the feed does not give them.
    """

    url: str
    kind: Literal["video", "audio"]
    type: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A publisher's statement on how a page may be used, such as "not for training AI models".

    For example `Signal(name="Content-Signal", said="ai-train=no", where="robots.txt")`.
    """

    name: str
    said: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The data extracted from an article page: plain text, times with time zone UTC.

    `url` is the canonical form of the listed address, `web_url` the address that readers are sent
    to (redirects followed, the page's own canonical link when it can be trusted). `text` is a small
    subset of Markdown: paragraphs, `## ` headings, `- ` lists, `> ` quotes and tables, separated by
    empty lines. `published_day` is the day of `published_at` in the publisher's time zone, such as
    2018-02-05; it may be the day before or after the day in UTC. `figures` are the candidates for
    the lead picture, the best first; `image` and `image_alt` are the chosen one. `seconds` is the
    length of a video or audio file, 0 if unknown. `authors` are persons, `corporate_authors`
    the news agencies and newsrooms that a byline names. `refuses` are the uses that the publisher
    forbids, `signals` the statements that forbid them. `origins` maps each field to the place where
    its value came from ("json-ld", "og:title", "lead", "trafilatura", …). `source`, `guid`, `found`
    and `watched_since` are the lead's. `reader` is the version of the extractor: two versions may
    read one page differently.
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
    corporate_authors: tuple[Author, ...] = ()
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
