"""The settings of a site: one class for each table of beat.toml, and `Settings` for all.

Each key is one field. Tables that other rooms use directly are in `news`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from copydesk.channels import Channel
from copydesk.kit import kinds, urls
from copydesk.kit.options import from_environment, option, required
from copydesk.news import Beat
from copydesk.news.beat import FrontOptions, OutputOptions
from copydesk.news.edition import Show
from copydesk.news.letter import LetterOptions
from copydesk.news.options import BranchOptions, FetchOptions, MailOptions, S3Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The settings of `[review]`: whether stories are published by quality or only by an editor."""

    mode: Literal["gate", "hold"] = option(
        "gate",
        "`gate`: the quality decides. `hold`: nothing is published without an editor.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The settings of `[pictures]`: how pictures are shown, and how many bytes of them
    are stored.
    """

    show: Show = option(
        "cached",
        "`cached`: our own copy, at most 640 pixels wide. `hotlink`: the publisher's own file, "
        "over https. `none`: no pictures.",
    )
    max_bytes: int = option(
        1_000_000_000,
        "Keep at most this much in `.copydesk/pictures`; what no record has used for longest goes "
        "first.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The settings of `[records]`: when stories are archived, checked for corrections, pushed by
    git.
    """

    archive_after_days: int = option(
        0,
        "Stories older than this move to `_archive/_news/` under the same name, once a month; they "
        "stay published. 0: none does.",
    )
    look_again: bool = option(
        True,
        "Look at a filed page again after an hour, six, a day, three and a week, for corrections "
        "and for what is gone.",
    )
    remote: str = option(
        "",
        "The git remote that every round is pushed to and takes the commits of others from, by its "
        "name in git: `origin`. Without it neither is done.",
        kinds.REMOTE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOptions:
    """The settings of `[recall]`: other sites' lists of stories, to see which this site missed."""

    lists: tuple[str, ...] = option(
        (),
        "Feeds, sitemaps or CSV files of addresses and titles. After a round each is asked, once "
        "an hour at most, and the desk shows which of its stories you missed.",
        kinds.ADDRESSES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The settings of `[retention]`: how long links that were dropped or failed are remembered."""

    leads_days: int = option(
        180,
        "Forget leads that were dropped or failed this long ago. A source that still lists one has "
        "it read and judged again.",
        kinds.whole(minimum=1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """The settings of `[serve]`: how often sources are fetched, who can reach the server."""

    every_minutes: int = option(
        5,
        "Start a round this often. A source is asked only when it is due.",
        kinds.whole(minimum=1),
    )
    public_url: str = option(
        "",
        "Where this server can be reached from the internet. With it, sources that name a hub push "
        "their news (WebSub). Without it: they are asked. `http://localhost:8000` will do to try "
        "letters at home: their links lead to this machine alone.",
        kinds.PUBLIC,
    )
    trusted_proxies: tuple[str, ...] = option(
        (),
        "Web servers in front of this one, by address: such a one may hold any number of "
        "connections, and with any named here only their word counts on who reads. Without: a "
        "quarter of all connections each, and the word of any in a private network counts.",
        kinds.NETWORKS,
    )
    count_reads: bool = option(
        False,
        "Count how often each story's page is read a day: no cookie, no address kept, nobody else "
        "asked.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdOptions:
    """The settings of `[desk.oidc]`: the OpenID provider that editors sign in with.

    `client_secret` is from the environment.
    """

    issuer: str = option(
        "",
        "The provider's address, as it names itself. Editors may then sign in there; only those "
        "are let in whose identity `copydesk desk user add --subject` bound to an account. Its "
        "own settings need `https://HOST/desk/sign-in/provider/back` as the place to come back to.",
        kinds.PUBLIC,
    )
    client_id: str = option("", "As whom this desk is known there.")
    client_secret: str = from_environment("COPYDESK_OIDC_SECRET")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskOptions:
    """The settings of `[desk]`: where editors reach their web interface, and how they sign in.

    `proxy_secret`, which must come with `user_header`, is from the environment, "" for none.
    """

    host: str = option(
        "",
        "A host name of its own, without port, at which a web server in front of this one passes "
        "https on; the site is not served there. Without it the desk answers this machine alone, "
        "at http://localhost:PORT/desk/. Passkeys are made for this name: with another one each "
        "editor needs a new one.",
        kinds.OWN_NAME,
    )
    session_days: int = option(
        14,
        "Who signed in is asked again after this time.",
        kinds.whole(minimum=1, maximum=365),
    )
    user_header: str = option(
        "",
        "The header in which a web server in front of this one names the editor that it let in. "
        "Believed from `serve.trusted_proxies` alone, and only for accounts that `copydesk desk "
        "user add` made. That server must take the header out of what comes from outside. With the "
        "environment's `COPYDESK_PROXY_SECRET` it must send that, too, as `X-Copydesk-Secret`: any "
        "program of a trusted machine could send the header alone.",
        kinds.HEADER_NAME,
    )
    proxy_secret: str = from_environment("COPYDESK_PROXY_SECRET")
    api_requests_a_minute: int = option(
        600,
        "How many requests each token may make at `/desk/api/` within a minute; more are told to "
        "wait.",
        kinds.whole(minimum=1, maximum=1_000_000),
    )
    oidc: OpenIdOptions = OpenIdOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostName:
    """The host name in a `[[host]]` table; the class `Manners` has the table's other options."""

    name: str = field(
        metadata=required(
            "The host, exactly: `www.example.org` is another one than `example.org`.", kinds.HOST
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """The fetching options of a `[[source]]` table that are not fields of the class `Source`.

    `headers` maps the headers of `headers_env` to their values; `proxy` is the proxy's URL, from
    the file or from the variable `proxy_env`, or `env:` and the variable's name if that is not set.
    """

    headers_env: Mapping[str, str] = option(
        {},
        "Extra request headers, each with the environment variable that holds its value: "
        '`{ Authorization = "EXAMPLE_TOKEN" }`. Sent to this source\'s host only.',
        kinds.HEADERS,
    )
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = option(
        "",
        "Ask this source and its pages through an HTTP proxy, `http://host:port`.",
        kinds.PROXY,
    )
    proxy_env: str = option(
        "",
        "The environment variable that holds the proxy's address, for one with a password; goes "
        "before `proxy`. While it is not set the source cannot be asked.",
        kinds.VARIABLE,
    )
    pictures: Show | Literal[""] = option(
        "",
        "As `pictures.show`, for what this source lists and for every story of its publisher. The "
        "guide on pictures says more.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployFolder:
    """The settings of `[deploy.folder]`: the folder that the site is copied to."""

    path: str = option("", "A folder outside of the newsroom, seen from there: `/var/www/site`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployRsync:
    """The settings of `[deploy.rsync]`: the target to which rsync uploads the site."""

    target: str = option(
        "",
        "A place as rsync takes it: `user@host:/var/www/site/`. It must work without a question; "
        "ports and keys belong into `~/.ssh/config`.",
        kinds.RSYNC,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """The settings of `[deploy]`: where the site is uploaded to, and who is notified of changes."""

    to: Literal["folder", "rsync", "git", "s3", ""] = option(
        "",
        "Which of the tables below says where. Without it the site stays where it is built.",
    )
    index_now_key: str = option(
        "",
        "Tell search engines which pages changed (IndexNow), after a deploy that changed any. Any "
        "8 to 128 letters and digits of your own; no secret: it is published as `<key>.txt`. "
        "Without it nobody is told.",
        kinds.INDEX_NOW,
    )
    index_now_endpoint: str = option(
        "https://api.indexnow.org/indexnow",
        "Who is told; the engines pass it on to each other.",
        kinds.ADDRESS,
    )
    hub: str = option(
        "",
        "A WebSub hub: feeds name it, and it is told of each feed that changed, so that their "
        "readers have the news at once. Without it: neither.",
        kinds.BASE,
    )
    folder: DeployFolder = DeployFolder()
    rsync: DeployRsync = DeployRsync()
    git: BranchOptions = field(default_factory=BranchOptions)
    s3: S3Options = field(default_factory=S3Options)


_STRICTEST_FIRST = ("none", "hotlink", "cached")
UNSET = "env:"  # begins a proxy whose variable is not set; the variable follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one site, whose files are in the newsroom folder `root`.

    `origins` maps a dotted path ("scoring.publish_at", "source[0].url", "topics.ai",
    "organizations.bbc.com", "key") to the value's origin ("default", "beat.toml", "environment
    COPYDESK_KEY", "_data/topics/00-ai.yaml"). `source_options` is keyed by the source's URL, for
    sources that have any. `warnings` are sentences for the person who runs the newsroom. `key` is
    32 bytes, `metrics_token` "" for none. `shows` are publishers' rules for pictures by registrable
    domain: the strictest of their sources.
    """

    root: Path
    beat: Beat
    review: Review
    fetch: FetchOptions
    pictures: Pictures
    publish: OutputOptions
    serve: Serve
    desk: DeskOptions
    front: FrontOptions
    records: Records
    recall: RecallOptions
    retention: Retention
    deploy: Deploy
    mail: MailOptions = field(default_factory=MailOptions)
    channels: tuple[Channel, ...] = ()
    letters: tuple[LetterOptions, ...] = ()
    source_options: Mapping[str, SourceOptions] = field(default_factory=dict)
    key: bytes | None = field(default=None, repr=False)
    metrics_token: str = field(default="", repr=False)
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    shows: Mapping[str, Show] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Compute the publishers' picture rules once, since they are needed for each story."""
        object.__setattr__(self, "shows", _by_publisher(self.source_options))

    def show_of(self, source: str, publisher: str) -> Show:
        """Return how to show pictures of a source and publisher: "cached", "hotlink" or "none".

        `publisher` is any URL or host of the publisher. The stricter of two rules holds; without a
        rule, the site's.
        """
        if not self.shows:
            return self.pictures.show
        own = self.source_options.get(source)
        listed = own.pictures if own else ""
        published = self.shows.get(urls.registrable_domain(publisher))
        if listed and published:
            return _stricter(listed, published)
        return listed or published or self.pictures.show


def _by_publisher(options: Mapping[str, SourceOptions]) -> Mapping[str, Show]:
    found: dict[str, Show] = {}
    for source, own in options.items():
        site = urls.registrable_domain(source)
        if own.pictures:
            found[site] = _stricter(own.pictures, found.get(site, own.pictures))
    return found


def _stricter(left: Show, right: Show) -> Show:
    return min(left, right, key=_STRICTEST_FIRST.index)
