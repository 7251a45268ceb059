"""The tables of `[deploy]`: where the built site is sent, and who is told then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from copydesk.kit import kinds
from copydesk.kit.options import option


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
class DeployGit:
    """Which branch of which remote the site is committed to, and whether it keeps the past."""

    remote: str = option("origin", "A git remote of the newsroom, by its name.", kinds.REMOTE)
    branch: str = option(
        "gh-pages", "The branch there; it is made where it is not there.", kinds.BRANCH
    )
    history: bool = option(
        True,
        "`true`: each commit follows the last one. `false`: it takes the last one's place, by "
        "force, so that the repository does not grow.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployS3:
    """Which bucket the site is put into; the keys are from the environment, "" for none."""

    bucket: str = option("", "The bucket, which is there already.", kinds.BUCKET)
    region: str = option(
        "us-east-1",
        "The region for which requests are signed; what has none often wants `auto`.",
    )
    endpoint: str = option(
        "",
        "The address of the storage: `https://s3.example.net`. Without it: Amazon's in the region.",
        kinds.BASE,
    )
    prefix: str = option(
        "", "Below which the site lies in the bucket. Without it: at the bucket's top."
    )
    path_style: bool = option(
        True, "The bucket stands in the path of addresses; `false`: before the host's name."
    )
    max_age_seconds: int = option(
        300,
        "How long a reader's browser may keep a page without asking. Pictures, named by what is in "
        "them, are kept for a year.",
    )
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)


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
    git: DeployGit = DeployGit()
    s3: DeployS3 = DeployS3()
