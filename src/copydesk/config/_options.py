"""The table of options: the one place that knows every key of beat.toml.

The parser, the defaults, `copydesk config` and the reference page are made from it. `[site]` is in
`_site`, `[deploy]` in `_deploying`, what stands once for each source or host in `_blocks`.
"""

from __future__ import annotations

from copydesk.config import _kinds as kinds
from copydesk.config._deploying import DEPLOYING
from copydesk.config._option import Option, Section
from copydesk.config._site import SITE
from copydesk.news import TRAITS

SCORING = Section(
    name="scoring",
    about="How stories are weighed.",
    held_by="beat.scoring",
    options=(
        Option(
            name="profile",
            kind=kinds.choice(*TRAITS),
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
        Option(
            name="standings",
            kind=kinds.WORDS,
            default=("_data/standings.csv",),
            about="CSV files that say how far a domain is trusted, 0 to 1; where two know a domain "
            "the later one wins. The first need not be there. The guide on trust says more.",
        ),
        Option(
            name="embed",
            kind=kinds.FLAG,
            default=False,
            about="Group by meaning too, not by words alone: sentence vectors (English), 15 to 30 "
            'articles a second. Needs `pip install "copydesk[embed]"`. Without effect in '
            "`everyday`.",
        ),
        Option(
            name="embed_threads",
            kind=kinds.whole(minimum=1),
            default=1,
            about="How many threads that may take; the result is the same.",
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

EXCERPT = Section(
    name="excerpt",
    about="How much of an article's words a story shows. Both bounds hold; of what is not known "
    "whole (a stub before a wall, a video, a sound, a page with a caption only) the first alone. "
    "Where a publisher refuses snippets, or where neither a sentence nor 60 characters of one "
    "fit, nothing is shown.",
    held_by="beat.excerpt",
    options=(
        Option(
            name="max_characters",
            kind=kinds.whole(),
            default=300,
            about="At most so many characters; 0: the headline and the link alone.",
        ),
        Option(
            name="max_share",
            kind=kinds.SHARE,
            default=0.2,
            about="At most this share of the article's text, counted in characters.",
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
            name="penalty_seconds",
            kind=kinds.number(),
            default=30.0,
            about="Wait this long after a host answered 403 or 429 and named no time itself.",
        ),
        Option(
            name="connect_seconds",
            kind=kinds.number(minimum=0.1),
            default=10.0,
            about="Give up on finding and reaching a host after this time.",
        ),
        Option(
            name="concurrency",
            kind=kinds.whole(minimum=1),
            default=64,
            about="Ask at most this many hosts at one moment.",
        ),
        Option(
            name="nameservers",
            kind=kinds.NAMESERVERS,
            default=(),
            about="Resolve names there: addresses such as `9.9.9.9` or `[2620:fe::fe]:53`. Without "
            "any: those of the system.",
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
            name="tdmrep",
            kind=kinds.FLAG,
            default=True,
            about="Ask the host of a page once a day what it says of text and data mining, at "
            "`/.well-known/tdmrep.json`: one request more a host and day.",
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
            about="`cached`: our own copy, at most 640 pixels wide. `hotlink`: the publisher's own "
            "file, over https. `none`: no pictures.",
        ),
        Option(
            name="max_bytes",
            kind=kinds.whole(),
            default=1_000_000_000,
            about="Keep at most this much in `.copydesk/pictures`; what no record has used for "
            "longest goes first.",
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
            name="api_v2",
            kind=kinds.FLAG,
            default=True,
            about="Write our own JSON API, with groups and reasons, its schemas and OpenAPI.",
        ),
        Option(
            name="api_url",
            kind=kinds.BASE,
            about="The base of the API's own links and of publishers' logos. Without it: "
            "`site.url`.",
        ),
    ),
)

FRONT = Section(
    name="front",
    about="How the front page is ordered.",
    held_by="front",
    options=(
        Option(
            name="half_life_hours",
            kind=kinds.number(minimum=1),
            default=24.0,
            about="After this time half of a story's heat counts. Fewer hours: what is new leads; "
            "more: what is big stays. The records stay as they are.",
        ),
    ),
)

RECORDS = Section(
    name="records",
    about="What becomes of records after they are filed.",
    held_by="records",
    options=(
        Option(
            name="archive_after_days",
            kind=kinds.whole(),
            default=0,
            about="Stories older than this move to `_archive/_news/` under the same name, once a "
            "month; they stay published. 0: none does.",
        ),
        Option(
            name="look_again",
            kind=kinds.FLAG,
            default=True,
            about="Look at a filed page again after an hour, six, a day, three and a week, for "
            "corrections and for what is gone.",
        ),
        Option(
            name="remote",
            kind=kinds.REMOTE,
            about="The git remote that every round is pushed to and takes the commits of others "
            "from, by its name in git: `origin`. Without it neither is done.",
        ),
    ),
)

RETENTION = Section(
    name="retention",
    about="How long the memory keeps what no record holds.",
    held_by="retention",
    options=(
        Option(
            name="leads_days",
            kind=kinds.whole(minimum=1),
            default=180,
            about="Forget leads that were dropped or failed this long ago. A source that still "
            "lists one has it read and judged again.",
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
            default=5,
            about="Start a round this often. A source is asked only when it is due.",
        ),
        Option(
            name="public_url",
            kind=kinds.PUBLIC,
            about="Where this server can be reached from the internet. With it, sources that name "
            "a hub push their news (WebSub). Without it: they are asked.",
        ),
        Option(
            name="count_reads",
            kind=kinds.FLAG,
            default=False,
            about="Count how often each story's page is read a day: no cookie, no address kept, "
            "nobody else asked.",
        ),
    ),
)

SECTIONS = (
    SITE,
    SCORING,
    EVERYDAY,
    EXCERPT,
    REVIEW,
    FETCH,
    PICTURES,
    PUBLISH,
    FRONT,
    RECORDS,
    RETENTION,
    SERVE,
    *DEPLOYING,
)
