"""The options of what beat.toml has many of: `[[source]]` with its listing rule, `[[host]]`."""

from __future__ import annotations

from copydesk.config import _kinds as kinds
from copydesk.config._option import Option, Section

HOST = Section(
    name="host",
    about="Other manners for one host; write `[[host]]` once for each.",
    held_by="hosts",
    options=(
        Option(
            name="name",
            kind=kinds.HOST,
            required=True,
            about="The host, exactly: `www.example.org` is another one than `example.org`.",
        ),
        Option(
            name="delay_seconds",
            kind=kinds.number(),
            default=None,
            about="As `fetch.delay_seconds`, for this host. Its own robots.txt may ask for more.",
        ),
        Option(
            name="penalty_seconds",
            kind=kinds.number(),
            default=None,
            about="As `fetch.penalty_seconds`, for this host.",
        ),
    ),
)

LISTING = Section(
    name="source.listing",
    about="How the page of links of one source is read, as a table in its block: "
    '`listing = { item = "article", link = "h2 a", written = 2026-11-24 }`. `item` finds the box '
    "of each article; the others look inside it. Without a rule: our own guess.",
    held_by="",
    options=(
        Option(
            name="item",
            kind=kinds.SELECTOR,
            required=True,
            about="A CSS selector for the box around one article.",
        ),
        Option(
            name="link",
            kind=kinds.SELECTOR,
            default="a",
            about="The link to the article.",
        ),
        Option(
            name="title",
            kind=kinds.SELECTOR,
            about="The headline. Without it: the text of the link.",
        ),
        Option(
            name="date",
            kind=kinds.SELECTOR,
            about="What bears the time. Without it: none is read.",
        ),
        Option(
            name="excerpt",
            kind=kinds.SELECTOR,
            about="The description. Without it: none is read.",
        ),
        Option(
            name="written",
            kind=kinds.DAY,
            required=True,
            about="The day the rule was written: sites change, and it tells how old the rule is.",
        ),
    ),
)

SOURCE = Section(
    name="source",
    about="One place that is asked for articles; write `[[source]]` once for each.",
    held_by="",
    options=(
        Option(
            name="url",
            kind=kinds.ADDRESS,
            required=True,
            about="The address of a feed, a sitemap or a page of links.",
        ),
        Option(
            name="name",
            kind=kinds.TEXT,
            about="What it is called where its health is reported.",
        ),
        Option(
            name="kind",
            kind=kinds.choice("auto", "feed", "sitemap", "listing"),
            default="auto",
            about="`feed` (RSS, Atom, RDF, JSON Feed), `sitemap` (news sitemaps too), `listing` (a "
            "page of links), or `auto`: look at the answer.",
        ),
        Option(
            name="official",
            kind=kinds.FLAG,
            default=False,
            about="The beat's own official source; counts 50 points in `everyday`.",
        ),
        Option(
            name="trust",
            kind=kinds.choice("gate", "publish", "hold"),
            default="gate",
            about="`gate`: the quality decides. `publish`: always publish. `hold`: wait for an "
            "editor.",
        ),
        Option(
            name="include",
            kind=kinds.WORDS,
            default=(),
            about="An item must have one of these whole words in its title or description.",
        ),
        Option(
            name="exclude",
            kind=kinds.WORDS,
            default=(),
            about="An item must have none of these.",
        ),
        Option(
            name="topics",
            kind=kinds.WORDS,
            default=(),
            about="Names of topics that every story of this source belongs to.",
        ),
        Option(
            name="language",
            kind=kinds.LANGUAGE,
            about="The language it is written in; goes before what its items say.",
        ),
        Option(
            name="headers_env",
            kind=kinds.HEADERS,
            default={},
            about="Extra request headers, each with the environment variable that holds its value: "
            '`{ Authorization = "EXAMPLE_TOKEN" }`. Sent to this source\'s host only.',
        ),
        Option(
            name="proxy",
            kind=kinds.PROXY,
            private=True,
            about="Ask this source and its pages through an HTTP proxy, `http://host:port`.",
        ),
        Option(
            name="proxy_env",
            kind=kinds.VARIABLE,
            delicate=True,
            about="The environment variable that holds the proxy's address, for one with a "
            "password; goes before `proxy`. While it is not set the source cannot be asked.",
        ),
        Option(
            name="pictures",
            kind=kinds.choice("cached", "hotlink", "none", ""),
            about="As `pictures.show`, for what this source lists and for every story of its "
            "publisher. The guide on pictures says more.",
        ),
    ),
)

BLOCKS = (HOST, SOURCE, LISTING)
