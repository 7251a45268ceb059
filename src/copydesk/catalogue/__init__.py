"""The catalogue: takes what is filed as values, answers questions about it without a record read.

    signatures: what has changed since | update: stories, broken records, lost paths
    path_at, between, in_groups, named, copies_of, near, find, count: paths of records

All of it can be made again from the records, which are the truth: who asks for stories reads those
at the paths that it gets.
"""

from __future__ import annotations

from copydesk.catalogue._catalogue import Catalogue as Catalogue
from copydesk.catalogue._entries import BrokenRecord as BrokenRecord
from copydesk.catalogue._entries import CatalogueEntry as CatalogueEntry
from copydesk.catalogue._entries import DecidedStory as DecidedStory
from copydesk.catalogue._entries import StoryLabels as StoryLabels
from copydesk.catalogue._entries import TextMarks as TextMarks
from copydesk.catalogue._happenings import FiledHappening as FiledHappening
from copydesk.catalogue._happenings import HappeningCursor as HappeningCursor
from copydesk.catalogue._questions import StoryFilter as StoryFilter
from copydesk.catalogue._signatures import read_signatures as read_signatures
from copydesk.catalogue._stored_corpus import StoredCorpus as StoredCorpus
from copydesk.catalogue._sums import PublisherCount as PublisherCount
from copydesk.catalogue._sums import TopicCount as TopicCount
from copydesk.catalogue._topic_rank import TopicRank as TopicRank
