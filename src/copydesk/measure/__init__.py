"""Measure the quality of extraction, grouping, scoring and other stages against labelled data.

Only `copydesk eval` loads this room. The measures of pages and of the gate, and recall, are asked
of their modules: `page_texts`, `page_dates`, `verdicts`, `recall`.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.measure._feeds import FeedsReport as FeedsReport
    from copydesk.measure._feeds import feeds as feeds
    from copydesk.measure._grouping import GroupAgreement as GroupAgreement
    from copydesk.measure._grouping import GroupOptions as GroupOptions
    from copydesk.measure._grouping import GroupReport as GroupReport
    from copydesk.measure._grouping import copies as copies
    from copydesk.measure._grouping import group as group
    from copydesk.measure._grouping import similarities as similarities
    from copydesk.measure._scores import Difference as Difference
    from copydesk.measure._scores import scores as scores
    from copydesk.measure._topics import Met as Met
    from copydesk.measure._topics import Share as Share
    from copydesk.measure._topics import TopicScore as TopicScore
    from copydesk.measure._topics import topics as topics
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
