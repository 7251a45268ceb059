"""Parts of the search index: a month's stories, cut from its oldest end, so that one part grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from copydesk.publish._entries import Entry

FOLDER = "search/"
PART = 500  # stories; some 170 kB, a third of that on the way to a reader


def parts(public: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Give the published stories of each part by its path, from those of the site, oldest first."""
    months: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in public:
        months[entry.month].append(entry)
    return {
        f"{FOLDER}{month}-{start // PART + 1}.json": entries[start : start + PART]
        for month, entries in months.items()
        for start in range(0, len(entries), PART)
    }
