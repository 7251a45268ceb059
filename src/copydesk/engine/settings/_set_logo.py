"""Set a logo: a publisher's two pictures and the list of them in its file, as one commit."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk import archive, config
from copydesk.archive import FileChange
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.settings._commit_settings import (
    SettingsEdit,
    SettingsReport,
    commit_settings,
    refuse_others,
)
from copydesk.errors import UsageError
from copydesk.kit import within
from copydesk.news import Image

_CHARACTERS = 300
_MOST_BYTES = 2_000_000


def set_logo(
    newsroom: Newsroom, domain: str, logo: Sequence[bytes], by: str, seen: str
) -> SettingsReport:
    """Commit a publisher's logo, as `make_logo` makes it; all else of its file stays as it stands.

    Stories that are filed from then on have it. `seen` is the digest of the file that the editor
    saw. Raises UsageError where that is another one by now, for a domain that has no file, or
    whose name is none of a file; else what `commit_settings` does.
    """

    def make() -> SettingsEdit:
        path = config.find_organization_files(newsroom.root).get(domain, "")
        paths = config.logo_paths(domain)
        if not path or not paths:
            raise UsageError("no organization has this domain", subject=domain[:_CHARACTERS])
        refuse_others(newsroom, path, seen)
        files = (
            FileChange(path=file, after=data, before=archive.digest_of(newsroom.root, file))
            for file, data in zip(paths, logo, strict=True)
        )
        listed = archive.add_images(newsroom.root, path, _find_new_images(newsroom, domain, paths))
        return SettingsEdit(files=(listed, *files), subject=f"organizations: the logo of {domain}")

    return commit_settings(newsroom, make, by)


def _find_new_images(newsroom: Newsroom, domain: str, paths: Sequence[str]) -> list[Image]:
    """Return the pictures of a logo that its publisher's file does not list, under any base."""
    organization = newsroom.beat.organizations.get(domain)
    listed = [image.url for image in organization.images] if organization else []
    return [
        Image(url=f"/{path}", width=side, height=side)
        for path, side in zip(paths, config.LOGO_SIDES, strict=True)
        if not any(url.endswith(f"/{path}") for url in listed)
    ]


def read_logo(newsroom: Newsroom, domain: str) -> bytes:
    """Return the small logo of a domain, b"" where it has none that can be read."""
    for path in config.logo_paths(domain)[:1]:
        try:
            return within.read(newsroom.root, path, _MOST_BYTES)
        except OSError:
            return b""
    return b""


def find_logos(newsroom: Newsroom) -> dict[str, str]:
    """Return the known publishers that have a logo, each with the digest of that."""
    logos = ((domain, read_logo(newsroom, domain)) for domain in newsroom.beat.organizations)
    return {domain: archive.digest(data) for domain, data in logos if data}
