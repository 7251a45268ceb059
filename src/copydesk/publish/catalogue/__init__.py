"""The catalogue of filed stories: takes entries, gives what a build asks of them.

An entry is what planning must know of one story. All of them lie in tables with an index for each
question, so that a build that changes one story looks at a few hundred entries and not at all.

    open: what was noted last time | stamps: what has changed since | update: was and is now
    stories, days, months, sources, topics, groups, copies, …: listings and sums
"""

from __future__ import annotations

from copydesk.publish.catalogue._catalogue import Catalogue, Pictured
from copydesk.publish.catalogue._drawn import Drawings
from copydesk.publish.catalogue._listing import Listing, Shelves
from copydesk.publish.catalogue._pieces import Pieces
from copydesk.publish.catalogue._update import Pair, fill, picture_key, set_pictures, update

__all__ = [
    "Catalogue",
    "Drawings",
    "Listing",
    "Pair",
    "Pictured",
    "Pieces",
    "Shelves",
    "fill",
    "picture_key",
    "set_pictures",
    "update",
]
