"""The settings of a site (Beat): its topics, known publishers, and rules for scoring stories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from copydesk.kit import kinds
from copydesk.kit.options import option, required
from copydesk.news.article import Image
from copydesk.news.reason import Reason, ReasonKind
from copydesk.news.ruling import Ruling
from copydesk.news.source import Source

ProfileName = Literal["copydesk", "everyday"]
TopicKind = Literal["place", "subject", "organization", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """The properties of a scoring profile (a way of scoring stories) that code outside of it needs.

    `has_blocks`: a record has our own blocks (reasons, history, digests of machine-written fields
    …). `keeps_verdicts_in_rulings`: its record has no field for an editor's verdict, so the verdict
    is stored in `_data/rulings.yaml` and applied after each judgement. `groups_by_rules`: editors'
    split and merge rules change its groups. `groups_by_meaning`: stories are compared by their
    vectors. `groups_from_nothing`: groups are computed from the stories alone, not from earlier
    groups. `has_own_points`: the owner sets the points of each signal.
    """

    has_blocks: bool = True
    keeps_verdicts_in_rulings: bool = False
    groups_by_rules: bool = True
    groups_by_meaning: bool = True
    groups_from_nothing: bool = False
    has_own_points: bool = True


TRAITS: Mapping[ProfileName, Traits] = {
    "copydesk": Traits(),
    "everyday": Traits(
        has_blocks=False,
        keeps_verdicts_in_rulings=True,
        groups_by_rules=False,
        groups_by_meaning=False,
        groups_from_nothing=True,
        has_own_points=False,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of the site, stored as a file `_data/topics/NN-id.yaml`; file names give the order.

    `parent` is the *name* of the topic above it, "" for none; `services` are (collection,
    endpoint) pairs in file order: a topic has an API endpoint only for what it lists.

    `keywords` is the list that everyday.cc has, too. The others are copydesk's: `aliases` are
    further names that count as much, an article must contain one of the `required` words and none
    of the `excluded` ones, `translations` are (language, keywords) pairs for articles in that
    language, `dismissed` are words that must not be suggested again. `kind` is "" if nobody wrote
    it; topics of different kinds do not compete for an article. `place` is the ISO code of a
    country or union, whose names in the article's language count as keywords, "" for none.
    """

    id: str
    name: str
    shortname: str = ""
    parent: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    services: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    translations: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dismissed: tuple[str, ...] = ()
    kind: TopicKind | Literal[""] = ""
    place: str = ""

    @property
    def is_place(self) -> bool:
        """Return whether the topic is a place, as its file says."""
        return self.kind == "place" or bool(self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A known publisher, stored as a file `_data/organizations/<domain>.md`.

    `owner` names the company that it belongs to ("" if it is independent): publishers of one owner
    count as one.
    """

    domain: str
    name: str
    other_names: tuple[str, ...] = ()
    description: str = ""
    images: tuple[Image, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainTrust:
    """How far stories of a web domain are trusted, from 0 to 1, with a short reason."""

    trust: float
    why: str = ""


MOST_POINTS = 200  # more than any quality: a signal of 0 points is off, one of 200 decides


def _points(default: int, about: str) -> int:
    return option(default, about, kinds.whole(minimum=-MOST_POINTS, maximum=MOST_POINTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalPoints:
    """The points that each quality signal adds to a story's score: `[scoring.points]` in beat.toml.

    The field names are the signals' names everywhere: in beat.toml, in the scoring code (`judge`),
    on the desk.
    """

    on_beat: int = _points(6, "On the site's subject: counts 4 to 8 times, by certainty.")
    off_beat: int = _points(-80, "The story matches no topic, but was added.")
    weighty_title: int = _points(10, "The headline contains an important term (lives, law, jobs).")
    state_in_title: int = _points(8, "The headline names a country.")
    weighty_lede: int = _points(
        2, "Important terms in headline and lede: counts once for 4, up to four times for 11."
    )
    weighty_text: int = _points(
        5, "Important terms in the text: counts once for 2, up to seven times for 24."
    )
    voices: int = _points(4, "Named or quoted sources: counts once for 1, up to six times for 18.")
    own_reporting: int = _points(8, "The publisher did its own reporting.")
    thin_text: int = _points(-80, "The text has fewer than 150 characters.")
    abrupt_end: int = _points(-6, "The text ends in the middle of a sentence.")
    promotion: int = _points(-5, "Advertising words: counts once for 5, up to 3 times for 12.")
    first_person: int = _points(-4, 'Words such as "I": counts once for 8 in 1,000, twice for 15.')
    exclamation: int = _points(
        -7, "Exclamation and question marks: counts once for 4 in 1,000 words, twice for 9."
    )
    to_reader: int = _points(-5, "The headline addresses the reader.")
    light_fare: int = _points(-10, "The headline is about a trivial subject.")
    video: int = _points(10, "The story is a video.")
    picture: int = _points(5, "The story has a picture.")
    organization: int = _points(8, "The publisher has a file in `_data/organizations`.")
    official: int = _points(20, "The story is from an official source.")
    high_standing: int = _points(10, "The publisher's trust rating is 0.8 or more.")
    good_standing: int = _points(5, "The publisher's trust rating is 0.6 to 0.8.")
    poor_standing: int = _points(-10, "The publisher's trust rating is 0.2 to 0.4.")
    unreliable: int = _points(-120, "The publisher's trust rating is below 0.2.")
    reputation: int = _points(0, "What the records say of the publisher: counts -25 to 25 times.")
    wall: int = _points(-10, "The article is behind a paywall or registration.")
    stub: int = _points(-110, "Fewer than 1,500 characters before a paywall, added to `wall`.")
    foreign_language: int = _points(-40, "A language that neither the site nor its topics have.")
    late: int = _points(-10, "Found a week after publication, from a source already watched.")
    press_release: int = _points(-120, "A press release or paid content; not for official sources.")
    market_report: int = _points(-120, "The article advertises a market study.")
    job_advert: int = _points(-120, "The article is a job advertisement.")
    shopping: int = _points(-120, "The page sells products.")
    pastime: int = _points(-120, "The article is a puzzle, horoscope or lottery result.")
    ticker: int = _points(-60, "An automatic report on a share price.")
    live_stub: int = _points(-20, "A live blog with fewer than 1,500 characters.")
    agency: int = _points(-5, "A news agency or another publisher wrote the article.")
    brief: int = _points(10, "A short report on an important matter, by a trusted publisher.")
    opinion: int = _points(-5, "The publisher labels the article as opinion.")
    gossip: int = _points(-20, "The headline is about celebrities' private lives, or a trailer.")
    instructions: int = _points(-10, "The article gives instructions.")
    tease: int = _points(-10, "The headline is clickbait.")
    analysis: int = _points(0, "A long text that explains or analyses.")
    investigation: int = _points(0, "The publisher found out something by itself.")
    live_page: int = _points(0, "A live page, written while an event goes on.")
    interview: int = _points(0, "The headline says that the text is an interview.")
    own_view: int = _points(0, "The headline gives the author's own view.")
    listicle: int = _points(0, "The headline counts off a list.")
    market: int = _points(0, "The headline tells the price of a share or a day's trade.")
    fixture: int = _points(0, "Line-ups, odds, ratings, schedules: what fans look up.")
    self_portrait: int = _points(0, "A page on a site or an association itself.")


# The points of `scoring.scale = 2`, where they differ from those of the first scale.
_SECOND_SCALE = {
    "on_beat": 2,
    "off_beat": -40,
    "weighty_title": 8,
    "weighty_lede": 3,
    "weighty_text": 4,
    "voices": 5,
    "thin_text": -50,
    "abrupt_end": 0,
    "video": 0,
    "agency": 0,
    "opinion": -15,
    "unreliable": -170,
    "stub": -160,
    **dict.fromkeys(("press_release", "market_report", "job_advert", "shopping", "pastime"), -170),
    "analysis": 8,
    "investigation": 10,
    "live_page": -10,
    "own_view": -15,
    "listicle": -15,
    "market": -15,
    "fixture": -20,
    "self_portrait": -60,
    "reputation": 1,
}
SECOND_SCALE = SignalPoints(**_SECOND_SCALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How stories are scored, as `[scoring]` and its subtables in beat.toml."""

    profile: ProfileName = option(
        "copydesk",
        "Set of scoring rules: `copydesk` (the default) or `everyday` (the rules of everyday.cc).",
    )
    publish_at: int = option(
        70, "Minimum quality, in points, at which a story is published without an editor."
    )
    scale: int = option(
        1,
        "The scale of quality, 1 or 2. On the second one, 70 means worth publishing on any site, "
        "and it has default points of its own. `copydesk new` sets 2.",
        kinds.whole(minimum=1, maximum=2),
    )
    off_beat: Literal["drop", "keep"] = option(
        "drop",
        "What to do with a story that matches no topic. `drop`: do not add it, and remember the "
        "reason. `keep`: add it, too.",
    )
    near_beat: bool = option(
        False,
        "Hold a story that matches no topic, but names a place, person or company of a topic, for "
        "an editor instead of dropping it. `copydesk new` sets this to `true`. It has no effect "
        'with `off_beat = "keep"` or in the profile `everyday`.',
    )
    standings: tuple[str, ...] = option(
        ("_data/standings.csv",),
        "CSV files that rate the trust in domains, from 0 to 1. If two files rate the same "
        "domain, the later file wins. The default file `_data/standings.csv` may be missing. The "
        "guide on trust has more.",
    )
    embed: bool = option(
        False,
        "Group stories by meaning as well as by words, with sentence vectors (English; 15 to 30 "
        "articles per second). This needs the extra `copydesk[embed]`. It has no effect in the "
        "profile `everyday`.",
    )
    embed_threads: int = option(
        1, "Threads for sentence vectors. The result is the same.", kinds.whole(minimum=1)
    )
    organization_points: int = option(
        40,
        "Points for a publisher with a file in `_data/organizations`. The site everyday.cc used "
        "40, its AI site 30.",
        table="everyday",
    )
    grouping: bool = option(
        False,
        "Group stories on the same event within four days, and publish only the best story of "
        "each group.",
        table="everyday",
    )
    points: SignalPoints = field(default_factory=SignalPoints)

    @property
    def traits(self) -> Traits:
        """Return the properties of the site's scoring profile that code outside of it needs."""
        return TRAITS[self.profile]

    @property
    def holds_near_beat(self) -> bool:
        """Return whether stories that only name something of a topic are held, not dropped."""
        return self.near_beat and self.off_beat == "drop" and self.traits.has_blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Reputation:
    """What the records say of a publisher: points from -25 to 25, and the evidence in words."""

    points: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptRule:
    """The maximum length of an article's excerpt: in characters, and as a share of the text."""

    max_characters: int = option(
        300, "Maximum length of an excerpt in characters. 0: show only the headline and the link."
    )
    max_share: float = option(
        0.2, "Maximum share of the article's text, in characters (0.2 is 20 %).", kinds.SHARE
    )
    additions: int = option(
        3,
        "Maximum number of sentences that the page of a main story quotes from other publishers' "
        "reports of the same event, because they have names, figures or quotes that the main "
        "story lacks. Excerpt and sentence together stay within `max_share`. 0: none.",
        kinds.whole(maximum=3),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """What a site publishes besides its pages, such as JSON APIs: `[publish]` in beat.toml."""

    api_v1: bool = option(True, "Write version 1 of the JSON API, in the format of everyday.cc.")
    api_v2: bool = option(
        True,
        "Write version 2 of the JSON API, with groups, reasons, schemas, OpenAPI and each story as "
        "ninjs.",
    )
    languages: bool = option(
        False,
        "Write a page for the stories in each language (`/languages/de/`), and link to it from "
        "every page.",
    )
    api_url: str = option(
        "",
        "Base URL of the API's own links and of the publishers' logos. By default `site.url`.",
        kinds.BASE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontOptions:
    """How the front page is ordered, as `[front]` in beat.toml."""

    half_life_hours: float = option(
        24.0,
        "Hours after which half of a story's heat counts on the front page (heat: how current and "
        "widely covered it is). Fewer hours put newer stories first, more hours put bigger "
        "stories first. Story files are not changed.",
        kinds.number(minimum=1),
    )
    sections: tuple[str, ...] = option(
        (),
        "Topics with a section of their own on the front page, in this order. By default those of "
        "the navigation bar.",
    )
    section_size: int = option(
        6,
        "Stories of a section that are shown with excerpt and picture; others are headlines.",
        kinds.whole(minimum=1, maximum=50),
    )
    keep: bool = option(
        False,
        "Whether runs keep front pages and the digests of pictures in git (`_data/fronts`, "
        "`_data/pictures`). The site then shows earlier front pages, and `copydesk verify` can "
        "check it. A run that changes the front page makes a second commit, once an hour at most.",
    )


Reuse = Literal["unstated", "search", "answer", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The settings and rules of a site that scoring and publishing need: beat.toml and `_data`.

    The options are `[site]` in beat.toml; no address ends with a slash. `api_url` is the base of
    the API's own links. `logos` maps a domain to its 50x50 logo. `organizations` and `standings`
    are keyed by domain, and so are `reputations`, which a run takes from the records when it
    begins. `rulings` are the editors' lasting rules, in the order in which they were
    made. `hub` is the WebSub hub that feeds name, `index_now_key` proves to search engines that the
    site is ours; either may be "" for none. `subscribe_url` is the target of the newsletter forms,
    "" where nobody can subscribe.
    """

    title: str = field(metadata=required("Name of the site, on every page, feed and newsletter."))
    description: str = option("", "Description in a sentence or two, for the about page.")
    contact: str = option(
        "",
        "Mail or web address for readers and publishers, shown on the about page.",
        kinds.CONTACT,
    )
    url: str = option(
        "",
        "Public URL of the site. Its path is only used in links, never as a folder of the output. "
        "Without it, links are relative to the web root and feeds are incomplete.",
        kinds.BASE,
    )
    locale: str = option("en-us", "Language of the site, such as `en-us`.", kinds.LOCALE)
    timezone: str = option(
        "UTC",
        "Time zone of the site's day pages and newsletters. Times in story files are always UTC.",
        kinds.TIMEZONE,
    )
    topic: str = option("", "Name of the main topic. By default the first topic in `_data/topics`.")
    main_topic: bool = option(
        True,
        "`true`: one topic is the main topic, and all others are below it. `false`: no topic is "
        "above the others, and a story on any topic is on the site's subject.",
    )
    accent: str = option(
        "",
        "Colour of buttons, links and the current page, as `#rrggbb`; a lighter one is derived for "
        "dark mode. It needs a contrast of 4.5 with the light background. Without it, dark red.",
        kinds.ACCENT,
    )
    logo: str = option(
        "",
        "Path of the site's logo in this folder, an SVG, PNG or WebP file of at most 200 kB. "
        "It replaces the title at the top of pages and, unless it is an SVG, of newsletters.",
        kinds.LOGO,
    )
    reuse: Reuse = option(
        "unstated",
        "What programs may do with the site's pages, as Content-Signal in robots.txt. `search`: "
        "find them. `answer`: also answer questions from them. `train`: also train models on "
        "them. `unstated`: no signal.",
    )
    profiles: tuple[str, ...] = option(
        (), "The site's own profiles elsewhere. Pages link to them with `rel=me`.", kinds.ADDRESSES
    )
    fediverse: str = option(
        "",
        "The site's account, such as `@desk@social.example`, which Mastodon shows below links.",
        kinds.PLAIN_LINE,
    )
    corrections_policy: str = option("", "Address of the rules for corrections.", kinds.BASE)
    ethics_policy: str = option("", "Address of the newsroom's ethics code.", kinds.BASE)
    ownership: str = option("", "Address of a page on owners and funding.", kinds.BASE)
    records: str = option(
        "",
        "`public at ADDRESS`, if anyone may clone this newsroom's git repository at that https "
        "address: `copydesk verify` then needs no more than the site. Names of editors, their "
        "reasons and held stories are public with it.",
        kinds.RECORDS,
    )
    api_url: str = ""
    topics: tuple[Topic, ...] = ()
    organizations: Mapping[str, Organization] = field(default_factory=dict)
    logos: Mapping[str, Image] = field(default_factory=dict)
    standings: Mapping[str, DomainTrust] = field(default_factory=dict)
    reputations: Mapping[str, Reputation] = field(default_factory=dict)
    rulings: tuple[Ruling, ...] = ()
    hub: str = ""
    index_now_key: str = ""
    subscribe_url: str = ""
    sources: tuple[Source, ...] = ()
    scoring: Scoring = field(default_factory=Scoring)
    excerpt: ExcerptRule = field(default_factory=ExcerptRule)
    _by_url: Mapping[str, Source] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_url = {source.url: source for source in reversed(self.sources)}
        object.__setattr__(self, "_by_url", by_url)

    @property
    def logo_name(self) -> str:
        """Return the name of the site's logo at the root of the site (`logo.svg`), "" for none."""
        return f"logo.{self.logo.rpartition('.')[2].lower()}" if self.logo else ""

    def source(self, url: str) -> Source | None:
        """Return the source (feed, sitemap, page) with this URL, the first one if two have it."""
        return self._by_url.get(url)

    def give_topics(self, url: str, topics: tuple[str, ...], by: str) -> Beat:
        """Return a copy of the settings in which a person gives topics to the source with this URL.

        A person's topics for an article then count as much as those of a source.
        """
        source = replace(self.source(url) or Source(url=url), name=by, topics=topics)
        return replace(self, sources=(source, *self.sources))

    def take_reputation(self, domain: str, reasons: Iterable[Reason]) -> Beat:
        """Return a copy of the settings in which a publisher has the reputation that one of a
        story's reasons states, for judging the story again.
        """
        if self.scoring.scale == 1:
            return self
        stated = find_reputation(reasons)
        return replace(self, reputations={domain: stated} if stated else {})


def find_reputation(reasons: Iterable[Reason]) -> Reputation | None:
    """Return the reputation of a story's publisher at its filing, as one of its reasons states."""
    for reason in reasons:
        # more than two digits were not written by us
        if reason.kind is ReasonKind.REPUTATION and len(reason.values["value"]) < len("-999"):
            return Reputation(points=int(reason.values["value"]), why=reason.values["evidence"])
    return None
