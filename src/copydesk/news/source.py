"""Source: where leads come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

SourceKind = Literal["auto", "feed", "sitemap", "listing"]
Trust = Literal["gate", "publish", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRule:
    """How to read one site's page of links: CSS selectors, and the day the rule was written.

    `item` finds the box of each article, the others look inside it: `link` the anchor, `title` the
    headline ("" for the link's own text), `date` the element that bears the time ("" for none),
    `excerpt` the description. Sites change: `written` tells how old the rule is.
    """

    item: str
    written: date
    link: str = "a"
    title: str = ""
    date: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Name one place that is asked for leads, as `[[source]]` in beat.toml.

    `official` is the beat's own official source; `trust` says whether its stories pass the gate
    ("gate"), skip it ("publish") or wait for an editor ("hold"). A lead must have one of `include`
    (when any) and none of `exclude` in its title or description, whole words, any case. `listing`
    says how its page of links is read, None for our own guess.
    """

    url: str
    name: str = ""
    kind: SourceKind = "auto"
    official: bool = False
    trust: Trust = "gate"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str = ""
    listing: ListingRule | None = None
