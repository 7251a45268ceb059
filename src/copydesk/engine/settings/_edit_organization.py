"""Edit an organization: its name and owner in `_data/organizations`, as one commit."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk import archive, config
from copydesk.archive import topic_file
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.settings._commit_settings import (
    SettingsEdit,
    SettingsReport,
    commit_settings,
    refuse_others,
)
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import Organization

_CHARACTERS = 300


def list_organizations(newsroom: Newsroom) -> list[tuple[Organization, str]]:
    """Return the known publishers by their domains, each with the digest of its file."""
    files = config.find_organization_files(newsroom.root)
    known = sorted(newsroom.beat.organizations.items())
    return [
        (organization, archive.digest_of(newsroom.root, files[domain]))
        for domain, organization in known
        if domain in files
    ]


def edit_organization(
    newsroom: Newsroom, domain: str, texts: tuple[str, str], by: str, seen: str
) -> SettingsReport:
    """Commit the name and the owner of a publisher; all else of its file stays as it stands.

    `seen` is the digest of the file that the editor saw. Raises UsageError where that is another
    one by now, for a domain that has no file and for no name; else what `commit_settings` does.
    """

    def make() -> SettingsEdit:
        organization = newsroom.beat.organizations.get(domain)
        path = config.find_organization_files(newsroom.root).get(domain, "")
        if organization is None or not path:
            raise UsageError("no organization has this domain", subject=domain[:_CHARACTERS])
        refuse_others(newsroom, path, seen)
        name, owner = (text.fold(value).strip()[:_CHARACTERS] for value in texts)
        if not name:
            raise UsageError("every organization needs a name", subject=domain)
        changed = dict(_list_changes(organization, name, owner))
        return SettingsEdit(
            files=(topic_file.edit_texts(newsroom.root, path, changed),),
            subject=f"organizations: {domain}",
            lines=tuple(f"* {key} = {value}" for key, value in changed.items()),
        )

    return commit_settings(newsroom, make, by)


def _list_changes(organization: Organization, name: str, owner: str) -> Iterator[tuple[str, str]]:
    if name != organization.name:
        yield "name", name
    if owner != organization.owner:
        yield "owner", owner
