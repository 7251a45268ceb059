"""The options of `[deploy]`: where the built site is sent, and who is told then."""

from __future__ import annotations

from copydesk.config import _kinds as kinds
from copydesk.config._option import Option, Section

DEPLOY = Section(
    name="deploy",
    about="Where `copydesk build --deploy` sends the site, and `copydesk serve` after each round. "
    "The guide on putting it online says more.",
    held_by="deploy",
    options=(
        Option(
            name="to",
            kind=kinds.choice("folder", "rsync", "git", "s3", ""),
            about="Which of the tables below says where. Without it the site stays where it is "
            "built.",
        ),
        Option(
            name="index_now_key",
            kind=kinds.INDEX_NOW,
            about="Tell search engines which pages changed (IndexNow), after a deploy that changed "
            "any. Any 8 to 128 letters and digits of your own; no secret: it is published as "
            "`<key>.txt`. Without it nobody is told.",
        ),
        Option(
            name="index_now_endpoint",
            kind=kinds.ADDRESS,
            default="https://api.indexnow.org/indexnow",
            about="Who is told; the engines pass it on to each other.",
        ),
        Option(
            name="hub",
            kind=kinds.BASE,
            about="A WebSub hub: feeds name it, and it is told of each feed that changed, so that "
            "their readers have the news at once. Without it: neither.",
        ),
    ),
)

FOLDER = Section(
    name="deploy.folder",
    about='With `to = "folder"`.',
    held_by="deploy.folder",
    options=(
        Option(
            name="path",
            kind=kinds.TEXT,
            about="A folder outside of the newsroom, seen from there: `/var/www/site`.",
        ),
    ),
)

RSYNC = Section(
    name="deploy.rsync",
    about='With `to = "rsync"`. The program rsync, 3.1 or newer, is needed here and there.',
    held_by="deploy.rsync",
    options=(
        Option(
            name="target",
            kind=kinds.RSYNC,
            delicate=True,
            about="A place as rsync takes it: `user@host:/var/www/site/`. It must work without a "
            "question; ports and keys belong into `~/.ssh/config`.",
        ),
    ),
)

GIT = Section(
    name="deploy.git",
    about='With `to = "git"`: GitHub Pages and its like. The branch is the site\'s alone.',
    held_by="deploy.git",
    options=(
        Option(
            name="remote",
            kind=kinds.REMOTE,
            default="origin",
            about="A git remote of the newsroom, by its name.",
        ),
        Option(
            name="branch",
            kind=kinds.BRANCH,
            default="gh-pages",
            about="The branch there; it is made where it is not there.",
        ),
        Option(
            name="history",
            kind=kinds.FLAG,
            default=True,
            about="`true`: each commit follows the last one. `false`: it takes the last one's "
            "place, by force, so that the repository does not grow.",
        ),
    ),
)

S3 = Section(
    name="deploy.s3",
    about='With `to = "s3"`: storage that speaks S3. The keys stand in the environment alone: '
    "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, where they are lent, `AWS_SESSION_TOKEN`.",
    held_by="deploy.s3",
    options=(
        Option(
            name="bucket",
            kind=kinds.BUCKET,
            about="The bucket, which is there already.",
        ),
        Option(
            name="region",
            kind=kinds.TEXT,
            default="us-east-1",
            about="The region for which requests are signed; what has none often wants `auto`.",
        ),
        Option(
            name="endpoint",
            kind=kinds.BASE,
            about="The address of the storage: `https://s3.example.net`. Without it: Amazon's in "
            "the region.",
        ),
        Option(
            name="prefix",
            kind=kinds.TEXT,
            about="Below which the site lies in the bucket. Without it: at the bucket's top.",
        ),
        Option(
            name="path_style",
            kind=kinds.FLAG,
            default=True,
            about="The bucket stands in the path of addresses; `false`: before the host's name.",
        ),
        Option(
            name="max_age_seconds",
            kind=kinds.whole(),
            default=300,
            about="How long a reader's browser may keep a page without asking. Pictures, named by "
            "what is in them, are kept for a year.",
        ),
    ),
)

DEPLOYING = (DEPLOY, FOLDER, RSYNC, GIT, S3)
