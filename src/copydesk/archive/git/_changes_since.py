"""Changes since: which files are new, or another thing, since the commit that filed one of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from copydesk.archive.git import _git


def list_changes_since(root: Path, path: str, folder: str) -> Mapping[str, bool] | None:
    """Return what below a folder is not as it was when the file at `path` was committed first.

    By path, with whether it is new; what is gone is left out, and so is what no commit has yet.
    None where git does not know: there is no repository, no commit has that file.
    """
    place = _git.locate(root)
    if isinstance(place, str) or not _git.head(place):
        return None
    named = ("--", f"{place.prefix}{path}")
    log = ("log", "-1", "--no-renames", "--diff-filter=A", "--format=%H", "HEAD", *named)
    filed = _git.ask(place.top, *log).out.decode("ascii", "replace").strip()
    if not filed:
        return None
    look = ("diff", "--name-status", "--no-renames", "--diff-filter=AM", "-z", filed, "HEAD")
    answer = _git.ask(place.top, *look, "--", f"{place.prefix}{folder}")
    if answer.code:
        return None
    said = os.fsdecode(answer.out).split("\0")
    return {
        changed.removeprefix(place.prefix): status == "A"
        for status, changed in zip(said[::2], said[1::2], strict=False)
    }
