"""The sections of beat.toml, in the order of the reference page: name, words, and who holds them.

What can stand in a section are the fields that its holder declares with `option`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from copydesk.config._deploy_tables import Deploy, DeployFolder, DeployRsync
from copydesk.config._tables import (
    Front,
    HostName,
    Pictures,
    Publish,
    Records,
    Retention,
    Review,
    Serve,
    SourceOptions,
)
from copydesk.kit.options import Option, options_of
from copydesk.news import (
    BranchOptions,
    ExcerptRule,
    FetchOptions,
    ListingRule,
    Manners,
    S3Options,
    Scoring,
    SiteOptions,
    Source,
)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One table of beat.toml and the classes that hold its values.

    `held_by` is the attribute path of Settings to its holder; a block, which stands in a file once
    for each source or host, has none. Of its holders' options it has those of its `part`, and
    that called `last` comes last.
    """

    name: str
    about: str
    holders: tuple[type, ...]
    held_by: str = ""
    part: str = ""
    last: str = ""

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """Return the options by their names, in the order of the reference page."""
        declared = [option for holder in self.holders for option in options_of(holder)]
        ordered = sorted(declared, key=lambda option: option.name == self.last)
        return {option.name: option for option in ordered if option.table == self.part}


SECTIONS = (
    Section(
        name="site",
        holders=(SiteOptions,),
        held_by="beat",
        about="What the site is called and where its readers find it.",
    ),
    Section(
        name="scoring",
        holders=(Scoring,),
        held_by="beat.scoring",
        about="How stories are weighed.",
    ),
    Section(
        name="scoring.everyday",
        holders=(Scoring,),
        held_by="beat.scoring",
        part="everyday",
        about="What the profile `everyday` needs to know; without effect in `copydesk`.",
    ),
    Section(
        name="excerpt",
        holders=(ExcerptRule,),
        held_by="beat.excerpt",
        about="How much of an article's words a story shows. Both bounds hold; of what is not "
        "known whole (a stub before a wall, a video, a sound, a page with a caption only) the "
        "first alone. Where a publisher refuses snippets, or where neither a sentence nor 60 "
        "characters of one fit, nothing is shown.",
    ),
    Section(
        name="review",
        holders=(Review,),
        held_by="review",
        about="Who decides that a story is published.",
    ),
    Section(
        name="fetch",
        holders=(FetchOptions,),
        held_by="fetch",
        about="How strangers are asked. The defaults are polite; robots.txt is always obeyed.",
    ),
    Section(
        name="pictures",
        holders=(Pictures,),
        held_by="pictures",
        about="What readers see of a story's lead picture.",
    ),
    Section(
        name="publish",
        holders=(Publish,),
        held_by="publish",
        about="What is published besides the pages.",
    ),
    Section(
        name="front",
        holders=(Front,),
        held_by="front",
        about="How the front page is ordered.",
    ),
    Section(
        name="records",
        holders=(Records,),
        held_by="records",
        about="What becomes of records after they are filed.",
    ),
    Section(
        name="retention",
        holders=(Retention,),
        held_by="retention",
        about="How long the memory keeps what no record holds.",
    ),
    Section(
        name="serve",
        holders=(Serve,),
        held_by="serve",
        about="How `copydesk serve` paces itself.",
    ),
    Section(
        name="deploy",
        holders=(Deploy,),
        held_by="deploy",
        about="Where `copydesk build --deploy` sends the site, and `copydesk serve` after each "
        "round. The guide on putting it online says more.",
    ),
    Section(
        name="deploy.folder",
        holders=(DeployFolder,),
        held_by="deploy.folder",
        about='With `to = "folder"`.',
    ),
    Section(
        name="deploy.rsync",
        holders=(DeployRsync,),
        held_by="deploy.rsync",
        about='With `to = "rsync"`. The program rsync, 3.1 or newer, is needed here and there.',
    ),
    Section(
        name="deploy.git",
        holders=(BranchOptions,),
        held_by="deploy.git",
        about='With `to = "git"`: GitHub Pages and its like. The branch is the site\'s alone.',
    ),
    Section(
        name="deploy.s3",
        holders=(S3Options,),
        held_by="deploy.s3",
        about='With `to = "s3"`: storage that speaks S3. The keys stand in the environment alone: '
        "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, where they are lent, "
        "`AWS_SESSION_TOKEN`.",
    ),
)

HOST = Section(
    name="host",
    holders=(HostName, Manners),
    about="Other manners for one host; write `[[host]]` once for each.",
)
SOURCE = Section(
    name="source",
    holders=(Source, SourceOptions),
    about="One place that is asked for articles; write `[[source]]` once for each.",
)
LISTING = Section(
    name="source.listing",
    holders=(ListingRule,),
    last="written",
    about="How the page of links of one source is read, as a table in its block: "
    '`listing = { item = "article", link = "h2 a", written = 2026-11-24 }`. `item` finds the box '
    "of each article; the others look inside it. Without a rule: our own guess.",
)
BLOCKS = (HOST, SOURCE, LISTING)
