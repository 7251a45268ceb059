"""The page index: an entry of every filed story in SQLite, queried for what a build needs.

With an index for each question, a build that changes one story reads a few hundred entries and
not all of them.

    open: the notes of the last build | stamps: what changed since | update: old and new entries
    stories, days, months, sources, topics, groups, copies, …: lists and counts
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish.page_index._page_index import Listing as Listing
    from copydesk.publish.page_index._page_index import PageIndex as PageIndex
    from copydesk.publish.page_index._page_index import Pictured as Pictured
    from copydesk.publish.page_index._page_index import Shelves as Shelves
    from copydesk.publish.page_index._pieces import Drawings as Drawings
    from copydesk.publish.page_index._pieces import Pieces as Pieces
    from copydesk.publish.page_index._tables import read_stamps as read_stamps
    from copydesk.publish.page_index._update import Pair as Pair
    from copydesk.publish.page_index._update import fill as fill
    from copydesk.publish.page_index._update import picture_key as picture_key
    from copydesk.publish.page_index._update import set_pictures as set_pictures
    from copydesk.publish.page_index._update import update as update
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
