"""The page index of filed stories: takes entries, gives what a build asks of them.

An entry is what planning must know of one story. All of them lie in tables with an index for each
question, so that a build that changes one story looks at a few hundred entries and not at all.

    open: what was noted last time | stamps: what has changed since | update: was and is now
    stories, days, months, sources, topics, groups, copies, …: listings and sums
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish.page_index._drawn import Drawings as Drawings
    from copydesk.publish.page_index._kept_stories import KeptStories as KeptStories
    from copydesk.publish.page_index._listing import Listing as Listing
    from copydesk.publish.page_index._listing import Shelves as Shelves
    from copydesk.publish.page_index._page_index import PageIndex as PageIndex
    from copydesk.publish.page_index._page_index import Pictured as Pictured
    from copydesk.publish.page_index._pieces import Pieces as Pieces
    from copydesk.publish.page_index._stamps import read_stamps as read_stamps
    from copydesk.publish.page_index._update import Pair as Pair
    from copydesk.publish.page_index._update import fill as fill
    from copydesk.publish.page_index._update import picture_key as picture_key
    from copydesk.publish.page_index._update import set_pictures as set_pictures
    from copydesk.publish.page_index._update import update as update
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
