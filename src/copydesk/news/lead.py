"""Links to articles that may become stories (Lead, Tip), and the reasons to drop one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from copydesk.news.article import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A link to an article, with the details given by its source (a feed, sitemap or page).

    `url` is the address as listed, made absolute, without its fragment: the one to fetch (kit.urls
    has its canonical form and identity). `source` is the source's url in beat.toml. `found` is the
    time of the run that found it. Title and excerpt are plain text, entities decoded; times are
    aware and UTC. `media` are the item's own video and audio files. `watched_since` is when the
    source was first read, None if this is the first time.
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
    """A page that a person suggests as a story. No source lists it, so its `source` is "".

    `by` is the person, `why` the reason, "" for none; `topic` is the topic to give it, "" to derive
    the topics from its text.
    """

    by: str
    why: str = ""
    topic: str = ""


DropReason = Literal[
    "seen",  # the same article is filed already, under this or another address
    "off-beat",  # matches no topic of the beat
    "filtered",  # by the source's include or exclude words
    "too-old",  # older than fetch.max_age_days
    "not-an-article",  # a home page, a listing, an error in a 200, no title, no text
    "robots",  # robots.txt forbids it
    "address",  # a private address
    "gone",  # 404 or 410
    "blocked",  # 401, 403, 451
    "ruled-out",  # an editor's rule blocks its site or a word of its headline
    "removed",  # an editor removed it for good
]
DROP_REASONS: tuple[str, ...] = get_args(DropReason)
# The pipeline step that finds each reason.
DROP_STAGES: Mapping[str, str] = MappingProxyType(
    {
        "seen": "judge",
        "off-beat": "judge",
        "filtered": "watch",
        "too-old": "judge",
        "not-an-article": "extract",
        "robots": "fetch",
        "address": "fetch",
        "gone": "fetch",
        "blocked": "fetch",
        "ruled-out": "judge",
        "removed": "review",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A link to an article that was deliberately dropped: URL, reason, a detail for a person."""

    url: str
    reason: DropReason
    detail: str = ""
