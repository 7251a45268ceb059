"""The sections of beat.toml, in the order of the reference page: name, words, and who holds them.

What can stand in a section are the fields that its holder declares with `option`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from copydesk.config._deploy_tables import Deploy, DeployFolder, DeployRsync
from copydesk.config._tables import (
    DeskOptions,
    HostName,
    OpenIdOptions,
    Pictures,
    RecallOptions,
    Records,
    Retention,
    Review,
    Serve,
    SourceOptions,
    Webhook,
)
from copydesk.kit.declared import options_of
from copydesk.kit.options import Option
from copydesk.news import (
    BounceOptions,
    BranchOptions,
    DkimOptions,
    ExcerptRule,
    FetchOptions,
    FrontOptions,
    HandOverOptions,
    LetterOptions,
    ListingRule,
    MailOptions,
    Manners,
    OutputOptions,
    PartOptions,
    S3Options,
    Scoring,
    SignalPoints,
    SiteOptions,
    SmtpOptions,
    Source,
)


@dataclass(frozen=True)
class Section:
    """One table of beat.toml and the classes that hold its values.

    `held_by` is the attribute of Settings that has its holder, where that is not its name. Of the
    holders' options it has those of its `part`; that called `last` comes last.
    """

    name: str
    holders: tuple[type, ...]
    about: str
    held_by: str = ""
    part: str = ""
    last: str = ""

    @property
    def path(self) -> str:
        """Return the attribute path of Settings to the holder; a block has none."""
        return self.held_by or self.name

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """Return the options by their names, in the order of the reference page."""
        declared = [option for holder in self.holders for option in options_of(holder)]
        ordered = sorted(declared, key=lambda option: option.name == self.last)
        return {option.name: option for option in ordered if option.table == self.part}


SECTIONS = (
    Section(
        "site",
        (SiteOptions,),
        "What the site is called and where its readers find it.",
        held_by="beat",
    ),
    Section("scoring", (Scoring,), "How stories are weighed.", held_by="beat.scoring"),
    Section(
        "scoring.everyday",
        (Scoring,),
        "What the profile `everyday` needs to know; without effect in `copydesk`.",
        held_by="beat.scoring",
        part="everyday",
    ),
    Section(
        "scoring.points",
        (SignalPoints,),
        "What each signal of the profile `copydesk` is worth, each time that it is found; 0 takes "
        "it out. Filed stories keep their quality until `copydesk rejudge --apply`. The points of "
        "`everyday` are fixed: there this table is an error.",
        held_by="beat.scoring.points",
    ),
    Section(
        "excerpt",
        (ExcerptRule,),
        "How much of an article's words a story shows. Both bounds hold; of what is not known "
        "whole (a stub before a wall, a video, a sound, a page with a caption only) the first "
        "alone. Where a publisher refuses snippets, or where neither a sentence nor 60 "
        "characters of one fit, nothing is shown.",
        held_by="beat.excerpt",
    ),
    Section("review", (Review,), "Who decides that a story is published."),
    Section(
        "fetch",
        (FetchOptions,),
        "How strangers are asked. The defaults are polite; robots.txt is always obeyed.",
    ),
    Section("pictures", (Pictures,), "What readers see of a story's lead picture."),
    Section("publish", (OutputOptions,), "What is published besides the pages."),
    Section("front", (FrontOptions,), "How the front page is ordered."),
    Section("records", (Records,), "What becomes of records after they are filed."),
    Section("recall", (RecallOptions,), "Against whose lists of stories you are held."),
    Section("retention", (Retention,), "How long the memory keeps what no record holds."),
    Section("serve", (Serve,), "How `copydesk serve` paces itself."),
    Section("desk", (DeskOptions,), "Where editors work, and how they are known."),
    Section(
        "desk.oidc",
        (OpenIdOptions,),
        "Sign-in by OpenID Connect. The client's secret stands in the environment alone: "
        "`COPYDESK_OIDC_SECRET`.",
    ),
    Section(
        "deploy",
        (Deploy,),
        "Where `copydesk build --deploy` sends the site, and `copydesk serve` after each "
        "round. The guide on putting it online says more.",
    ),
    Section("deploy.folder", (DeployFolder,), 'With `to = "folder"`.'),
    Section(
        "deploy.rsync",
        (DeployRsync,),
        'With `to = "rsync"`. The program rsync, 3.1 or newer, is needed here and there.',
    ),
    Section(
        "deploy.git",
        (BranchOptions,),
        'With `to = "git"`: GitHub Pages and its like. The branch is the site\'s alone.',
    ),
    Section(
        "deploy.s3",
        (S3Options,),
        'With `to = "s3"`: storage that speaks S3. The keys stand in the environment alone: '
        "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, where they are lent, "
        "`AWS_SESSION_TOKEN`.",
    ),
    Section(
        "mail",
        (MailOptions,),
        "How letters reach readers. The guide on sending letters says more.",
    ),
    Section(
        "mail.smtp",
        (SmtpOptions,),
        'With `deliver = "smtp"`. The password stands in the environment alone: '
        "`COPYDESK_SMTP_PASSWORD`.",
    ),
    Section(
        "mail.dkim", (DkimOptions,), "Letters signed here; it needs the extra `copydesk[dkim]`."
    ),
    Section(
        "mail.bounces",
        (BounceOptions,),
        "What cannot be delivered, and who complained. Secrets stand in the environment alone: "
        "`COPYDESK_IMAP_PASSWORD`, and for the webhook `COPYDESK_BOUNCE_SECRET`.",
    ),
    Section(
        "mail.hand_over",
        (HandOverOptions,),
        "With a service in `deliver`. Its key stands in the environment alone: "
        "`COPYDESK_HAND_OVER_TOKEN`.",
    ),
)

HOST = Section(
    "host", (HostName, Manners), "Other manners for one host; write `[[host]]` once for each."
)
SOURCE = Section(
    "source",
    (Source, SourceOptions),
    "One place that is asked for articles; write `[[source]]` once for each.",
)
LISTING = Section(
    "source.listing",
    (ListingRule,),
    "How the page of links of one source is read, as a table in its block: `listing = { "
    'item = "article", link = "h2 a", written = 2026-11-24 }`. `item` finds the box of '
    "each article; the others look inside it. Without a rule: our own guess.",
    last="written",
)
WEBHOOK = Section(
    "webhook",
    (Webhook,),
    "Who is called when stories come to the site, are corrected, or go; write `[[webhook]]` once "
    "for each. The guide on webhooks says how to check a call.",
)
LETTER = Section(
    "letter",
    (LetterOptions,),
    "A letter that tells readers what is new since its last issue; write `[[letter]]` once for "
    "each. The guide on writing a letter says more.",
)
LETTER_PART = Section(
    "letter.part",
    (PartOptions,),
    "One part of the letter above it; write `[[letter.part]]` once for each, in their order. "
    "Without any: eight leading stories, two of each topic where there are several, and the notes "
    "of the desk.",
)
BLOCKS = (HOST, SOURCE, LISTING, WEBHOOK, LETTER, LETTER_PART)
