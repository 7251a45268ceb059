"""The options of `[site]`: a part of the table in `_options`."""

from __future__ import annotations

from copydesk.config import _kinds as kinds
from copydesk.config._option import Option, Section

SITE = Section(
    name="site",
    about="What the site is called and where its readers find it.",
    held_by="beat",
    options=(
        Option(
            name="title",
            kind=kinds.TEXT,
            required=True,
            about="The name of the site, on every page, feed and letter.",
        ),
        Option(
            name="description",
            kind=kinds.TEXT,
            about="What the site is, in a sentence or two, for its about page.",
        ),
        Option(
            name="contact",
            kind=kinds.CONTACT,
            about="Whom readers and publishers may write to; stands on the about page.",
        ),
        Option(
            name="url",
            kind=kinds.BASE,
            about="Where readers find the site. Its path is the base of links only, never a "
            "folder in the output. Without it links are relative to the web root and feeds are "
            "not complete.",
        ),
        Option(
            name="locale",
            kind=kinds.LOCALE,
            default="en-us",
            about="The language the site is written in.",
        ),
        Option(
            name="timezone",
            kind=kinds.TIMEZONE,
            default="UTC",
            about="Which day a day page and a letter mean. Records are always UTC.",
        ),
        Option(
            name="topic",
            kind=kinds.TEXT,
            about="The name of the main topic. Without it: the first topic in `_data/topics`.",
        ),
    ),
)
