"""The order in which files are sent, so that no reader meets a link to what is not there yet."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PAGES = (".html", ".json", ".xml", ".txt")
_STORY = re.compile(r"(news|learning|samples?|people|communities|compan(y|ies)|challenges?)/.*")


def stages(paths: Iterable[str]) -> list[list[str]]:
    """Sort paths into stages, each of which only links to those before it; none is empty.

    Pictures and all else that pages are made of, then the stories' own pages, then lists and the
    API, then what stands at the root (feeds, sitemaps), and the front page alone at last.
    """
    sorted_out: dict[int, list[str]] = {}
    for path in paths:
        sorted_out.setdefault(_stage(path), []).append(path)
    return [sorted(sorted_out[stage]) for stage in sorted(sorted_out)]


def _stage(path: str) -> int:
    if path == "index.html":
        return 4
    if not path.endswith(_PAGES) or path.startswith("assets/"):
        return 0
    if _STORY.fullmatch(path):
        return 1
    return 2 if "/" in path else 3
