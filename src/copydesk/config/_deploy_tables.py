"""The tables of `[deploy]`: where the built site is sent, and who is told then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from copydesk.kit import kinds
from copydesk.kit.options import option
from copydesk.news import BranchOptions, S3Options


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployFolder:
    """Which folder, seen from the newsroom, the site is sent to."""

    path: str = option("", "A folder outside of the newsroom, seen from there: `/var/www/site`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployRsync:
    """Where rsync sends the site."""

    target: str = option(
        "",
        "A place as rsync takes it: `user@host:/var/www/site/`. It must work without a question; "
        "ports and keys belong into `~/.ssh/config`.",
        kinds.RSYNC,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """Where the built site is sent ("": nowhere), and who is told then ("": nobody)."""

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
