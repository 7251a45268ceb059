"""Beat: what the site is about, who is known, and how stories are weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from copydesk.news.profile import TRAITS, ProfileName, Traits
from copydesk.news.ruling import Ruling
from copydesk.news.source import Source
from copydesk.news.story import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic of `_data/topics/NN-id.yaml`, in the order of the file names.

    `parent` is the *name* of the topic above it, "" for none; `services` are (collection,
    endpoint) pairs in file order: a topic has an API endpoint only for what it lists.

    `keywords` are the reference's list. Ours: `aliases` are further names that count as much,
    `required` are words of which one must stand in the article, `excluded` are words that none
    may, `translations` are (language, keywords) pairs for articles in that language.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A known publisher of `_data/organizations/<domain>.md`.

    `owner` names the house that it belongs to ("" for its own): newsrooms of one house are one
    voice.
    """

    domain: str
    name: str
    other_names: tuple[str, ...] = ()
    description: str = ""
    images: tuple[Image, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainTrust:
    """What is known of a domain: how far it is trusted, 0 to 1, and in a word why."""

    trust: float
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How stories are weighed, as `[scoring]` in beat.toml."""

    profile: ProfileName = "copydesk"
    publish_at: int = 70
    off_beat: Literal["drop", "keep"] = "drop"
    standings: tuple[str, ...] = ("_data/standings.csv",)
    embed: bool = False
    embed_threads: int = 1
    organization_points: int = 40
    grouping: bool = False

    @property
    def traits(self) -> Traits:
        """Return what the profile means for records, verdicts and groups."""
        return TRAITS[self.profile]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptRule:
    """How much of an article is shown: at most so many characters, and such a share of its text."""

    max_characters: int = 300
    max_share: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """Everything that judging and publishing need to know of the site.

    `description` says in a sentence what it is, `contact` whom readers and publishers may write to
    (`mailto:` or a web address). `url` is where readers find it and `api_url` the base of the API's
    own links, both without a final slash. `logos` maps a domain to its 50x50 logo. `organizations`
    and `standings` are keyed by domain. `rulings` are the editors' lasting rules, in the order in
    which they were made. `hub` is the WebSub hub that feeds name, `index_now_key` proves to search
    engines that the site is ours ("": neither).
    """

    title: str
    description: str = ""
    contact: str = ""
    url: str = ""
    api_url: str = ""
    locale: str = "en-us"
    timezone: str = "UTC"
    topic: str = ""
    topics: tuple[Topic, ...] = ()
    organizations: Mapping[str, Organization] = field(default_factory=dict)
    logos: Mapping[str, Image] = field(default_factory=dict)
    standings: Mapping[str, DomainTrust] = field(default_factory=dict)
    rulings: tuple[Ruling, ...] = ()
    hub: str = ""
    index_now_key: str = ""
    sources: tuple[Source, ...] = ()
    scoring: Scoring = field(default_factory=Scoring)
    excerpt: ExcerptRule = field(default_factory=ExcerptRule)
    _by_url: Mapping[str, Source] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_url = {source.url: source for source in reversed(self.sources)}
        object.__setattr__(self, "_by_url", by_url)

    def source(self, url: str) -> Source | None:
        """Return the source of this address, the first where two have it."""
        return self._by_url.get(url)
