"""A search index of the stored stories in SQLite: answers queries without reading the records.

Answers of the catalogue are paths of records: who wants a story reads the record at its path. The
page index (`page_index`, `page_entries`, `page_updates`) knows which pages of a site show a story.
Both are disposable, since all of it can be made again from the records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.catalogue._catalogue import Catalogue as Catalogue
    from copydesk.catalogue._catalogue import StoredCorpus as StoredCorpus
    from copydesk.catalogue._entries import BrokenRecord as BrokenRecord
    from copydesk.catalogue._entries import CatalogueEntry as CatalogueEntry
    from copydesk.catalogue._entries import StoryLabels as StoryLabels
    from copydesk.catalogue._entries import TextMarks as TextMarks
    from copydesk.catalogue._entries import compare_stamps as compare_stamps
    from copydesk.catalogue._entries import read_signatures as read_signatures
    from copydesk.catalogue._entries import read_stamps as read_stamps
    from copydesk.catalogue._questions import DecidedStory as DecidedStory
    from copydesk.catalogue._questions import FiledHappening as FiledHappening
    from copydesk.catalogue._questions import PublisherCount as PublisherCount
    from copydesk.catalogue._questions import StoryFilter as StoryFilter
    from copydesk.catalogue._questions import TopicCount as TopicCount
    from copydesk.catalogue._questions import TopicRank as TopicRank
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
