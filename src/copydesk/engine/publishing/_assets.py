"""The newsroom's own files, which the site has at `/assets/`; links among them are left out."""

from __future__ import annotations

from pathlib import Path

from copydesk.engine.newsroom import Troubles, files_below
from copydesk.errors import PublishError

ASSETS = "assets"


def find_linked_assets(root: Path) -> Troubles:
    """Return the troubles that a build begins with: each link in the `assets/` of a newsroom.

    Such a link may lead to what only this machine can read, so it is left out of the site.
    """
    troubles = Troubles()
    for path in sorted(files_below(root / ASSETS)):
        if path.is_symlink():
            what = f"not published (a symbolic link: {path.name})"
            subject = path.relative_to(root).as_posix()
            troubles(PublishError(what, subject=subject, hint="put the file itself there"))
    return troubles
