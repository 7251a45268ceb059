"""Measure the stages of the pipeline: takes labelled data, returns reports on their quality.

Modules are imported when first used: the desk does not need the page parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.measure._feeds import FeedsReport as FeedsReport
    from copydesk.measure._feeds import Mismatch as Mismatch
    from copydesk.measure._feeds import Trouble as Trouble
    from copydesk.measure._feeds import feeds as feeds
    from copydesk.measure._grouping import CopiesReport as CopiesReport
    from copydesk.measure._grouping import GroupAgreement as GroupAgreement
    from copydesk.measure._grouping import GroupOptions as GroupOptions
    from copydesk.measure._grouping import GroupReport as GroupReport
    from copydesk.measure._grouping import Scores as Scores
    from copydesk.measure._grouping import copies as copies
    from copydesk.measure._grouping import group as group
    from copydesk.measure._labelled import Labelled as Labelled
    from copydesk.measure._labelled import Order as Order
    from copydesk.measure._labelled import read_documents as read_documents
    from copydesk.measure._labelled import sort_documents as sort_documents
    from copydesk.measure._scores import Difference as Difference
    from copydesk.measure._scores import ScoresReport as ScoresReport
    from copydesk.measure._scores import scores as scores
    from copydesk.measure._topics import Met as Met
    from copydesk.measure._topics import Share as Share
    from copydesk.measure._topics import TopicMiss as TopicMiss
    from copydesk.measure._topics import TopicScore as TopicScore
    from copydesk.measure._topics import TopicsReport as TopicsReport
    from copydesk.measure._topics import topics as topics
    from copydesk.measure.pages import Agreement as Agreement
    from copydesk.measure.pages import Authors as Authors
    from copydesk.measure.pages import DatesReport as DatesReport
    from copydesk.measure.pages import Days as Days
    from copydesk.measure.pages import ExtractReport as ExtractReport
    from copydesk.measure.pages import Lost as Lost
    from copydesk.measure.pages import Milliseconds as Milliseconds
    from copydesk.measure.pages import Miss as Miss
    from copydesk.measure.pages import Progress as Progress
    from copydesk.measure.pages import WrongDay as WrongDay
    from copydesk.measure.pages import dates as dates
    from copydesk.measure.pages import extract as extract
    from copydesk.measure.recall import KIND_WORDS as KIND_WORDS
    from copydesk.measure.recall import RecallCounts as RecallCounts
    from copydesk.measure.recall import SiteRecall as SiteRecall
    from copydesk.measure.recall import count_recall as count_recall
    from copydesk.measure.verdicts import MOST_BY_CHANCE as MOST_BY_CHANCE
    from copydesk.measure.verdicts import Decision as Decision
    from copydesk.measure.verdicts import GateAgreement as GateAgreement
    from copydesk.measure.verdicts import GateChoice as GateChoice
    from copydesk.measure.verdicts import GatePeriod as GatePeriod
    from copydesk.measure.verdicts import GateReport as GateReport
    from copydesk.measure.verdicts import PartEffect as PartEffect
    from copydesk.measure.verdicts import compare_by_period as compare_by_period
    from copydesk.measure.verdicts import decide as decide
    from copydesk.measure.verdicts import gate as gate
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
