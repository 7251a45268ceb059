"""The settings of a site: one class for each table of beat.toml, and `Settings` for all.

Each key is one field. Tables that other rooms use directly are in `news`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from copydesk.channels import PostChannel, Webhook
from copydesk.kit import kinds, urls
from copydesk.kit.options import from_environment, option, required
from copydesk.news import Beat
from copydesk.news.beat import FrontOptions, OutputOptions
from copydesk.news.edition import Show
from copydesk.news.letter import LetterOptions
from copydesk.news.options import (
    BranchOptions,
    FetchOptions,
    MailOptions,
    S3Options,
    WorkerOptions,
)
from copydesk.news.summary import ModelOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The settings of `[review]`: whether stories are published by quality or only by an editor."""

    mode: Literal["gate", "hold"] = option(
        "gate",
        "`gate`: a story is published if its quality reaches `scoring.publish_at`. `hold`: every "
        "story waits for an editor.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The settings of `[pictures]`: how pictures are shown, and how many bytes of them
    are stored.
    """

    show: Show = option(
        "cached",
        "`cached`: show a stored copy, at most 640 pixels wide. `hotlink`: show the publisher's "
        "own file, over HTTPS. `none`: show no pictures.",
    )
    max_bytes: int = option(
        1_000_000_000,
        "Maximum size in bytes of the pictures stored in `.copydesk/pictures`. When it is "
        "exceeded, the pictures that no story has used for the longest time are deleted.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The settings of `[records]`: when stories are archived, checked for corrections, pushed by
    git.
    """

    archive_after_days: int = option(
        0,
        "Age in days after which stories are moved to the folder of their year in "
        "`_archive/_news/`, once a month. They keep their names and stay published. 0 (the "
        "default): stories are never moved.",
    )
    look_again: bool = option(
        True,
        "Fetch the page of a saved story again after 1 hour, 6 hours, 1 day, 3 days and 1 week, "
        "to find corrections and deleted articles.",
    )
    remote: str = option(
        "",
        "Name of the git remote, such as `origin`, that each run pulls from and pushes to. "
        "Without it, copydesk neither pulls nor pushes.",
        kinds.REMOTE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOptions:
    """The settings of `[recall]`: other sites' lists of stories, to see which this site missed."""

    lists: tuple[str, ...] = option(
        (),
        "URLs of feeds, sitemaps or CSV files that list stories of other sites. Each list is "
        "fetched after a run, at most once an hour, and the desk (web editor) shows which of its "
        "stories you missed.",
        kinds.ADDRESSES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The settings of `[retention]`: how long links that were dropped or failed are remembered."""

    leads_days: int = option(
        180,
        "Days after which dropped and failed articles are forgotten. If a source still lists a "
        "forgotten article, it is fetched and judged again.",
        kinds.whole(minimum=1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """The settings of `[serve]`: how often sources are fetched, who can reach the server."""

    every_minutes: int = option(
        5,
        "Minutes between the starts of two runs. Each run only fetches the sources that are due.",
        kinds.whole(minimum=1),
    )
    public_url: str = option(
        "",
        "URL at which this server can be reached from the internet. With it, sources that name a "
        "WebSub hub push their news; without it, they are fetched. Use `http://localhost:8000` to "
        "try newsletters at home: their links then only work on this machine.",
        kinds.PUBLIC,
    )
    trusted_proxies: tuple[str, ...] = option(
        (),
        "IP addresses or networks of the reverse proxies in front of this server. These may open "
        "any number of connections, and only their headers are trusted to name a visitor's "
        "address. By default each client may open a quarter of all connections, and headers from "
        "private networks are trusted.",
        kinds.NETWORKS,
    )
    count_reads: bool = option(
        False,
        "Count how often each story's page is read per day, without cookies, stored addresses or "
        "third parties.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdOptions:
    """The settings of `[desk.oidc]`: the OpenID provider that editors sign in with.

    `client_secret` is from the environment.
    """

    issuer: str = option(
        "",
        "URL of the OpenID provider, as the provider states it (issuer). Editors may then sign in "
        "there, if `copydesk desk user add --subject` connected their identity with an account. "
        "Register `https://HOST/desk/sign-in/provider/back` as the redirect URL at the provider.",
        kinds.PUBLIC,
    )
    client_id: str = option("", "Client ID of this desk at the OpenID provider.")
    groups: tuple[str, ...] = option(
        (),
        "Groups at the provider whose members get an account when they first sign in, with the "
        "role `viewer`. At each later sign-in, whoever is no longer a member is refused and signed "
        "out. Without `groups` and `mail_domains`, signing in makes no account.",
    )
    groups_claim: str = option(
        "groups",
        "Claim in which the provider names a person's groups, also a path like "
        "`realm_access.roles`.",
    )
    mail_domains: tuple[str, ...] = option(
        (),
        "Domains whose people get an account when they first sign in, like members of `groups`. "
        "The provider must have verified the mail address. With `groups` set too, both must fit.",
        kinds.HOSTS,
    )
    only: bool = option(
        False,
        "Allow no other way to sign in: no password, passkey, owner's link or `desk.user_header`. "
        "If the provider fails, `copydesk desk user link` makes a link that still works.",
    )
    client_secret: str = from_environment("COPYDESK_OIDC_SECRET")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskOptions:
    """The settings of `[desk]`: where editors reach their web interface, and how they sign in.

    `proxy_secret`, which must come with `user_header`, is from the environment, "" for none.
    """

    host: str = option(
        "",
        "Separate host name of the desk (web editor), without a port. A reverse proxy must "
        "forward HTTPS requests for it, and the site is not served there. Without it, the desk "
        "only works on this machine, at http://localhost:PORT/desk/. Passkeys belong to this "
        "name: if you change it, each editor needs a new one.",
        kinds.OWN_NAME,
    )
    session_days: int = option(
        14, "Days after which editors must sign in again.", kinds.whole(minimum=1, maximum=365)
    )
    user_header: str = option(
        "",
        "Request header in which a reverse proxy names the signed-in editor. It is only accepted "
        "from `serve.trusted_proxies`, and only for accounts that `copydesk desk user add` "
        "created. The proxy must remove this header from incoming requests. If the environment "
        "variable `COPYDESK_PROXY_SECRET` is set, the proxy must also send its value as "
        "`X-Copydesk-Secret`, because any program on a trusted machine could send the header "
        "alone.",
        kinds.HEADER_NAME,
    )
    proxy_secret: str = from_environment("COPYDESK_PROXY_SECRET")
    api_requests_a_minute: int = option(
        600,
        "Maximum number of requests to `/desk/api/` per minute and API token. Further requests "
        "are refused with status 429.",
        kinds.whole(minimum=1, maximum=1_000_000),
    )
    oidc: OpenIdOptions = OpenIdOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostName:
    """The host name in a `[[host]]` table; the class `Manners` has the table's other options."""

    name: str = field(
        metadata=required(
            "Exact name of the host: `www.example.org` and `example.org` are different hosts.",
            kinds.HOST,
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
        "Extra request headers, each with the environment variable that holds its value: `{ "
        'Authorization = "EXAMPLE_TOKEN" }`. They are only sent to this source\'s host.',
        kinds.HEADERS,
    )
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = option("", "HTTP proxy for source and pages: `http://host:port`.", kinds.PROXY)
    proxy_env: str = option(
        "",
        "Environment variable that holds the proxy's address, for a proxy with a password. It "
        "overrides `proxy`. If the variable is not set, the source is not fetched.",
        kinds.VARIABLE,
    )
    pictures: Show | Literal[""] = option(
        "",
        "Replaces `pictures.show` for the articles of this source and for all stories of its "
        "publisher. The guide on pictures has more.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployFolder:
    """The folder that the site or backups are copied to: `[deploy.folder]`, `[backup.folder]`."""

    path: str = option("", "Folder outside the newsroom, absolute or relative to the newsroom.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployRsync:
    """The target of rsync for the site or backups: `[deploy.rsync]` and `[backup.rsync]`."""

    target: str = option(
        "",
        "Target of rsync, such as `user@host:/var/www/site/`. The connection must work without a "
        "prompt; set ports and keys in `~/.ssh/config`.",
        kinds.RSYNC,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """The settings of `[deploy]`: where the site is uploaded to, and who is notified of changes."""

    to: Literal["folder", "rsync", "git", "s3", ""] = option(
        "",
        "How the site is deployed; the table of the same name has the details. Without it, the "
        "site stays in the folder in which it is built.",
    )
    index_now_key: str = option(
        "",
        "Key for notifying search engines of changed pages (IndexNow) after a deploy. Choose any "
        "8 to 128 letters, digits and dashes. The key is not secret, because it is published as "
        "`<key>.txt`. Without it, search engines are not notified.",
        kinds.INDEX_NOW,
    )
    index_now_endpoint: str = option(
        "https://api.indexnow.org/indexnow",
        "URL to which IndexNow notifications are sent. The search engines share them with each "
        "other.",
        kinds.ADDRESS,
    )
    hub: str = option(
        "",
        "URL of a WebSub hub. Feeds name the hub, and the hub is notified of each changed feed, "
        "so that feed readers get new stories at once. Without it, feeds name no hub and no hub "
        "is notified.",
        kinds.BASE,
    )
    folder: DeployFolder = DeployFolder()
    rsync: DeployRsync = DeployRsync()
    git: BranchOptions = field(default_factory=BranchOptions)
    s3: S3Options = field(default_factory=S3Options)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlan:
    """The settings of `[backup]`: where backups are sent, how often, and who can decrypt them."""

    to: Literal["folder", "rsync", "s3", ""] = option(
        "",
        "Where `copydesk serve`, and `copydesk backup` without FILE, send backups; the table of "
        "the same name has the details. Without it, backups are only made by `copydesk backup "
        "FILE`.",
    )
    every_hours: int = option(
        24, "Hours between two backups of `copydesk serve`.", kinds.whole(minimum=1, maximum=8_760)
    )
    keep: int = option(
        7,
        "Number of backups to keep. Older ones are deleted after a newer one was verified where "
        "it arrived.",
        kinds.whole(minimum=1, maximum=10_000),
    )
    recipients: tuple[str, ...] = option(
        (),
        "Public keys to which backups are encrypted with age: `age1…` of `age-keygen`, or an SSH "
        "public key (Ed25519 or RSA). Each of their secret keys alone can decrypt a backup; keep "
        "it on another machine. `s3` and `rsync` need at least one.",
        kinds.RECIPIENTS,
    )
    with_articles: bool = option(
        False,
        "Include article texts and pictures, which otherwise are fetched again after a restore.",
    )
    with_key: bool = option(
        False,
        "Include the encryption key `.copydesk/key` and the DKIM key. Needs `recipients`.",
    )
    folder: DeployFolder = DeployFolder()
    rsync: DeployRsync = DeployRsync()
    s3: S3Options = field(default_factory=S3Options)


_STRICTEST_FIRST = ("none", "hotlink", "cached")
UNSET = "env:"  # begins a proxy whose variable is not set; the variable follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one site, whose files are in the newsroom folder `root`.

    `origins` maps a dotted path ("scoring.publish_at", "source[0].url", "topics.ai",
    "organizations.bbc.com", "key") to the value's origin ("default", "beat.toml", "environment
    COPYDESK_KEY", "_data/topics/00-ai.yaml"). `source_options` is keyed by the source's URL, for
    sources that have any. `warnings` are sentences for the person who runs the newsroom. `keys` are
    of 32 bytes each: the one that seals, then those of before; `metrics_token` and `desk_token`,
    the token of an AI agent, are "" for none. `secret_files` are the files of secrets. `shows` are
    publishers' rules for pictures by registrable domain: the strictest of their sources.
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
    workers: WorkerOptions
    deploy: Deploy
    backup: BackupPlan = BackupPlan()
    model: ModelOptions = field(default_factory=ModelOptions)
    mail: MailOptions = field(default_factory=MailOptions)
    channels: tuple[Webhook, ...] = ()
    posts: tuple[PostChannel, ...] = ()
    letters: tuple[LetterOptions, ...] = ()
    source_options: Mapping[str, SourceOptions] = field(default_factory=dict)
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    metrics_token: str = field(default="", repr=False)
    desk_token: str = field(default="", repr=False)
    secret_files: tuple[Path, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    shows: Mapping[str, Show] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Compute the publishers' picture rules once, since they are needed for each story."""
        object.__setattr__(self, "shows", _by_publisher(self.source_options))

    @property
    def key(self) -> bytes | None:
        """Return the key that seals, None if there is none."""
        return self.keys[0] if self.keys else None

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
