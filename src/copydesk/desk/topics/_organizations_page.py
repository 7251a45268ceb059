"""The page of organizations: known publishers, each with its name, its owner and its logo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk._story_view import View
from copydesk.news import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOrganizations:
    """The known publishers with the digests of their files; of those with a logo, that of it."""

    known: Sequence[tuple[Organization, str]]
    logos: Mapping[str, str]


def render_organizations(
    pages: Pages,
    editor: Editor,
    counts: Counts,
    organizations: SeenOrganizations,
    *,
    may_write: bool,
) -> bytes:
    """Return the page of all organizations."""
    known = organizations.known
    return pages.page(
        "organizations.html",
        editor,
        counts,
        title=pages.strings.say("organizations_title"),
        own_style=f"{pages.views.root}assets/{asset_name('topics.css')}",
        organizations=[
            _show_organization(pages, organization, seen, organizations.logos)
            for organization, seen in known
        ],
        owners=sorted({organization.owner for organization, _ in known if organization.owner}),
        may_write=may_write,
    )


def _show_organization(
    pages: Pages, organization: Organization, seen: str, logos: Mapping[str, str]
) -> View:
    logo = logos.get(organization.domain, "")
    query = urlencode({"domain": organization.domain, "version": logo[:12]})
    return {
        "domain": organization.domain,
        "name": organization.name,
        "owner": organization.owner,
        "seen": seen,
        "logo": f"{pages.views.root}organizations/logo?{query}" if logo else "",
    }
