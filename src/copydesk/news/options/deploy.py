"""The settings of deploying: the git branch or S3 bucket that receives the built site."""

from __future__ import annotations

from dataclasses import dataclass, field

from copydesk.kit import kinds
from copydesk.kit.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchOptions:
    """The branch and remote that the site is pushed to, as `[deploy.git]` in beat.toml."""

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
class S3Options:
    """The bucket that the site is uploaded to, as `[deploy.s3]` in beat.toml.

    The keys come only from the environment, "" for none; temporary keys need a `session_token`.
    """

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
