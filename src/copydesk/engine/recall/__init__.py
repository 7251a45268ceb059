"""Recall: somebody else's list of stories goes in; where each of them stands with us comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.recall._keep import KeptRecall as KeptRecall
    from copydesk.engine.recall._keep import RecallDay as RecallDay
    from copydesk.engine.recall._keep import check_recall as check_recall
    from copydesk.engine.recall._keep import read_kept_recall as read_kept_recall
    from copydesk.engine.recall._read_csv import is_csv as is_csv
    from copydesk.engine.recall._read_csv import read_csv as read_csv
    from copydesk.engine.recall._read_list import RecallItem as RecallItem
    from copydesk.engine.recall._read_list import RecallList as RecallList
    from copydesk.engine.recall._read_list import read_recall_list as read_recall_list
    from copydesk.engine.recall._trace import RecallFindings as RecallFindings
    from copydesk.engine.recall._trace import RecallTrace as RecallTrace
    from copydesk.engine.recall._trace import trace_recall as trace_recall
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
