"""Judge: a read article in, a Story (topics, quality, copies, reasons) or Dropped out. Pure.

One mechanism, two profiles as data: `everyday` is the reference to the point, `copydesk` reads
what an article says. Filed stories come in over a `news.Shelf` (`Bookshelf` is one in memory).
"""

from __future__ import annotations

from copydesk.judge._appraise import Appraisal, appraise, complete
from copydesk.judge._assess import assess, regroup, weigh
from copydesk.judge._block import ruled_out
from copydesk.judge._bookshelf import Bookshelf
from copydesk.judge._explain import explain
from copydesk.judge._otherwise import otherwise, points_at_the_gate
from copydesk.judge._shelf_then import ShelfThen
from copydesk.judge._today import is_off_beat, reaches_gate
from copydesk.judge.clustering import NEIGHBOURS_WITHIN, Document, Stream, similarities
from copydesk.judge.copies import COPIES_WITHIN, fingerprint
from copydesk.judge.copies import original as copy
from copydesk.judge.profile import Features, Weighed

__all__ = [
    "COPIES_WITHIN",
    "NEIGHBOURS_WITHIN",
    "Appraisal",
    "Bookshelf",
    "Document",
    "Features",
    "ShelfThen",
    "Stream",
    "Weighed",
    "appraise",
    "assess",
    "complete",
    "copy",
    "explain",
    "fingerprint",
    "is_off_beat",
    "otherwise",
    "points_at_the_gate",
    "reaches_gate",
    "regroup",
    "ruled_out",
    "similarities",
    "weigh",
]
