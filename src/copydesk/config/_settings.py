"""Settings: everything a newsroom's owner has decided, with the origin of each value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from copydesk.kit import urls
from copydesk.news import Beat, Show

_STRICTEST_FIRST = ("none", "hotlink", "cached")
UNSET = "env:"  # of a proxy that a variable should name, followed by the variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Say who decides that a story is published: the gate, or nobody but an editor."""

    mode: Literal["gate", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Say how strangers are asked: who asks, how often, how much is taken.

    Sizes are bytes after decompression; `max_age_days` 0 means no limit; `allow_hosts` are hosts
    that may be reached although their address is private. `penalty_seconds` follow a 403 or 429;
    `concurrency` is the number of hosts asked at one moment; `nameservers` are `ip` or `ip:port`,
    () for the system's; `tdmrep` asks for /.well-known/tdmrep.json too.
    """

    contact: str
    max_age_days: int
    max_bytes: int
    timeout_seconds: float
    delay_seconds: float
    max_redirects: int
    allow_hosts: tuple[str, ...]
    articles_max_bytes: int
    penalty_seconds: float = 30.0
    connect_seconds: float = 10.0
    concurrency: int = 64
    nameservers: tuple[str, ...] = ()
    tdmrep: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HostManners:
    """Say how one host is asked; None where it is asked as any other."""

    delay_seconds: float | None = None
    penalty_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Say how pictures are shown and how many bytes of them are kept."""

    show: Show
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Say what is published besides the pages; `api_url` has no final slash."""

    api_v1: bool
    api_v2: bool
    api_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Say how the front page is ordered: after so many hours half of a story's heat counts."""

    half_life_hours: float = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Say what becomes of records after they are filed; `archive_after_days` 0 means nothing."""

    archive_after_days: int = 0
    look_again: bool = True
    remote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Say how long the memory keeps what no record holds."""

    leads_days: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """Say how `copydesk serve` paces its rounds, and where hubs can reach it ("": nowhere).

    With `count_reads` it counts how often each story's page is read.
    """

    every_minutes: int = 5
    public_url: str = ""
    count_reads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployFolder:
    """Say which folder, seen from the newsroom, the site is sent to."""

    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployRsync:
    """Say where rsync sends the site."""

    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployGit:
    """Say which branch of which remote the site is committed to, and whether it keeps the past."""

    remote: str = "origin"
    branch: str = "gh-pages"
    history: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployS3:
    """Say which bucket the site is put into; the keys are from the environment, "" for none."""

    bucket: str = ""
    region: str = "us-east-1"
    endpoint: str = ""
    prefix: str = ""
    path_style: bool = True
    max_age_seconds: int = 300
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """Say where the built site is sent ("": nowhere), and who is told then ("": nobody)."""

    to: Literal["folder", "rsync", "git", "s3", ""] = ""
    index_now_key: str = ""
    index_now_endpoint: str = ""
    hub: str = ""
    folder: DeployFolder = DeployFolder()
    rsync: DeployRsync = DeployRsync()
    git: DeployGit = DeployGit()
    s3: DeployS3 = DeployS3()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """What asking one source needs beyond the noun Source.

    `headers_env` maps a header to the environment variable that holds its value, `headers` to the
    value found there; `proxy` is the address to ask through, from the file or from the variable
    `proxy_env`, or `env:` and that variable's name where it is not set; `pictures` is "" where the
    site's own rule holds.
    """

    headers_env: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str = field(default="", repr=False)
    proxy_env: str = ""
    pictures: Show | Literal[""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of the newsroom at `root`.

    `origins` maps a dotted path ("scoring.publish_at", "source[0].url", "topics.ai",
    "organizations.bbc.com", "key") to where its value came from ("default", "beat.toml",
    "environment COPYDESK_KEY", "_data/topics/00-ai.yaml"). `source_options` is keyed by the
    source's url, for those that have any; `hosts` by the host's exact name. `warnings` are
    sentences for the person who runs the newsroom. `key` is 32 bytes. `shows` are the rules on
    pictures of publishers, by registrable domain: of those of their sources the strictest.
    """

    root: Path
    beat: Beat
    review: Review
    fetch: Fetch
    pictures: Pictures
    publish: Publish
    serve: Serve
    front: Front = Front()
    records: Records = Records()
    retention: Retention = Retention()
    deploy: Deploy = Deploy()
    hosts: Mapping[str, HostManners] = field(default_factory=dict)
    source_options: Mapping[str, SourceOptions] = field(default_factory=dict)
    key: bytes | None = field(default=None, repr=False)
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    shows: Mapping[str, Show] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Work the publishers' rules out once: they are asked for each story."""
        object.__setattr__(self, "shows", _by_publisher(self.source_options))

    def show_of(self, source: str, publisher: str) -> Show:
        """Give how the picture of a story is shown that a source lists and a publisher has.

        `publisher` is any address or host of its. Of two rules the stricter holds, without any the
        site's.
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
