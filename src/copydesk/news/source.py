"""The places that list links to articles (Source): feeds, sitemaps, pages of links."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from copydesk.kit import kinds
from copydesk.kit.options import option, required

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
    listing: ListingRule | None = None
