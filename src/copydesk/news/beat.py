"""The settings of a site (Beat): its topics, known publishers, and rules for scoring stories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from copydesk.kit import kinds
from copydesk.kit.options import option, required
from copydesk.news.article import Image
from copydesk.news.ruling import Ruling
from copydesk.news.source import Source

ProfileName = Literal["copydesk", "everyday"]


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

    has_blocks: bool
    keeps_verdicts_in_rulings: bool
    groups_by_rules: bool
    groups_by_meaning: bool
    groups_from_nothing: bool
    has_own_points: bool


TRAITS: Mapping[ProfileName, Traits] = {
    "copydesk": Traits(
        has_blocks=True,
        keeps_verdicts_in_rulings=False,
        groups_by_rules=True,
        groups_by_meaning=True,
        groups_from_nothing=False,
        has_own_points=True,
    ),
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
    language, `dismissed` are words that must not be suggested again.
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

    on_beat: int = _points(6, "On the beat: four to eight times, by how sure its topic is.")
    off_beat: int = _points(-80, "No topic at all, kept all the same.")
    weighty_title: int = _points(10, "A matter of consequence in the headline.")
    state_in_title: int = _points(8, "A state named in the headline.")
    weighty_lede: int = _points(
        2, "Words of consequence in headline and lede: once for 4, to four times for 11."
    )
    weighty_text: int = _points(
        5, "Words of consequence in the text: once for 2, to seven times for 24."
    )
    voices: int = _points(
        4, "It tells who says so: once where it does once, to six times where it does 18 times."
    )
    own_reporting: int = _points(8, "The newsroom asked for itself.")
    thin_text: int = _points(-80, "Less than 150 characters to read.")
    abrupt_end: int = _points(-6, "The text ends in the middle of a sentence.")
    promotion: int = _points(-5, "Words of those who sell: once for 5, to three times for 12.")
    first_person: int = _points(-4, "The text speaks of its author: once, or twice where often.")
    exclamation: int = _points(
        -7, "Signs of exclamation and question: once for 4 in 1,000 words, twice for 9."
    )
    to_reader: int = _points(-5, "A headline that speaks to its reader.")
    light_fare: int = _points(-10, "A headline on light fare.")
    video: int = _points(10, "It is a video.")
    picture: int = _points(5, "It has a picture.")
    organization: int = _points(8, "A publisher that has a file in `_data/organizations`.")
    official: int = _points(20, "An official source of the beat.")
    high_standing: int = _points(10, "A publisher of a standing of 0.8 and more.")
    good_standing: int = _points(5, "A publisher of a standing of 0.6 and more.")
    poor_standing: int = _points(-10, "A publisher of a standing below 0.4.")
    unreliable: int = _points(-120, "A publisher of a standing below 0.2.")
    wall: int = _points(-10, "It stands behind a wall.")
    stub: int = _points(-110, "And has less than 1,500 characters before that.")
    foreign_language: int = _points(-40, "A language that neither site nor topics speak.")
    late: int = _points(-10, "A week late, from a source that was watched.")
    press_release: int = _points(-120, "A press release, or paid for; official sources may.")
    market_report: int = _points(-120, "An advertisement for a market study.")
    job_advert: int = _points(-120, "A post to be filled.")
    shopping: int = _points(-120, "A page that sells.")
    pastime: int = _points(-120, "A puzzle, a horoscope, lottery numbers.")
    ticker: int = _points(-60, "A robot's report on one share.")
    live_stub: int = _points(-20, "A running blog of less than 1,500 characters.")
    agency: int = _points(-5, "Told by another newsroom.")
    brief: int = _points(10, "A brief of a known newsroom on a matter of consequence.")
    opinion: int = _points(-5, "Labelled as opinion.")
    gossip: int = _points(-20, "The private lives of the famous, and trailers.")
    instructions: int = _points(-10, "Instructions.")
    tease: int = _points(-10, "A headline that teases.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How stories are scored, as `[scoring]` and its subtables in beat.toml."""

    profile: ProfileName = option(
        "copydesk",
        "Which rules: `copydesk` (ours) or `everyday` (the rules of everyday.cc).",
    )
    publish_at: int = option(
        70, "The quality from which a story is published when the gate decides."
    )
    off_beat: Literal["drop", "keep"] = option(
        "drop",
        "What happens to a story that matches no topic: `drop` remembers it with its reason, "
        "`keep` files it too.",
    )
    standings: tuple[str, ...] = option(
        ("_data/standings.csv",),
        "CSV files that say how far a domain is trusted, 0 to 1; where two know a domain the later "
        "one wins. The first need not be there. The guide on trust says more.",
    )
    embed: bool = option(
        False,
        "Group by meaning too, not by words alone: sentence vectors (English), 15 to 30 articles a "
        "second. Needs the extra `copydesk[embed]`. Without effect in `everyday`.",
    )
    embed_threads: int = option(
        1, "How many threads that may take; the result is the same.", kinds.whole(minimum=1)
    )
    organization_points: int = option(
        40,
        "Points for a publisher that has a file in `_data/organizations` (everyday.cc gave 40, its "
        "AI site 30).",
        table="everyday",
    )
    grouping: bool = option(
        False,
        "Group the coverage of four days; only the best of a group is published.",
        table="everyday",
    )
    points: SignalPoints = field(default_factory=SignalPoints)

    @property
    def traits(self) -> Traits:
        """Return the properties of the site's scoring profile that code outside of it needs."""
        return TRAITS[self.profile]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptRule:
    """The maximum length of an article's excerpt: in characters, and as a share of the text."""

    max_characters: int = option(
        300, "At most so many characters; 0: the headline and the link alone."
    )
    max_share: float = option(
        0.2, "At most this share of the article's text, counted in characters.", kinds.SHARE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """What a site publishes besides its pages, such as JSON APIs: `[publish]` in beat.toml."""

    api_v1: bool = option(True, "Write the JSON API in the shapes of everyday.cc.")
    api_v2: bool = option(
        True, "Write our own JSON API, with groups and reasons, its schemas and OpenAPI."
    )
    languages: bool = option(
        False,
        "Give the stories in each language a page (`/languages/de/`), and every page a way there.",
    )
    api_url: str = option(
        "",
        "The base of the API's own links and of publishers' logos. Without it: `site.url`.",
        kinds.BASE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontOptions:
    """How the front page is ordered, as `[front]` in beat.toml."""

    half_life_hours: float = option(
        24.0,
        "After this time half of a story's heat counts. Fewer hours: what is new leads; more: what "
        "is big stays. The records stay as they are.",
        kinds.number(minimum=1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The settings and rules of a site that scoring and publishing need: beat.toml and `_data`.

    The options are `[site]` in beat.toml; no address ends with a slash. `api_url` is the base of
    the API's own links. `logos` maps a domain to its 50x50 logo. `organizations` and `standings`
    are keyed by domain. `rulings` are the editors' lasting rules, in the order in which they were
    made. `hub` is the WebSub hub that feeds name, `index_now_key` proves to search engines that the
    site is ours; either may be "" for none. `subscribe_url` is the target of the newsletter forms,
    "" where nobody can subscribe.
    """

    title: str = field(metadata=required("The name of the site, on every page, feed and letter."))
    description: str = option("", "What the site is, in a sentence or two, for its about page.")
    contact: str = option(
        "",
        "Whom readers and publishers may write to; stands on the about page.",
        kinds.CONTACT,
    )
    url: str = option(
        "",
        "Where readers find the site. Its path is the base of links only, never a folder in the "
        "output. Without it links are relative to the web root and feeds are not complete.",
        kinds.BASE,
    )
    locale: str = option("en-us", "The language the site is written in.", kinds.LOCALE)
    timezone: str = option(
        "UTC",
        "Which day a day page and a letter mean. Records are always UTC.",
        kinds.TIMEZONE,
    )
    topic: str = option(
        "", "The name of the main topic. Without it: the first topic in `_data/topics`."
    )
    main_topic: bool = option(
        True,
        "`true`: one topic is the main one, and all others stand below it. `false`: none stands "
        "above the others, and what is about any of them is on the beat.",
    )
    api_url: str = ""
    topics: tuple[Topic, ...] = ()
    organizations: Mapping[str, Organization] = field(default_factory=dict)
    logos: Mapping[str, Image] = field(default_factory=dict)
    standings: Mapping[str, DomainTrust] = field(default_factory=dict)
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

    def source(self, url: str) -> Source | None:
        """Return the source (feed, sitemap, page) with this URL, the first one if two have it."""
        return self._by_url.get(url)

    def give_topics(self, url: str, topics: tuple[str, ...], by: str) -> Beat:
        """Return a copy of the settings in which a person gives topics to the source with this URL.

        A person's topics for an article then count as much as those of a source.
        """
        source = replace(self.source(url) or Source(url=url), name=by, topics=topics)
        return replace(self, sources=(source, *self.sources))
