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

    item: str = field(
        metadata=required("CSS selector of the element around each article.", kinds.SELECTOR)
    )
    written: date = field(
        metadata=required(
            "Day on which these selectors were written, to see how old they are when the website "
            "changes."
        )
    )
    link: str = option("a", "CSS selector of the link to the article.", kinds.SELECTOR)
    title: str = option(
        "", "CSS selector of the headline. By default the text of the link.", kinds.SELECTOR
    )
    date: str = option(
        "",
        "CSS selector of the element with the publication time. By default no time is read.",
        kinds.SELECTOR,
    )
    excerpt: str = option(
        "", "CSS selector of the description. By default no description is read.", kinds.SELECTOR
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed, sitemap or page that lists links to articles, as `[[source]]` in beat.toml.

    `listing` is the rule for reading its page of links, None to guess the links.
    """

    url: str = field(
        metadata=required("URL of a feed, a sitemap or a web page with links.", kinds.ADDRESS)
    )
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
        False,
        "Whether this is an official source of the site's subject, such as a ministry or a "
        "manufacturer. It earns the points of `scoring.points.official`, or 50 points in the "
        "profile `everyday`.",
    )
    trust: Trust = option(
        "gate",
        "`gate`: stories of this source are published if their quality reaches "
        "`scoring.publish_at`. `publish`: they are always published. `hold`: they wait for an "
        "editor.",
    )
    include: tuple[str, ...] = option(
        (),
        "Words of which at least one must be in an item's title or description, as a whole word. "
        "By default all items are read.",
    )
    exclude: tuple[str, ...] = option(
        (), "Words that must not be in an item's title or description."
    )
    topics: tuple[str, ...] = option(
        (), "Names of the topics that every story of this source gets."
    )
    language: str = option(
        "",
        "Language of the source, such as `de`. It overrides the language that an item states.",
        kinds.LANGUAGE,
    )
    every_minutes: int = option(
        0,
        "Minutes between two fetches of this source, for urgent news, if its publisher and its "
        "host allow it. 0 (the default): the interval depends on how often the source publishes. "
        "`copydesk serve` never fetches a source more often than every `serve.every_minutes`.",
        kinds.whole(maximum=1_440),
    )
    listing: ListingRule | None = None
