"""The table of options: the one place that knows every key of beat.toml.

The parser, the defaults, `copydesk config` and the reference page are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.config import _kinds as kinds
from copydesk.config._kinds import Kind, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One key of a table: what it accepts, what holds without it, what it is for.

    `variable` is the environment variable that goes before the file; `required` ones have no
    default; a `private` value is never shown; a `later` one is read but not in effect yet.
    """

    name: str
    kind: Kind
    about: str
    default: Value = ""
    variable: str = ""
    required: bool = False
    private: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table of beat.toml; `held_by` is the attribute path of Settings that has its values."""

    name: str
    about: str
    held_by: str
    options: tuple[Option, ...]


SITE = Section(
    name="site",
    about="What the site is called and where its readers find it.",
    held_by="beat",
    options=(
        Option(
            name="title",
            kind=kinds.TEXT,
            required=True,
            about="The name of the site, on every page, feed and letter.",
        ),
        Option(
            name="url",
            kind=kinds.BASE,
            about="Where readers find the site. Its path is the base of links only, never a "
            "folder in the output. Without it links are relative to the web root and feeds are "
            "not complete.",
        ),
        Option(
            name="locale",
            kind=kinds.LOCALE,
            default="en-us",
            about="The language the site is written in.",
        ),
        Option(
            name="timezone",
            kind=kinds.TIMEZONE,
            default="UTC",
            about="Which day a day page and a letter mean. Records are always UTC.",
        ),
        Option(
            name="topic",
            kind=kinds.TEXT,
            about="The name of the main topic. Without it: the first topic in `_data/topics`.",
        ),
    ),
)

SCORING = Section(
    name="scoring",
    about="How stories are weighed.",
    held_by="beat.scoring",
    options=(
        Option(
            name="profile",
            kind=kinds.choice("copydesk", "everyday"),
            default="copydesk",
            about="Which rules: `copydesk` (ours) or `everyday` (the rules of everyday.cc).",
        ),
        Option(
            name="publish_at",
            kind=kinds.whole(),
            default=70,
            about="The quality from which a story is published when the gate decides.",
        ),
        Option(
            name="off_beat",
            kind=kinds.choice("drop", "keep"),
            default="drop",
            about="What happens to a story that matches no topic: `drop` remembers it with its "
            "reason, `keep` files it too.",
        ),
    ),
)

EVERYDAY = Section(
    name="scoring.everyday",
    about="What the profile `everyday` needs to know; without effect in `copydesk`.",
    held_by="beat.scoring",
    options=(
        Option(
            name="organization_points",
            kind=kinds.whole(),
            default=40,
            about="Points for a publisher that has a file in `_data/organizations` "
            "(everyday.cc gave 40, its AI site 30).",
        ),
        Option(
            name="grouping",
            kind=kinds.FLAG,
            default=False,
            about="Group the coverage of four days; only the best of a group is published.",
        ),
    ),
)

REVIEW = Section(
    name="review",
    about="Who decides that a story is published.",
    held_by="review",
    options=(
        Option(
            name="mode",
            kind=kinds.choice("gate", "hold"),
            default="gate",
            about="`gate`: the quality decides. `hold`: nothing is published without an editor.",
        ),
    ),
)

FETCH = Section(
    name="fetch",
    about="How strangers are asked. The defaults are polite; robots.txt is always obeyed.",
    held_by="fetch",
    options=(
        Option(
            name="contact",
            kind=kinds.CONTACT,
            variable="COPYDESK_CONTACT",
            about="Who to write to about this newsroom's requests; stands in the User-Agent. A "
            "round on the real web needs it, a replay does not.",
        ),
        Option(
            name="max_age_days",
            kind=kinds.whole(),
            default=0,
            about="Leave articles alone that are older than this; 0: no limit.",
        ),
        Option(
            name="max_bytes",
            kind=kinds.whole(minimum=1_000),
            default=10_000_000,
            about="Take no more than this of one answer, counted unpacked.",
        ),
        Option(
            name="timeout_seconds",
            kind=kinds.number(minimum=0.1),
            default=30.0,
            about="Give up on one request after this time.",
        ),
        Option(
            name="delay_seconds",
            kind=kinds.number(),
            default=5.0,
            about="Wait this long between two requests to one host.",
        ),
        Option(
            name="max_redirects",
            kind=kinds.whole(),
            default=10,
            about="Follow at most this many redirects; each is checked like a first request.",
        ),
        Option(
            name="allow_hosts",
            kind=kinds.HOSTS,
            default=(),
            about="Hosts that may be asked although their address is private or this machine's.",
        ),
        Option(
            name="articles_max_bytes",
            kind=kinds.whole(),
            default=500_000_000,
            about="Keep at most this much extracted text in `.copydesk/articles`; the oldest goes.",
        ),
    ),
)

PICTURES = Section(
    name="pictures",
    about="What readers see of a story's lead picture.",
    held_by="pictures",
    options=(
        Option(
            name="show",
            kind=kinds.choice("cached", "hotlink", "none"),
            default="cached",
            about="`cached`: our small copy. `hotlink`: the publisher's own. `none`: no pictures.",
        ),
        Option(
            name="max_bytes",
            kind=kinds.whole(),
            default=1_000_000_000,
            about="Keep at most this much in `.copydesk/pictures`; the oldest goes.",
        ),
    ),
)

PUBLISH = Section(
    name="publish",
    about="What is published besides the pages.",
    held_by="publish",
    options=(
        Option(
            name="api_v1",
            kind=kinds.FLAG,
            default=True,
            about="Write the JSON API in the shapes of everyday.cc.",
        ),
        Option(
            name="api_url",
            kind=kinds.BASE,
            about="The base of the API's own links and of publishers' logos. Without it: "
            "`site.url`.",
        ),
    ),
)

RECORDS = Section(
    name="records",
    about="How the folder of records is kept.",
    held_by="",
    options=(
        Option(
            name="archive_after_days",
            kind=kinds.whole(),
            default=0,
            later=True,
            about="Older stories may move to `_archive/_news/` under the same name; 0: none does.",
        ),
    ),
)

SERVE = Section(
    name="serve",
    about="How `copydesk serve` paces itself.",
    held_by="serve",
    options=(
        Option(
            name="every_minutes",
            kind=kinds.whole(minimum=1),
            default=15,
            about="Start a round this often. A source is asked only when it is due.",
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
            later=True,
            about="Ask this source through an HTTP proxy.",
        ),
        Option(
            name="pictures",
            kind=kinds.choice("cached", "hotlink", "none", ""),
            later=True,
            about="As `pictures.show`, for this source alone.",
        ),
    ),
)

SECTIONS = (SITE, SCORING, EVERYDAY, REVIEW, FETCH, PICTURES, PUBLISH, RECORDS, SERVE)
