"""Stale pages: which records the newsroom's own site does not show as they are now."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk import publish
from copydesk.archive import Signature
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.publishing._build import PAGES


def find_stale_pages(newsroom: Newsroom, signatures: Mapping[str, Signature | None]) -> set[str]:
    """Return those of some records that have changed since the site was built.

    Records are given by path with their signatures, None for one that is not there. The site's
    index is only read, so that a server of an older version leaves it as it is.
    """
    file, site = newsroom.private / PAGES, str(newsroom.site.resolve())
    built = {
        path: stamp.partition(" ")[0]  # what follows is of rulings, which a round looks at
        for path, stamp in publish.read_stamps(file, site, signatures).items()
    }
    now = {path: f"{hash(sign):x}" for path, sign in signatures.items() if sign is not None}
    return {path for path in signatures if now.get(path) != built.get(path)}
