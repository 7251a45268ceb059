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
        metadata=required("A CSS selector for the box around one article.", kinds.SELECTOR)
    )
    written: date = field(
        metadata=required(
            "The day the rule was written: sites change, and it tells how old the rule is."
        )
    )
    link: str = option("a", "The link to the article.", kinds.SELECTOR)
    title: str = option("", "The headline. Without it: the text of the link.", kinds.SELECTOR)
    date: str = option("", "What bears the time. Without it: none is read.", kinds.SELECTOR)
    excerpt: str = option("", "The description. Without it: none is read.", kinds.SELECTOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed, sitemap or page that lists links to articles, as `[[source]]` in beat.toml.

    `listing` is the rule for reading its page of links, None to guess the links.
    """

    url: str = field(
        metadata=required("The address of a feed, a sitemap or a page of links.", kinds.ADDRESS)
    )
    name: str = option(
        "",
        "What readers see as the publisher of what it lists of its own site, where "
        "`_data/organizations` names none; and what it is called where its health is reported.",
    )
    kind: SourceKind = option(
        "auto",
        "`feed` (RSS, Atom, RDF, JSON Feed), `sitemap` (news sitemaps too), `listing` (a page of "
        "links), or `auto`: look at the answer.",
    )
    official: bool = option(
        False, "The beat's own official source; counts 50 points in `everyday`."
    )
    trust: Trust = option(
        "gate",
        "`gate`: the quality decides. `publish`: always publish. `hold`: wait for an editor.",
    )
    include: tuple[str, ...] = option(
        (), "An item must have one of these whole words in its title or description."
    )
    exclude: tuple[str, ...] = option((), "An item must have none of these.")
    topics: tuple[str, ...] = option(
        (), "Names of topics that every story of this source belongs to."
    )
    language: str = option(
        "", "The language it is written in; goes before what its items say.", kinds.LANGUAGE
    )
    every_minutes: int = option(
        0,
        "Ask it this often, for news that cannot wait, within what its publisher and its host "
        "allow. 0: in its own rhythm. `serve` looks no oftener than `serve.every_minutes`.",
        kinds.whole(maximum=1_440),
    )
    listing: ListingRule | None = None
