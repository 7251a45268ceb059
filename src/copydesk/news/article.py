"""Article: what a page says, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from copydesk.news.story import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The fields of an article page, plain text, times aware and UTC.

    `url` is the canonical form of the address where it was found, `web_url` where the reader is
    sent (redirects followed, the page's own canonical link when it can be trusted). `image` is the
    address of the lead picture. `origins` names, for each field, where its value came from
    ("json-ld", "og:title", "lead", "trafilatura", …). `source`, `guid` and `found` are the lead's.
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
    updated_at: datetime | None = None
    amp_web_url: str = ""
    provider: Provider = field(default_factory=lambda: Provider(name="", domain=""))
    authors: tuple[str, ...] = ()
    language: str = ""
    image: str = ""
    image_alt: str = ""
    type: Literal["article", "video"] = "article"
    featured_content: str = ""
    access: str = ""
    credit: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
