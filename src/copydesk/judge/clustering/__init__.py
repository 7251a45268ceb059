"""Clustering: put news documents one by one into groups, each about one event.

This package knows nothing of stories, sites or rules: `judge.coverage` applies the groups to
stories.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.judge.clustering._inverted_index import NEIGHBOURS_WITHIN as NEIGHBOURS_WITHIN
    from copydesk.judge.clustering._inverted_index import find_decay_days as find_decay_days
    from copydesk.judge.clustering._stream import Stream as Stream
    from copydesk.judge.clustering._stream import unlike_group as unlike_group
    from copydesk.judge.clustering._weighing import OF_THE_BEAT as OF_THE_BEAT
    from copydesk.judge.clustering._weighing import CorpusWeighing as CorpusWeighing
    from copydesk.judge.clustering._weighing import Weighing as Weighing
    from copydesk.judge.clustering._weighing import index_terms as index_terms
    from copydesk.judge.clustering._weighing import shares as shares
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
