"""The page of organizations: known publishers, each with its name and its owner."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.news import Organization


def render_organizations(
    pages: Pages,
    editor: Editor,
    counts: Counts,
    known: Sequence[tuple[Organization, str]],
    *,
    may_write: bool,
) -> bytes:
    """Return the page of all organizations."""
    return pages.page(
        "organizations.html",
        editor,
        counts,
        title=pages.strings.say("organizations_title"),
        own_style=f"{pages.views.root}assets/{asset_name('topics.css')}",
        organizations=[
            {
                "domain": organization.domain,
                "name": organization.name,
                "owner": organization.owner,
                "seen": seen,
            }
            for organization, seen in known
        ],
        owners=sorted({organization.owner for organization, _ in known if organization.owner}),
        may_write=may_write,
    )
