"""The catalogue of filed stories: takes entries, gives what a build asks of them.

An entry is what planning must know of one story. All of them lie in tables with an index for each
question, so that a build that changes one story looks at a few hundred entries and not at all.

    open: what was noted last time | stamps: what has changed since | update: was and is now
    stories, days, months, sources, topics, groups, copies, …: listings and sums
"""

from __future__ import annotations

from copydesk.publish.catalogue._catalogue import Catalogue as Catalogue
from copydesk.publish.catalogue._catalogue import Pictured as Pictured
from copydesk.publish.catalogue._drawn import Drawings as Drawings
from copydesk.publish.catalogue._listing import Listing as Listing
from copydesk.publish.catalogue._listing import Shelves as Shelves
from copydesk.publish.catalogue._pieces import Pieces as Pieces
from copydesk.publish.catalogue._update import Pair as Pair
from copydesk.publish.catalogue._update import fill as fill
from copydesk.publish.catalogue._update import picture_key as picture_key
from copydesk.publish.catalogue._update import set_pictures as set_pictures
from copydesk.publish.catalogue._update import update as update
