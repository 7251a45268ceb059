"""The places that list links to articles (Source), and the links that they list (Lead, Dropped)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, get_args

from copydesk.kit import kinds
from copydesk.kit.options import option, required
from copydesk.news.article import Media

SourceKind = Literal["auto", "feed", "sitemap", "listing"]
Trust = Literal["gate", "publish", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRule:
    """How to find the articles on a site's page of links: CSS selectors, and the rule's date."""

    item: str = field(metadata=required("CSS selector of each article's box.", kinds.SELECTOR))
    written: date = field(metadata=required("Day on which these selectors were written."))
    link: str = option("a", "CSS selector of the link to the article.", kinds.SELECTOR)
    title: str = option("", "CSS selector of the headline; else the link's text.", kinds.SELECTOR)
    date: str = option("", "CSS selector of the publication time. Default: none.", kinds.SELECTOR)
    excerpt: str = option("", "CSS selector of the description. Default: none.", kinds.SELECTOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed, sitemap or page that lists links to articles, as `[[source]]` in beat.toml.

    `listing` is the rule for reading its page of links, None to guess the links.
    """

    url: str = field(metadata=required("URL of a feed, a sitemap or a web page.", kinds.ADDRESS))
    name: str = option(
        "",
        "Publisher's name for articles from the source's own site, unless `_data/organizations` "
        "has one. It is also the source's name in health reports.",
    )
    kind: SourceKind = option(
        "auto",
        "Format of the source: `feed` (RSS, Atom, RDF, JSON Feed), `sitemap` (including news "
        "sitemaps), `listing` (a web page with links) or `auto` (detected from the response).",
    )
    official: bool = option(
        False, "Official source of the subject, such as a ministry. Counts 50 points in `everyday`."
    )
    trust: Trust = option(
        "gate",
        "`gate`: the quality decides. `publish`: always published. `hold`: an editor decides.",
    )
    include: tuple[str, ...] = option(
        (),
        "Words of which at least one must be in an item's title or description, as a whole word. "
        "By default all items are read.",
    )
    exclude: tuple[str, ...] = option((), "Words that no item's title or description may have.")
    topics: tuple[str, ...] = option((), "Names of the topics that all its stories get.")
    language: str = option(
        "", "Language, such as `de`, instead of the one that an item states.", kinds.LANGUAGE
    )
    every_minutes: int = option(
        0,
        "Minutes between two fetches of this source, for urgent news, if its publisher and its "
        "host allow it. 0 (the default): the interval depends on how often the source publishes. "
        "`copydesk serve` never fetches a source more often than every `serve.every_minutes`.",
        kinds.whole(maximum=1_440),
    )
    show_changes: bool = option(
        True,
        "Show on the site what the publisher changed in its articles: former headlines and "
        "figures, pages that are gone.",
    )
    listing: ListingRule | None = None


# What a source lists.


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
    dict.fromkeys(("seen", "off-beat", "too-old", "ruled-out"), "judge")
    | dict.fromkeys(("robots", "address", "gone", "blocked"), "fetch")
    | {"filtered": "watch", "not-an-article": "extract", "removed": "review"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A link to an article that was deliberately dropped: URL, reason, a detail for a person."""

    url: str
    reason: DropReason
    detail: str = ""
